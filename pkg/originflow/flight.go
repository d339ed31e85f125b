package originflow

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
)

// flight is a window under way. Several readers may wait for one flight; it is given up when the last of them leaves.
type flight struct {
	window
	errand
	// done is closed when the fields below it are set.
	done chan struct{}
	run  run
	// settled is where the provisional slices of run begin.
	settled int64
	call    Call
	err     error

	waiters int // guarded by Account.mu
	cancel  context.CancelFunc
}

// serves tells whether the flight's answer is good for a request: zeros that may stand for absent slices are not for
// one that wants to know, nor slices as long as the API likes for one that did not ask for those.
func (f *flight) serves(request Request) bool {
	return (request.FixTimeGap || !f.fixGap) && (request.TimeMerge == MergeOn || f.timeMerge != MergeOn)
}

// start sets out to fetch a window. The flight does not end with ctx: others may come to wait for it. The caller holds
// Account.mu.
func (a *Account) start(ctx context.Context, r *Reader, w window) *flight {
	f := &flight{window: w, done: make(chan struct{})}
	f.queued.Store(true)
	ctx, f.cancel = context.WithCancel(context.WithoutCancel(ctx))
	a.flights[w.track] = append(a.flights[w.track], f)
	go a.fly(ctx, r, f)
	return f
}

// join has one more reader wait for the flight. The caller holds Account.mu.
func (a *Account) join(f *flight, p *part, own, urgent bool) *wait {
	f.waiters++
	if urgent {
		f.urgent.Store(true)
	}
	return &wait{flight: f, part: p, own: own}
}

// leave has one reader less wait for the flight, and gives it up with the last.
func (a *Account) leave(f *flight) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if f.waiters--; f.waiters == 0 {
		a.land(f)
		f.cancel()
	}
}

// land takes the flight off the list. The caller holds Account.mu.
func (a *Account) land(f *flight) {
	others := slices.DeleteFunc(a.flights[f.track], func(other *flight) bool { return other == f })
	if len(others) == 0 {
		delete(a.flights, f.track)
		return
	}
	a.flights[f.track] = others
}

// fly calls the API and keeps the answer.
func (a *Account) fly(ctx context.Context, r *Reader, f *flight) {
	defer close(f.done)
	defer f.cancel()

	var flow cdn.Flow
	f.call.Text = f.describe()
	f.err = a.run(ctx, &f.errand, f.op.Name(), func(ctx context.Context) (err error) {
		flow, err = r.Client.Flow(ctx, f.op, f.request())
		f.call.RequestID = requestID(flow, err)
		return err
	})
	if f.err == nil {
		f.run, f.err = f.arrange(flow)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.land(f)
	if f.err != nil {
		return
	}
	t := f.track
	t.grid = f.run.grid
	a.learn(f)
	f.settled = a.settled(f, r.DataDelay)
	a.store.save(t, f.run, f.settled, f.now)
}

// settled is where the provisional slices of a flight's answer begin. The caller holds Account.mu.
func (a *Account) settled(f *flight, dataDelay time.Duration) int64 {
	for _, l := range a.levels(f.op, f.timeMerge, dataDelay, f.run.length) {
		if l.length == f.run.length {
			return l.settled(f.now)
		}
	}
	return f.run.from // longer than any documented slice: nothing is certain
}

// requestID is the id of a call, from its answer or its failure.
func requestID(flow cdn.Flow, err error) string {
	if failure, ok := errors.AsType[*cdn.Error](err); ok {
		return failure.RequestID
	}
	return flow.RequestID
}
