package cdnsim

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"time"
)

// Fault answers one call in place of the server. Its fields are looked at in the
// order they stand here; the zero value is an empty 200.
type Fault struct {
	// Hang never answers: it waits until the request's context ends.
	Hang bool
	// Break cuts the connection: after Body where there is one, else before any
	// answer.
	Break bool
	// Error is answered as the API writes its errors, with a RequestId.
	Error *Error
	// Interval makes the answer's slices this long, one of the API's three lengths,
	// as if this Interval had been asked for and the span allowed it; DataInterval
	// says so. Other values, and calls for something else, change nothing. The
	// answer is a good one, and its Call as without the Fault, unless there is an
	// Edit of it.
	Interval time.Duration
	// Edit changes the bytes of the answer the server would have given: cut it
	// short, retype a field. The status and headers stay.
	Edit func(body []byte) []byte

	Status int         // HTTP status; 0 is 200
	Header http.Header // without a Content-Type the server guesses one from Body; a Date replaces the server's
	Body   string
}

// reply is an answer before it is written.
type reply struct {
	status      int
	header      http.Header
	body        []byte
	hang, sever bool
}

// reply turns the fault into an answer; answer makes what the server would have
// said, in slices of the interval unless that is 0.
func (f *Fault) reply(call *Call, answer func(interval time.Duration) reply) reply {
	r := reply{status: cmp.Or(f.Status, http.StatusOK), header: f.Header.Clone(), body: []byte(f.Body)}
	switch {
	case f.Hang:
		r = reply{hang: true}
	case f.Break:
		r.sever = true
	case f.Error != nil:
		return errorReply(f.Error, call, formatJSON)
	case f.Edit != nil:
		r = answer(f.Interval)
		r.body = f.Edit(r.body)
	case f.Interval != 0:
		return answer(f.Interval)
	}
	call.Code = CodeFault
	return r
}

// write sends the reply. Hanging and cutting end in http.ErrAbortHandler, which
// makes net/http and [InProcess] drop the connection.
func (r reply) write(w http.ResponseWriter, req *http.Request) {
	if r.hang {
		<-req.Context().Done()
	}
	if r.hang || r.sever && len(r.body) == 0 {
		panic(http.ErrAbortHandler)
	}
	for name, values := range r.header {
		w.Header()[http.CanonicalHeaderKey(name)] = values
	}
	length := len(r.body)
	if r.sever {
		length++ // promise more than comes, or the client would not notice the cut
	}
	w.Header().Set("Content-Length", strconv.Itoa(length))
	w.WriteHeader(r.status)
	_, err := w.Write(r.body)
	if r.sever || err != nil {
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

// wait waits for d of real time and reports whether ctx outlived it.
func wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
