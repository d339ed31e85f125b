package originflow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
)

// window is one call to make: which slices of which track.
type window struct {
	op    *cdn.FlowOperation
	track track
	span
	// now is when the window was planned: what was not final then is provisional in the answer.
	now       int64
	timeMerge TimeMerge
	fixGap    bool
}

// timeMergeFlags are the values of the API's parameter TimeMerge.
var timeMergeFlags = map[TimeMerge]cdn.Flag{MergeAuto: cdn.Unset, MergeOn: cdn.True, MergeOff: cdn.False}

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

// request is the call that fetches the window.
func (w window) request() cdn.FlowRequest {
	request := cdn.FlowRequest{
		DomainName: w.track.domains,
		Start:      instant(w.from),
		End:        instant(w.to),
		TimeMerge:  timeMergeFlags[w.timeMerge],
	}
	if w.timeMerge != MergeOn { // which leaves the length to the API
		request.Interval = time.Duration(w.track.grid.length) * time.Second
	}
	if w.fixGap {
		request.FixTimeGap = cdn.True
	}
	return request
}

// arrange sorts the points of an answer into a run: aligned, clipped to the window, duplicates dropped, in order. Slices
// shorter than asked for are rolled up; where they are longer, or days start at another time, the run's grid is the
// answer's.
func (w window) arrange(flow cdn.Flow) (run, error) {
	g := w.track.grid
	if length := seconds(flow.Interval); length > 0 && length != g.length {
		if length < 60 || daySeconds%length != 0 && length%daySeconds != 0 {
			return run{}, &cdn.Error{Operation: w.op.Name(), RequestID: flow.RequestID, Err: cdn.ErrMalformed}
		}
		g = grid{length: length}
	}
	if g.length >= daySeconds {
		g.phase = answeredPhase(flow.Points, g)
	}
	// A longer slice that the window cuts may be answered in part only, unless it was the API that chose the length.
	from := g.ceil(w.from)
	if w.timeMerge == MergeOn {
		from = g.floor(w.from)
	}
	r := newRun(g, span{from, max(g.floor(w.to), from)})
	for i := range r.values {
		r.values[i] = absent
	}
	for _, p := range flow.Points {
		start := g.floor(p.Start)
		if start < r.from || start >= r.to {
			continue // the slice that begins where the window ends, most of the time
		}
		slot := r.slot(start)
		r.values[slot] = p.Value
		if w.fixGap && p.Value == 0 {
			r.values[slot] = filled
		}
	}
	if asked := w.track.grid; w.timeMerge != MergeOn && g.length < asked.length && asked.length%g.length == 0 {
		rolledUp := newRun(asked, w.span)
		setRule{fixGap: w.fixGap}.substitute(rolledUp, r)
		return rolledUp, nil
	}
	return r, nil
}

// answeredPhase is when the days of an answer start, in seconds after midnight UTC; the grid's own phase if the points
// do not agree.
func answeredPhase(points []cdn.Point, g grid) int64 {
	if len(points) == 0 {
		return g.phase
	}
	phase := grid{length: daySeconds}
	first := points[0].Start - phase.floor(points[0].Start)
	for _, p := range points {
		if p.Start-phase.floor(p.Start) != first {
			return g.phase
		}
	}
	return first
}

// describe is the line that the query inspector shows.
func (w window) describe() string {
	domains := w.track.domains
	if domains == "" {
		domains = "*"
	}
	request := w.request()
	text := fmt.Sprintf("%s %s DomainName=%s StartTime=%s EndTime=%s", w.op.Name(), w.op.Version(), domains,
		request.Start.Format(time.RFC3339), request.End.Format(time.RFC3339))
	if request.Interval > 0 {
		text += fmt.Sprintf(" Interval=%d", seconds(request.Interval))
	}
	if w.op.Merge && request.TimeMerge != cdn.Unset {
		text += " TimeMerge=" + string(request.TimeMerge)
	}
	if w.op.Merge && request.FixTimeGap != cdn.Unset {
		text += " FixTimeGap=" + string(request.FixTimeGap)
	}
	return text
}
