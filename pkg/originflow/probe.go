package originflow

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/guard"
	"github.com/originflow/aliyuncdn-datasource/pkg/sharedcache"
)

// Probe is what real calls told about the account, cache or no cache, and what earlier ones did.
type Probe struct {
	// Operation answered with origin flow, or refused to with FlowErr.
	Operation *cdn.Operation
	// Retired is the operation that Operation took the place of when it proved retired; nil if none did.
	Retired *cdn.Operation
	// SettledUntil is the end of the newest final 5-minute slice.
	SettledUntil time.Time
	// FlowErr is why there is no origin flow: a *cdn.Error, [ErrBudget] or the context's error; nil if there is.
	FlowErr error
	// MetricErrs are why metrics cannot be read, of the same types, by their place in [Metrics]; nil for those that can. They
	// are not tried where the account answers nothing at all.
	MetricErrs []error
	// Domains is the number of domains in the account, valid without DomainsErr; -1 if the API did not tell.
	Domains int
	// DomainsErr is why the domains cannot be listed, of the same types as FlowErr.
	DomainsErr error
	// Ahead is how far the API's clock is ahead of ours, in whole seconds or so.
	Ahead time.Duration
	// Settles is how long after their end slices of the last day were settled, where some were found to be later than
	// DataDelay, else 0.
	Settles, DataDelay time.Duration
	// Shared is how the shared cache does, nil if there is none.
	Shared *sharedcache.State
}

// Probe calls the API for the newest final hour of all domains, of each metric, and for the number of domains.
func (r *Reader) Probe(ctx context.Context) Probe {
	probe := Probe{DataDelay: r.DataDelay}
	for {
		ops := r.operations(OriginFlow)
		probe.Operation = ops[0]
		if probe.FlowErr = r.probe(ctx, ops[0]); !r.provedRetired(ops, probe.FlowErr) {
			break
		}
	}
	if r.APIVersion == "" && probe.Operation != OriginFlow.Of {
		probe.Retired = OriginFlow.Of
	}
	if probe.FlowErr == nil || kindOf(probe.FlowErr) == cdn.Forbidden {
		probe.MetricErrs = r.probeMetrics(ctx, map[*cdn.Operation]error{probe.Operation: probe.FlowErr})
	}
	probe.DomainsErr = r.once(ctx, cdn.UserDomains, func(ctx context.Context) (time.Time, error) {
		page, err := r.Client.UserDomains(ctx, 1, 1)
		probe.Domains = page.Total
		return page.Date, err
	})
	probe.SettledUntil = instant(r.settled())
	if cache := r.Account.replicas.Load(); cache != nil {
		state := cache.State()
		probe.Shared = &state
	}
	r.Account.mu.Lock()
	defer r.Account.mu.Unlock()
	ours := r.Now()
	probe.Ahead = r.Account.clock.ahead(ours)
	probe.Settles = r.Account.lateness.settles(r.Account.moment(ours).api)
	return probe
}

// settled is the end of the newest final 5-minute slice.
func (r *Reader) settled() int64 {
	r.Account.mu.Lock()
	defer r.Account.mu.Unlock()
	return grid{length: 300}.floor(r.Account.moment(r.Now()).api - seconds(r.DataDelay))
}

// probe makes one call of an operation.
func (r *Reader) probe(ctx context.Context, op *cdn.Operation) error {
	until := r.settled()
	return r.once(ctx, op.Name(), func(ctx context.Context) (time.Time, error) {
		answer, err := r.Client.Describe(ctx, op, cdn.Request{
			Start: instant(until - 3600), End: instant(until), Interval: 5 * time.Minute,
		})
		return answer.Date, err
	})
}

// probeMetrics calls the operations of all metrics but those whose outcome is known, at the same time.
func (r *Reader) probeMetrics(ctx context.Context, outcomes map[*cdn.Operation]error) []error {
	var unknown []*cdn.Operation
	for _, m := range Metrics {
		for _, op := range r.operations(m) {
			if _, known := outcomes[op]; !known {
				outcomes[op] = nil
				unknown = append(unknown, op)
			}
		}
	}
	errs := make([]error, len(unknown))
	guard.Together(len(unknown), len(unknown), func(i int) { errs[i] = r.probe(ctx, unknown[i]) })
	for i, op := range unknown {
		outcomes[op] = errs[i]
	}
	failures := make([]error, len(Metrics))
	for i, m := range Metrics {
		for _, op := range r.operations(m) {
			failures[i] = cmp.Or(failures[i], outcomes[op])
		}
	}
	return failures
}

// once makes one call in its turn.
func (r *Reader) once(ctx context.Context, operation string, do attempt) error {
	var e errand
	_, err := r.Account.call(ctx, r.Now, &e, operation, do)
	if err != nil && ctx.Err() != nil && !errors.As(err, new(*cdn.Error)) {
		return e.lateness(ctx)
	}
	return err
}
