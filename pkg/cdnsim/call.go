package cdnsim

import (
	"slices"
	"sync"
	"time"
)

// Call is one request the server received.
type Call struct {
	// Operation and Version are the Action and Version asked for, known or not.
	Operation, Version string
	// Params are the operation's own parameters. Credentials, signature and the
	// other parameters common to all operations are left out. Do not change it.
	Params map[string]string
	// Time is when the call arrived, by the server's clock.
	Time time.Time
	// RequestID is the RequestId the call is answered with, "" in front of the API.
	RequestID string
	// Status is the HTTP status and Code the API error code of the answer, ""
	// for a good one. A Fault without an Error has the code CodeFault, a URL that
	// is too long CodeGateway. Both are zero when Options.Fault is asked.
	Status int
	Code   string
}

// CodeFault is the Code of a [Call] answered by a [Fault] that is not an API error.
const CodeFault = "fault"

// CodeGateway is the Code of a [Call] that did not get as far as the API: its URL
// is longer than Options.MaxURL.
const CodeGateway = "gateway"

// recorder remembers the latest calls, at most max.
type recorder struct {
	mu    sync.Mutex
	max   int
	calls []Call
	next  int // where the oldest call is once calls is full
}

// keep sets how many calls are remembered and forgets the oldest beyond that.
func (r *recorder) keep(most int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.max = max(most, 0)
	r.calls = slices.Concat(r.calls[r.next:], r.calls[:r.next])
	r.calls, r.next = r.calls[max(len(r.calls)-r.max, 0):], 0
}

func (r *recorder) add(c Call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.max == 0 {
		return
	}
	if len(r.calls) < r.max {
		r.calls = append(r.calls, c)
		return
	}
	r.calls[r.next] = c
	r.next = (r.next + 1) % r.max
}

func (r *recorder) list() []Call {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Concat(r.calls[r.next:], r.calls[:r.next])
}

func (r *recorder) reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls, r.next = nil, 0
}
