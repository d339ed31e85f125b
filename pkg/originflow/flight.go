package originflow

import (
	"context"
	"errors"
	"math"
	"slices"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/guard"
	"github.com/originflow/aliyuncdn-datasource/pkg/sharedcache"
)

// flight is a window under way. Several readers may wait for one flight; it is given up when the last of them leaves.
type flight struct {
	window
	errand
	client *cdn.Client
	// wanted is what there is to be had by the flight for another replica to save it, where there are any, and news makes
	// what it has for them, nil for nothing.
	wanted []look
	news   func() []news
	// done is closed when the outcome is there.
	done    chan struct{}
	outcome outcome

	waiters int // guarded by Account.mu
	// cancel ends the call; the cause is the outcome's error.
	cancel context.CancelCauseFunc
}

// outcome is what became of a call: slices of the length asked for, slices of another one that the API chose, or a
// failure.
type outcome struct {
	call   Call
	slices stretch
	// finalUntil is where the provisional ones of slices begin.
	finalUntil int64
	// revised counts the slices that had been held as final with other values.
	revised int
	// crowded tells that the store had no room for all of them.
	crowded bool
	// unreadable counts the values of the answer that nobody can read.
	unreadable int
	// elsewhere tells that it was another replica that called.
	elsewhere bool
	err       error
}

// isOther tells whether the API answered with slices of another length, or days that start at another time.
func (o outcome) isOther(g grid) bool { return o.err == nil && o.slices.grid != g }

// isGivenUp tells whether the call was ended because nobody waited for it any more.
func (o outcome) isGivenUp() bool { return errors.Is(o.err, context.Canceled) }

// serves tells whether the flight's answer is good for a reader: zeros that may stand for absent slices are not for one
// that wants to know, nor slices as long as the API likes for one that did not ask for those. And a client that goes
// another way, through another proxy for one, may fail where the reader's own does not.
func (f *flight) serves(r *Reader, request Request) bool {
	return f.client == r.Client &&
		(request.FixTimeGap || !f.fixGap) && (request.TimeMerge == MergeOn || f.timeMerge != MergeOn)
}

// start sets out to fetch a window. The flight does not end with ctx: others may come to wait for it. The caller holds
// Account.mu.
func (a *Account) start(ctx context.Context, r *Reader, w window, wanted []look, request Request) *flight {
	f := &flight{window: w, client: r.Client, wanted: wanted, done: make(chan struct{})}
	f.queued.Store(true)
	a.join(f, request)
	ctx, f.cancel = context.WithCancelCause(context.WithoutCancel(ctx))
	a.flights[w.track] = append(a.flights[w.track], f)
	go func() {
		defer f.cancel(nil)
		if p := r.guarded(ctx, func() { a.fly(ctx, r, f) }); p != nil {
			a.crash(f, p)
		}
		close(f.done)
		r.guarded(ctx, func() { a.tell(ctx, r, f) })
	}()
	return f
}

// join has one more reader wait for the flight. The caller holds Account.mu.
func (a *Account) join(f *flight, request Request) {
	f.waiters++
	a.budget.join(&f.errand, request.asker, request.Alert)
}

// leave has one reader less wait for the flight, and gives it up with the last.
func (a *Account) leave(f *flight) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if f.waiters--; f.waiters == 0 {
		a.land(f)
		f.cancel(nil)
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

// crash makes the panic of a flight its outcome.
func (a *Account) crash(f *flight, p *guard.Panic) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.land(f)
	f.outcome = outcome{call: f.outcome.call, err: p}
}

