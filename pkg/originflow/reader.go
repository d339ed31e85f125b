package originflow

import (
	"context"
	"strings"
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
	// Now is the clock.
	Now func() time.Time
}

// maxReplans is how often a request is planned anew because an answer taught something. One lesson is the rule: another
// slice length, or another start of the day.
const maxReplans = 3

// seriesAtOnce bounds the series that one request works on at the same time. The calls are paced by the budget.
const seriesAtOnce = 64

// Read answers a request. Failures are in the series they befell; the others are whole.
func (r *Reader) Read(ctx context.Context, request Request) Result {
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
	r.Account.mu.Lock()
	defer r.Account.mu.Unlock()
	if r.Account.retired {
		return cdn.SrcTrafficData
	}
	return cdn.SrcFlowData
}

// provedRetired tells whether err says that op is gone and another may take its place, which the account remembers.
func (r *Reader) provedRetired(op *cdn.FlowOperation, err error) bool {
	if r.Operation != nil || op != cdn.SrcFlowData || kindOf(err) != cdn.Retired {
		return false
	}
	r.Account.mu.Lock()
	defer r.Account.mu.Unlock()
	r.Account.retired = true
	return true
}

func (r *Reader) read(ctx context.Context, request Request, op *cdn.FlowOperation) Result {
	now := r.Now().Unix()
	p := r.plan(request, op, now, 0)
	result := Result{
		Operation:    op.Name(),
		SettledUntil: instant(p.settled),
		Unfinal:      p.unfinal,
		Series:       make([]Series, len(request.Targets)),
	}
	if p.clippedTo != 0 {
		result.ClippedTo = instant(p.clippedTo)
	}
	var group errgroup.Group
	group.SetLimit(seriesAtOnce)
	for i, target := range request.Targets {
		group.Go(func() error {
			result.Series[i] = r.readSeries(ctx, request, target, op, now)
			return nil
		})
	}
	_ = group.Wait() // failures are in the series
	return result
}

// readSeries plans one series, fetches what is missing, and plans anew as long as the answers ask for it.
func (r *Reader) readSeries(ctx context.Context, request Request, target Target, op *cdn.FlowOperation, now int64) Series {
	series := Series{Target: target}
	names := strings.Join(target.Domains, ",")
	if series.Err = r.Account.refused(names, now); series.Err != nil {
		return series
	}
	var wanted, least int64
	for range maxReplans {
		p := r.plan(request, op, now, least)
		if wanted == 0 {
			wanted = p.base.length
		}
		f := fetch{reader: r, op: op, request: request, plan: p, now: now}
		parts := f.parts(target)
		again := f.fill(ctx, parts)
		series.Calls = append(series.Calls, f.calls...)
		series.Fetched += f.fetched
		series.Cached = f.cached
		series.Err = f.err
		if kind := kindOf(f.err); kind == cdn.UnknownDomain || kind == cdn.Offline {
			r.Account.refuse(names, f.err, now)
		}
		if again == 0 || f.err != nil {
			series.Coarser = p.base.length > wanted
			assemble(&series, p, parts, request, r.bytesPer(op))
			return series
		}
		least = again
	}
	series.Err = &cdn.Error{Operation: op.Name(), Err: cdn.ErrMalformed}
	return series
}

func (r *Reader) plan(request Request, op *cdn.FlowOperation, now, least int64) plan {
	r.Account.mu.Lock()
	levels := r.Account.levels(op, request.TimeMerge, r.DataDelay, least)
	r.Account.mu.Unlock()
	return makePlan(request, levels, now, seconds(r.DataDelay), least)
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
