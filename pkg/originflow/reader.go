package originflow

import (
	"context"
	"slices"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/guard"
)

// Reader answers requests from an account's slices and, where they are missing, from the API. It is safe
// for concurrent use.
type Reader struct {
	// Account holds what is shared with the other readers of the account.
	Account *Account
	// Client calls the API.
	Client *cdn.Client
	// APIVersion is the version of the operations to call where there are several; "": the older one, and its successor
	// once that proves retired.
	APIVersion string
	// SrcFlowUnit is the unit of the values of SrcFlowData.
	SrcFlowUnit cdn.Unit
	// DataDelay is how long after its end a slice may still change.
	DataDelay time.Duration
	// Now is our clock; the API's is reckoned from it.
	Now func() time.Time
	// Report, if set, is told once of each panic, which is besides the failure of whoever waits for an answer. It may be
	// called by several goroutines at once.
	Report func(ctx context.Context, p *guard.Panic)
}

// seriesAtOnce bounds the series that one request works on at the same time. The calls are paced by the budget.
const seriesAtOnce = 64

// Read answers a request. Failures are in the series they befell; the others are whole.
func (r *Reader) Read(ctx context.Context, request Request) Result {
	request = request.complete()
	var search *Search
	if request.Largest.N > 0 {
		request.Targets, search = r.search(ctx, request)
	}
	result := r.answer(ctx, request)
	result.Search = search
	return result
}

// answer answers a request that leaves nothing open.
func (r *Reader) answer(ctx context.Context, request Request) Result {
	ops := r.operations(request.Metric)
	result := r.read(ctx, request, ops)
	for _, s := range result.Series {
		if r.provedRetired(ops, s.Err) {
			return r.read(ctx, request, r.operations(request.Metric))
		}
	}
	return result
}

// complete settles what a request leaves open.
func (request Request) complete() Request {
	request.asker = &asker{}
	if request.Metric == nil {
		request.Metric = OriginFlow
	}
	if request.Metric.IsRatio() && request.TimeMerge == MergeOn {
		request.TimeMerge = MergeAuto // two operations may choose two lengths
	}
	request.From, request.To = request.From.Add(-request.Shift), request.To.Add(-request.Shift)
	return request
}

func (r *Reader) read(ctx context.Context, request Request, ops operations) Result {
	ours, began := r.Now(), time.Now()
	request.brought = r.bring(ctx, request, ops, ours)
	if taught := r.operations(request.Metric); !slices.Equal(taught, ops) { // by another replica
		ops = taught
		request.brought = r.bring(ctx, request, ops, ours)
	}
	result := Result{Operation: ops.names(), Series: make([]Series, len(request.Targets))}
	guard.Together(len(request.Targets), seriesAtOnce, func(i int) {
		target := request.Targets[i]
		if p := r.guarded(ctx, func() { result.Series[i] = r.readSeries(ctx, request, target, ops, ours) }); p != nil {
			result.Series[i] = Series{Target: target, Err: p}
		}
	})
	result.Took = time.Since(began)
	// Planned last, when the answers have told what there is to know.
	p, _ := r.plan(request, ops, ours, 0)
	result.SettledUntil = instant(p.finalUntil)
	result.Unfinal = p.unfinal
	result.Alone = r.Account.alone()
	if p.clippedTo != 0 {
		result.ClippedTo = instant(p.clippedTo)
	}
	return result
}

// maxPlans bounds how often a series is planned anew because answers taught something that its plan did not know: the
// API's time, a length that is not served, another start of the day, a shorter history. One or two lessons are the rule.
const maxPlans = 8

// readSeries plans one series, fetches what is missing, and plans anew as long as the answers ask for it. ours is the
// time of the request by our clock.
func (r *Reader) readSeries(ctx context.Context, request Request, target Target, ops operations, ours time.Time) Series {
	series := Series{Target: target}
	least := int64(0)
	for range maxPlans {
		p, now := r.plan(request, ops, ours, least)
		parts := r.fetchSets(ctx, request, target, ops, p, now)
		series.add(parts)
		fresh, _ := r.plan(request, ops, ours, least)
		switch {
		case ctx.Err() == nil && !fresh.is(p):
			continue
		case series.Err == nil && parts.longer() != 0:
			// Nothing was learned from it, so it may be an accident, but this series has to do with what there is.
			least = parts.longer()
			continue
		case series.Err == nil && !parts.areWhole():
			continue
		}
		series.Coarser = request.TimeMerge != MergeOn && p.base.length > documentedBase(request, ops, now.api)
		r.assemble(&series, p, parts, request)
		for _, f := range slices.Concat(parts...) {
			f.end()
		}
		return series
	}
	series.Err = &cdn.Error{Operation: ops[0].Name(), Err: cdn.ErrMalformed}
	return series
}

// plan plans a request by what is known now. least is a slice length in seconds that is not to be had shorter, 0 at
// first. It returns the moment of the plan with it.
func (r *Reader) plan(request Request, ops operations, ours time.Time, least int64) (p plan, now moment) {
	r.Account.mu.Lock()
	defer r.Account.mu.Unlock()
	now = r.Account.moment(ours)
	return makePlan(request, r.Account.lessons.offers(ops, request, r.DataDelay, least, now.own), now.api), now
}

// documentedBase is the slice length, in seconds, that a request would have had if the API did as documented.
func documentedBase(request Request, ops operations, now int64) int64 {
	return makePlan(request, newLessons().offers(ops, request, 0, 0, now), now).base.length
}

// scale is what one unit of the operation's values is in those of [Slice].
func (r *Reader) scale(op *cdn.Operation) float64 {
	unit := op.Unit
	if op == cdn.SrcFlowData {
		unit = r.SrcFlowUnit
	}
	if unit == cdn.Bit {
		return 1.0 / 8
	}
	return 1
}

// guarded is [guard.Run], and reports the panic.
func (r *Reader) guarded(ctx context.Context, do func()) *guard.Panic {
	p := guard.Run(do)
	if p != nil && r.Report != nil {
		r.Report(ctx, p)
	}
	return p
}