// fly calls the API and keeps the answer, unless another replica has it.
func (a *Account) fly(ctx context.Context, r *Reader, f *flight) {
	var sent time.Time
	var answer cdn.Answer
	var err error
	o := &f.outcome
	w := f.window
	have := func(cache *sharedcache.Cache) bool { return a.isThere(ctx, r, f, cache) }
	for isOurs := false; !isOurs; isOurs = !errors.Is(err, sharedcache.ErrLost) {
		if a.leaseFor(ctx, &f.errand, f.leaseNames(), have) {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.land(f)
			return
		}
		sent, answer, err = a.describe(ctx, r, f, w)
	}
	if longer := w.doubt(answer); err == nil && longer > 0 {
		// An accident does not happen twice, and of a habit two points tell.
		w = a.wider(w, longer, sent)
		sent, answer, err = a.describe(ctx, r, f, w)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.land(f)
	if err != nil && ctx.Err() != nil {
		o.err = context.Cause(ctx) // given up, or called off: there is nothing to learn from it
		return
	}
	// What was final when the API was asked is: by its clock, and not when somebody came to wait for the answer.
	asked := a.moment(sent)
	if o.err = err; err == nil {
		var disputed int
		o.slices, disputed, o.err = w.arrange(answer, a.lessons.served(f.question(), asked.own))
		o.unreadable = answer.Unreadable + disputed
	}
	if o.err != nil {
		a.learnFailure(f, asked)
		return
	}
	a.learn(f, asked.own)
	t := f.track
	t.grid = o.slices.grid
	level := f.answered(t.grid)
	o.finalUntil = level.finalUntil(asked.api)
	sealedUntil := level.sealedUntil(asked.api)
	if o.unreadable > 0 {
		sealedUntil = math.MinInt64 // what cannot be read now is not beyond correction, however old it is
	}
	saved := a.store.save(t, o.slices, o.finalUntil, sealedUntil, asked.own)
	o.crowded, o.revised = saved.crowded, len(saved.revised)
	a.note(saved.revised, t.grid, asked)
	f.news = func() []news {
		return pageNews(t, o.slices, o.finalUntil, sealedUntil, asked.api, seconds(f.documented().History))
	}
}

// wider is the window begun so many seconds earlier, if the operation's history at a time of ours has them.
func (a *Account) wider(w window, by int64, ours time.Time) window {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.moment(ours)
	oldest := level{grid: w.track.grid, history: a.lessons.historyOf(w.question(), seconds(w.documented().History), now.own)}
	if w.from-by >= oldest.earliest(now.api) {
		w.from -= by
	}
	return w
}

// describe makes the call of a window on behalf of a flight. It returns when that was, by our clock.
func (a *Account) describe(
	ctx context.Context, r *Reader, f *flight, w window,
) (sent time.Time, answer cdn.Answer, err error) {
	f.outcome.call.Text = w.describe()
	sent, err = a.call(ctx, r.Now, &f.errand, f.op.Name(), func(ctx context.Context) (_ time.Time, err error) {
		answer, err = r.Client.Describe(ctx, f.op, w.request())
		f.outcome.call.RequestID = requestID(answer, err)
		return answer.Date, err
	})
	return sent, answer, err
}

// learnFailure keeps what a failure says of other calls, and calls off those that it is the answer to, too. The caller
// holds a.mu.
func (a *Account) learnFailure(f *flight, now moment) {
	switch err := f.outcome.err; {
	case kindOf(err) == cdn.TooOld:
		a.lessons.tooOld(f.question(), f.span, seconds(f.documented().History), now)
	case kindOf(err) == cdn.Retired:
		a.callOff(err, func(other track) bool { return other.operation == f.track.operation })
	case kindOf(err) == cdn.Forbidden:
		// Permissions may be for single domains.
		a.refusals.add(f.track, err, now.own)
		a.callOff(err, func(other track) bool { return other.about() == f.track.about() })
	case isRefusal(err):
		if !f.isList() {
			a.refusals.add(f.track, err, now.own)
		}
		a.callOff(err, func(other track) bool { return other.about() == f.track.about() })
	}
}

// callOff ends the calls of some tracks that were not sent yet: what the API says to others may still be of use. The caller
// holds a.mu.
func (a *Account) callOff(cause error, concerned func(track) bool) {
	for t, flights := range a.flights {
		if !concerned(t) {
			continue
		}
		for _, f := range flights {
			if f.queued.Load() {
				f.cancel(cause)
			}
		}
	}
}

// learn compares an answer with what was asked for. The caller holds a.mu.
func (a *Account) learn(f *flight, now int64) {
	a.refusals.answered(f.track)
	if f.isList() {
		a.lessons.servedList(f.op.Name())
	}
	asked, got := f.track.grid, f.outcome.slices.grid
	if got.length >= daySeconds {
		a.lessons.answeredDays(f.op.Name(), got.phase)
	}
	length := f.to - f.from
	switch {
	case f.timeMerge == MergeOn:
		a.lessons.answeredMerged(f.op.Name(), f.asked, got.length, now)
	case got.length > asked.length:
		a.lessons.answeredCoarse(f.question(), length, now)
	default:
		a.lessons.answeredFine(f.question(), length, now)
	}
}

// note counts slices that were held as final with other values. How late they were is known if they were looked at shortly
// before. The caller holds a.mu.
func (a *Account) note(slices []revised, g grid, now moment) {
	a.metrics.revised.Add(float64(len(slices)))
	for _, s := range slices {
		if s.before > 0 && now.own-s.before < recently {
			a.lateness.add(revision{now.api, now.api - s.start - g.length})
		}
	}
}

// documented is what the documentation says of slices of the length asked for.
func (w window) documented() cdn.Slice {
	for _, s := range w.op.Slices {
		if seconds(s.Length) >= w.track.grid.length {
			return s
		}
	}
	return w.op.Slices[len(w.op.Slices)-1]
}

// answered is what is known of the slices of an answer, of whatever length the API chose.
func (w window) answered(g grid) level {
	w.track.grid = g
	return level{grid: g, delay: max(seconds(w.documented().Delay), w.track.delay)}
}

// requestID is the id of a call, from its answer or its failure.
func requestID(answer cdn.Answer, err error) string {
	if failure, ok := errors.AsType[*cdn.Error](err); ok {
		return failure.RequestID
	}
	return answer.RequestID
}
