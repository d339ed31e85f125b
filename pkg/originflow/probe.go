package originflow

import (
	"context"
	"errors"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
)

// Probe is what two real calls told about the account, cache or no cache.
type Probe struct {
	// Operation answered with origin flow, or refused to with FlowErr.
	Operation *cdn.FlowOperation
	// SettledUntil is the end of the newest final 5-minute slice.
	SettledUntil time.Time
	// FlowErr is why there is no origin flow: a *cdn.Error, [ErrBudget] or the context's error; nil if there is.
	FlowErr error
	// Domains is the number of domains in the account, valid without DomainsErr.
	Domains int
	// DomainsErr is why the domains cannot be listed, of the same types as FlowErr.
	DomainsErr error
}

// Probe calls the API for the newest final hour of all domains, and for the number of domains.
func (r *Reader) Probe(ctx context.Context) Probe {
	probe := Probe{Operation: r.operation()}
	settled := grid{length: 300}.floor(r.Now().Unix() - seconds(r.DataDelay))
	probe.SettledUntil = instant(settled)
	request := cdn.FlowRequest{
		Start: instant(settled - 3600), End: instant(settled), Interval: 5 * time.Minute,
	}
	for {
		probe.FlowErr = r.once(ctx, probe.Operation.Name(), func(ctx context.Context) error {
			_, err := r.Client.Flow(ctx, probe.Operation, request)
			return err
		})
		if !r.provedRetired(probe.Operation, probe.FlowErr) {
			break
		}
		probe.Operation = cdn.SrcTrafficData
	}
	probe.DomainsErr = r.once(ctx, cdn.UserDomains, func(ctx context.Context) error {
		page, err := r.Client.UserDomains(ctx, 1, 1)
		probe.Domains = page.Total
		return err
	})
	return probe
}

// once makes one call in its turn.
func (r *Reader) once(ctx context.Context, operation string, do func(context.Context) error) error {
	var e errand
	err := r.Account.run(ctx, &e, operation, do)
	if err != nil && ctx.Err() != nil && !errors.As(err, new(*cdn.Error)) {
		return e.lateness(ctx)
	}
	return err
}
