package originflow

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
)

// Reader answers requests for origin flow from an account's slices and, where they are missing, from the API. It is safe
// for concurrent use.
type Reader struct {
	// Account holds what is shared with the other readers of the account.
	Account *Account
	// Client calls the API.
	Client *cdn.Client
	// Operation to call; nil: SrcFlowData, and SrcTrafficData once the former proves retired.
	Operation *cdn.FlowOperation
	// SrcFlowUnit is the unit of the values of SrcFlowData.
	SrcFlowUnit cdn.Unit
	// DataDelay is how long after its end a slice may still change.
	DataDelay time.Duration
	// Now is our clock; the API's is reckoned from it.
	Now func() time.Time
}

// seriesAtOnce bounds the series that one request works on at the same time. The calls are paced by the budget.
const seriesAtOnce = 64

// Read answers a request. Failures are in the series they befell; the others are whole.
func (r *Reader) Read(ctx context.Context, request Request) Result {
	request.asker = &asker{}
	op := r.operation()
	result := r.read(ctx, request, op)
	for _, s := range result.Series {
		if r.provedRetired(op, s.Err) {
			return r.read(ctx, request, cdn.SrcTrafficData)
		}
	}
	return result
}

// operation is the one that is called next.
func (r *Reader) operation() *cdn.FlowOperation {
	if r.Operation != nil {
		return r.Operation
	}
	return r.Account.operation(r.Now())
}

// provedRetired tells whether err says that op is gone and another may take its place, which the account remembers.
func (r *Reader) provedRetired(op *cdn.FlowOperation, err error) bool {
	if r.Operation != nil || op != cdn.SrcFlowData || kindOf(err) != cdn.Retired {
		return false
	}
	r.Account.retire(r.Now())
	return true
}

func (r *Reader) read(ctx context.Context, request Request, op *cdn.FlowOperation) Result {
	result := Result{Operation: op.Name(), Series: make([]Series, len(request.Targets))}
	ours := r.Now()
	var group errgroup.Group
	group.SetLimit(seriesAtOnce)
	for i, target := range request.Targets {
		group.Go(func() error {
			result.Series[i] = r.readSeries(ctx, request, target, op, ours)
			return nil
		})
	}
	_ = group.Wait() // failures are in the series
	// Planned last, when the answers have told what there is to know.
	p, _ := r.plan(request, op, ours, 0)
	result.SettledUntil = instant(p.finalUntil)
	result.Unfinal = p.unfinal
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
func (r *Reader) readSeries(ctx context.Context, request Request, target Target, op *cdn.FlowOperation, ours time.Time) Series {
	series := Series{Target: target}
	least := int64(0)
	for range maxPlans {
		p, now := r.plan(request, op, ours, least)
		parts := r.fetchSets(ctx, request, target, op, p, now)
		series.add(parts)
		fresh, _ := r.plan(request, op, ours, least)
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
		series.Coarser = request.TimeMerge != MergeOn && p.base.length > documentedBase(request, op, now.api)
		assemble(&series, p, parts, request, r.bytesPer(op))
		return series
	}
	series.Err = &cdn.Error{Operation: op.Name(), Err: cdn.ErrMalformed}
	return series
}

// plan plans a request by what is known now. least is a slice length in seconds that is not to be had shorter, 0 at
// first. It returns the moment of the plan with it.
func (r *Reader) plan(request Request, op *cdn.FlowOperation, ours time.Time, least int64) (p plan, now moment) {
	r.Account.mu.Lock()
	defer r.Account.mu.Unlock()
	now = r.Account.moment(ours)
	return makePlan(request, r.Account.lessons.offer(op, request, r.DataDelay, least, now.own), now.api), now
}

// documentedBase is the slice length, in seconds, that a request would have had if the API did as documented.
func documentedBase(request Request, op *cdn.FlowOperation, now int64) int64 {
	return makePlan(request, newLessons().offer(op, request, 0, 0, now), now).base.length
}

// bytesPer is what one unit of the operation's values is in byte.
func (r *Reader) bytesPer(op *cdn.FlowOperation) float64 {
	unit := op.Unit
	if op == cdn.SrcFlowData {
		unit = r.SrcFlowUnit
	}
	if unit == cdn.Bit {
		return 1.0 / 8
	}
	return 1
}
