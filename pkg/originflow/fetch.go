package originflow

import (
	"context"
	"slices"
	"sync"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
)

// fetch brings together the slices of one planned series, or of one of the sets of domains that it is the sum of: from
// the store, from calls under way, and from its own calls.
type fetch struct {
	reader  *Reader
	op      *cdn.Operation
	request Request
	domains string
	plan    plan
	now     moment
	// parts are what the layers of the plan supply.
	parts []*part

	calls                    []Call
	cached, fetched, revised int
	unreadable               int
	// shared is how many of those cached came from the shared cache for this.
	shared  int
	crowded bool
	// longer is a slice length that the API answered instead of the one asked for, and the gaps are still there; else 0.
	longer int64
	err    error
}

// part is what one layer of the plan supplies.
type part struct {
	layer
	track  track
	slices stretch
	// missing counts the slices that nobody asked for yet.
	missing int
}

func newFetch(r *Reader, op *cdn.Operation, request Request, domains string, p plan, now moment) *fetch {
	f := &fetch{reader: r, op: op, request: request, domains: domains, plan: p, now: now}
	for _, l := range p.layers(domains) {
		empty := stretch{grid: l.grid, span: l.span}
		empty.values = nothingKnown(*spare.Get().(*[]float64), int((l.to-l.from)/l.length))
		if op.ByCode() {
			empty.codes = &columns{groups: request.Codes}
		}
		f.parts = append(f.parts, &part{
			layer:   l,
			track:   track{operation: op.Name(), domains: domains, grid: l.grid, delay: seconds(r.DataDelay)},
			slices:  empty,
			missing: len(empty.values),
		})
	}
	return f
}

// spare holds the values of stretches that nobody looks at any more: each refresh of a dashboard would leave megabytes to
// collect.
var spare = sync.Pool{New: func() any { return new([]float64) }}

// end gives back the memory of the stretches, which nobody may look at after that.
func (f *fetch) end() {
	for _, p := range f.parts {
		values := p.slices.values
		p.slices = stretch{}
		spare.Put(&values)
	}
}

// maxRounds bounds how often a fetch looks again: a call it waited for may have been somebody else's, and not enough, and
// one that was answered with longer slices than asked for is made again, shorter and shorter.
const maxRounds = 10

// fill fills the parts. Where gaps are left without a failure, the plan is out of date, or longer is set.
func (f *fetch) fill(ctx context.Context) {
	account := f.reader.Account
	learned := account.lessonsLearned()
	inVain, limit := 0, f.limit()
	for _, p := range f.parts {
		f.shared += f.request.brought.slices(p.track)
	}
	for range maxRounds {
		awaited := f.depart(ctx)
		f.longer = 0
		for _, w := range awaited {
			f.arrive(ctx, w)
		}
		before := limit
		if limit = f.limit(); f.longer != 0 && limit == before { // nothing was learned from it
			inVain++
		}
		if len(awaited) == 0 || f.err != nil || inVain >= thrice || f.broughtNothing(awaited) ||
			account.lessonsLearned() != learned {
			break
		}
	}
	f.shared = min(f.shared, f.cached) // the range may need less than whole blocks
	account.metrics.served(f.cached-f.shared, f.shared, f.fetched)
}

// broughtNothing tells whether own calls were answered as asked for, and nothing of it was of use: what was final by the
// plan is not by the API's clock.
func (f *fetch) broughtNothing(awaited []*wait) bool {
	return f.longer == 0 && !slices.ContainsFunc(awaited, func(w *wait) bool {
		return !w.own || w.outcome.elsewhere || w.taken > 0
	})
}

// limit is the span of a call, for all parts together: it changes with what is learned.
func (f *fetch) limit() (sum int64) {
	f.reader.Account.mu.Lock()
	defer f.reader.Account.mu.Unlock()
	for _, p := range f.parts {
		limit, _ := f.maxSpan(p)
		sum += min(limit, 1<<40) // endless, for one call whatever its span
	}
	return sum
}

