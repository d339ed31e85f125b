package originflow

import (
	"context"
	"errors"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
)

// Probe is what two real calls told about the account, cache or no cache, and what earlier ones did.
type Probe struct {
	// Operation answered with origin flow, or refused to with FlowErr.
	Operation *cdn.FlowOperation
	// SettledUntil is the end of the newest final 5-minute slice.
	SettledUntil time.Time
	// FlowErr is why there is no origin flow: a *cdn.Error, [ErrBudget] or the context's error; nil if there is.
	FlowErr error
	// Domains is the number of domains in the account, valid without DomainsErr; -1 if the API did not tell.
	Domains int
	// DomainsErr is why the domains cannot be listed, of the same types as FlowErr.
	DomainsErr error
	// Ahead is how far the API's clock is ahead of ours, in whole seconds or so.
	Ahead time.Duration
	// Settles is how long after their end slices of the last day were settled, where some were found to be later than
	// DataDelay, else 0.
	Settles, DataDelay time.Duration
}

// Probe calls the API for the newest final hour of all domains, and for the number of domains.
func (r *Reader) Probe(ctx context.Context) Probe {
	probe := Probe{Operation: r.operation(), DataDelay: r.DataDelay}
	settled := func() int64 {
		r.Account.mu.Lock()
		defer r.Account.mu.Unlock()
		return grid{length: 300}.floor(r.Account.moment(r.Now()).api - seconds(r.DataDelay))
	}
	for {
		until := settled()
		probe.FlowErr = r.once(ctx, probe.Operation.Name(), func(ctx context.Context) (time.Time, error) {
			flow, err := r.Client.Flow(ctx, probe.Operation, cdn.FlowRequest{
				Start: instant(until - 3600), End: instant(until), Interval: 5 * time.Minute,
			})
			return flow.Date, err
		})
		if !r.provedRetired(probe.Operation, probe.FlowErr) {
			break
		}
		probe.Operation = cdn.SrcTrafficData
	}
	probe.DomainsErr = r.once(ctx, cdn.UserDomains, func(ctx context.Context) (time.Time, error) {
		page, err := r.Client.UserDomains(ctx, 1, 1)
		probe.Domains = page.Total
		return page.Date, err
	})
	probe.SettledUntil = instant(settled())
	r.Account.mu.Lock()
	defer r.Account.mu.Unlock()
	ours := r.Now()
	probe.Ahead = r.Account.clock.ahead(ours)
	probe.Settles = r.Account.lateness.settles(r.Account.moment(ours).own)
	return probe
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
