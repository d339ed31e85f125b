package originflow

import (
	"context"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
)

// directory is the account's list of domains.
type directory struct {
	calls   singleflight.Group
	domains []cdn.Domain // guarded by Account.mu
	read    time.Time    // guarded by Account.mu
}

// directoryAge is how long the list of domains is good for.
const directoryAge = 5 * time.Minute

// listWithin bounds the reading of the list, for which nobody may be waiting any more.
const listWithin = 30 * time.Second

// Domains lists every domain of the account, at most 5 minutes old. The caller must not change the list. Every error is
// a *cdn.Error, [ErrBudget] or the context's.
func (r *Reader) Domains(ctx context.Context, alert bool) ([]cdn.Domain, error) {
	a := r.Account
	a.mu.Lock()
	domains, age := a.domains.domains, r.Now().Sub(a.domains.read)
	a.mu.Unlock()
	if domains != nil && age < directoryAge {
		return domains, nil
	}
	var e errand
	e.urgent.Store(alert)
	// Whoever else asks meanwhile waits for the same list, so it does not end with ctx.
	listed := a.domains.calls.DoChan("", func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), listWithin)
		defer cancel()
		return r.listDomains(ctx, &e)
	})
	select {
	case answer := <-listed:
		if answer.Err != nil {
			return nil, answer.Err
		}
		return answer.Val.([]cdn.Domain), nil
	case <-ctx.Done():
		return nil, e.lateness(ctx)
	}
}

func (r *Reader) listDomains(ctx context.Context, e *errand) ([]cdn.Domain, error) {
	domains := []cdn.Domain{}
	for number := 1; ; number++ {
		var page cdn.DomainsPage
		err := r.Account.run(ctx, e, cdn.UserDomains, func(ctx context.Context) (err error) {
			page, err = r.Client.UserDomains(ctx, number, cdn.MaxDomainsPerPage)
			return err
		})
		if err != nil {
			return nil, err
		}
		domains = append(domains, page.Domains...)
		if len(page.Domains) == 0 || page.Total >= 0 && len(domains) >= page.Total {
			break
		}
	}
	r.Account.mu.Lock()
	defer r.Account.mu.Unlock()
	r.Account.domains.domains, r.Account.domains.read = domains, r.Now()
	return domains, nil
}
