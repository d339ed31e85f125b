package originflow

import (
	"context"
	"slices"
	"strings"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
)

// fetch brings together the slices of one planned series: from the store, from calls under way, and from its own calls.
type fetch struct {
	reader  *Reader
	op      *cdn.FlowOperation
	request Request
	plan    plan
	now     int64

	calls           []Call
	cached, fetched int
	err             error
}

// part is what one layer of the plan supplies for a list of domains that fits into one call.
type part struct {
	layer layer
	track track
	// base tells that the layer has the slices that the plan is about, not those that stand in for them.
	base bool
	// runs hold the slices; the first is the layer's, others have the lengths that the API chose to answer.
	runs []run
}

// parts lists what has to be brought together, by list of domains; the parts of one list supply one another's gaps.
func (f *fetch) parts(target Target) [][]*part {
	lists := [][]string{nil} // all domains
	if len(target.Domains) > 0 {
		names := slices.Clone(target.Domains)
		slices.Sort(names)
		lists = slices.Collect(slices.Chunk(slices.Compact(names), f.op.MaxDomains))
	}
	all := make([][]*part, len(lists))
	for i, list := range lists {
		for _, l := range f.plan.layers {
			all[i] = append(all[i], &part{
				layer: l,
				track: track{
					operation: f.op.Name(), domains: strings.Join(list, ","),
					grid: l.grid, delay: seconds(f.reader.DataDelay),
				},
				base: l.grid == f.plan.base.grid,
				runs: []run{newRun(l.grid, l.span)},
			})
		}
	}
	return all
}

// maxRounds bounds how often a fetch looks again: a call it waited for may have been somebody else's, and not enough.
const maxRounds = 3

// fill fills the parts. It returns 0, or the slice length that the API answers instead of the plan's: the request must
// then be planned anew.
func (f *fetch) fill(ctx context.Context, lists [][]*part) (otherLength int64) {
	for range maxRounds {
		var awaited []*wait
		f.reader.Account.mu.Lock()
		for _, parts := range lists {
			for _, p := range parts {
				awaited = append(awaited, f.depart(ctx, p)...)
			}
		}
		f.reader.Account.mu.Unlock()
		if len(awaited) == 0 {
			break
		}
		for _, w := range awaited {
			if length := f.arrive(ctx, w); length != 0 {
				otherLength = length
			}
		}
		if f.err != nil || otherLength != 0 {
			break
		}
	}
	f.reader.Account.metrics.served(f.cached, f.fetched)
	return otherLength
}

// wait is a flight that a part waits for.
type wait struct {
	*flight
	part *part
	own  bool
}

// depart takes what the store has, joins the flights under way that have what is missing, and starts flights for the
// rest. The caller holds Account.mu.
func (f *fetch) depart(ctx context.Context, p *part) []*wait {
	account := f.reader.Account
	mine := p.runs[0]
	loaded := account.store.load(p.track, mine, f.request.FixTimeGap, f.request.Provisional, f.now)
	f.cached += loaded
	if loaded == len(mine.values) {
		return nil
	}
	gaps := f.callable(mine.gaps(), p.layer)
	var awaited []*wait
	for _, gap := range gaps {
		var covered []span
		for _, under := range account.flights[p.track] {
			if under.serves(f.request) && under.overlaps(gap) {
				covered = append(covered, under.span)
				awaited = append(awaited, account.join(under, p, false, f.request.Alert))
			}
		}
		for _, rest := range gap.without(covered) {
			for _, s := range rest.split(p.layer.grid, p.layer.maxSpan) {
				started := account.start(ctx, f.reader, f.window(p, s))
				awaited = append(awaited, account.join(started, p, true, f.request.Alert))
			}
		}
	}
	return awaited
}

// callable widens the gaps to what is worth a call.
func (f *fetch) callable(gaps []span, l layer) []span {
	if len(gaps) == 0 {
		return nil
	}
	if f.request.TimeMerge == MergeOn {
		return []span{l.span} // one call, whatever is there
	}
	// Provisional slices are looked at all together, so that the next look is a minute away for each of them.
	last := &gaps[len(gaps)-1]
	if settled := l.settled(f.now); f.request.Provisional && last.to > settled {
		*last = span{min(last.from, settled), l.ceil(f.now)}
	}
	return gaps
}

func (f *fetch) window(p *part, s span) window {
	return window{
		op: f.op, track: p.track, span: s, now: f.now,
		timeMerge: f.request.TimeMerge,
		fixGap:    f.request.FixTimeGap && f.op.Merge,
	}
}

// arrive waits for a flight and takes its slices. It returns their length where the plan counted on another.
func (f *fetch) arrive(ctx context.Context, w *wait) (otherLength int64) {
	select {
	case <-w.done:
	case <-ctx.Done():
		f.reader.Account.leave(w.flight)
		if w.own {
			f.calls = append(f.calls, Call{Text: w.describe()})
		}
		f.fail(w.lateness(ctx))
		return 0
	}
	if w.own {
		f.calls = append(f.calls, w.call)
	}
	if w.err != nil {
		f.fail(w.err)
		return 0
	}
	if w.run.grid != w.track.grid {
		other := w.run
		if !f.request.Provisional {
			other = other.until(w.settled) // longer slices are final later
		}
		w.part.runs = append(w.part.runs, other)
		if w.part.base {
			return w.run.length
		}
		return 0
	}
	taken := w.part.runs[0].take(w.run, f.request.FixTimeGap)
	if w.own {
		f.fetched += taken
	} else {
		f.cached += taken
	}
	return 0
}

// fail keeps the first failure. A cause beats the lateness that follows from it.
func (f *fetch) fail(err error) {
	if f.err == nil {
		f.err = err
	}
}