// isWhole tells whether nothing is left to ask for.
func (f *fetch) isWhole() bool {
	return !slices.ContainsFunc(f.parts, func(p *part) bool { return p.missing > 0 })
}

// wait is a flight that a part waits for.
type wait struct {
	*flight
	part *part
	own  bool
	// taken is how many slices it brought that were missing.
	taken int
}

// depart takes what the store has, joins the flights under way that have what is missing, and starts flights for the
// rest.
func (f *fetch) depart(ctx context.Context) (awaited []*wait) {
	account := f.reader.Account
	account.mu.Lock()
	defer account.mu.Unlock()
	refused := account.refusals.current(about(f.op.Name(), f.domains), f.now.own)
	for _, p := range f.parts {
		loaded := account.store.load(p.track, p.slices, f.request.FixTimeGap, f.request.Provisional, f.now.own)
		if loaded < p.missing {
			loaded += f.request.brought.take(p, f.request.FixTimeGap)
		}
		f.cached += loaded
		p.missing -= loaded
		overdue := f.overdue(p)
		if p.missing == 0 && len(overdue) == 0 {
			continue
		}
		gaps := p.slices.gaps()
		if refused != nil {
			// What is held of the domain is served all the same.
			if len(gaps) > 0 {
				f.fail(refused)
			}
			continue
		}
		if late := outOfTime(ctx); late != nil { // nobody would wait for the calls
			if len(gaps) > 0 {
				f.fail(late)
			}
			continue
		}
		for _, s := range f.windows(p, gaps, overdue) {
			var covered []span
			for _, under := range account.flights[p.track] {
				if under.serves(f.reader, f.request) && under.overlaps(s) {
					covered = append(covered, under.span)
					account.join(under, f.request)
					awaited = append(awaited, &wait{flight: under, part: p})
				}
			}
			for _, rest := range s.without(covered) {
				for _, s := range f.split(p, rest) {
					started := account.start(ctx, f.reader, f.window(p, s), f.wanted(p, s, gaps, overdue), f.request)
					awaited = append(awaited, &wait{flight: started, part: p, own: true})
				}
			}
		}
	}
	return awaited
}

// arrive waits for a flight and takes its slices.
func (f *fetch) arrive(ctx context.Context, w *wait) {
	late := false
	select {
	case <-w.done:
	case <-ctx.Done():
		late = true
		f.reader.Account.leave(w.flight)
	}
	own := w.own && (late || !w.outcome.elsewhere)
	if own {
		call := Call{Text: w.describe()}
		if !late {
			call = w.outcome.call
		}
		f.calls = append(f.calls, call)
	}
	switch {
	case late, w.outcome.err != nil && ctx.Err() != nil:
		f.failFor(w, w.lateness(ctx))
		return
	case w.outcome.isGivenUp():
		return // by readers that left: the next round makes the call
	case w.outcome.err != nil:
		f.failFor(w, w.outcome.err)
		return
	}
	o := w.outcome
	f.unreadable += o.unreadable
	if own {
		f.revised += o.revised
		f.crowded = f.crowded || o.crowded
	}
	if o.isOther(w.track.grid) {
		f.longer = max(f.longer, o.slices.length)
		return
	}
	if !f.request.Provisional {
		o.slices = o.slices.until(o.finalUntil)
	}
	o.slices.codes = w.part.slices.codes.grouped(o.slices.codes)
	w.taken = w.part.slices.take(o.slices, f.request.FixTimeGap)
	w.part.missing -= w.taken
	switch {
	case own:
		f.fetched += w.taken
	case o.elsewhere:
		f.shared += w.taken
		fallthrough
	default:
		f.cached += w.taken
	}
}

// failFor keeps the first failure of a call that was needed: a second look at what is held may fail.
func (f *fetch) failFor(w *wait, err error) {
	for _, gap := range w.part.slices.gaps() {
		if gap.overlaps(w.span) {
			f.fail(err)
			return
		}
	}
}

// fail keeps the first failure. A cause beats the lateness that follows from it.
func (f *fetch) fail(err error) {
	if f.err == nil {
		f.err = err
	}
}
