package originflow

import "github.com/originflow/aliyuncdn-datasource/pkg/cdn"

// refusals are the domains that the API has nothing for: unknown to it, or offline. The answer is good for a minute, as
// asking at every refresh would take from the budget of those that have something; and for an hour such a domain is asked
// for on its own, as a list with it in it is refused whole, and with one call at first. What the RAM user may not ask for is
// remembered in the same way. It is not safe for concurrent use.
type refusals map[string]refusal

type refusal struct {
	err  error
	time int64
}

const (
	refusedFor = 60
	suspectFor = 60 * 60
	// maxRefusals bounds what whoever types names can make the account remember.
	maxRefusals = 4096
)

// isRefusal tells whether a failure says that there is nothing for a domain.
func isRefusal(err error) bool {
	kind := kindOf(err)
	return kind == cdn.UnknownDomain || kind == cdn.Offline
}

func (r refusals) add(domain string, err error, now int64) {
	if r.current(domain, now) != nil {
		return // it was asked for before that was known
	}
	if len(r) >= maxRefusals {
		clear(r)
	}
	r[domain] = refusal{err, now}
}

// current is why the API would have nothing for the domain, by what it said within the last minute.
func (r refusals) current(domain string, now int64) error {
	if known, ok := r[domain]; ok && now-known.time < refusedFor {
		return known.err
	}
	return nil
}

// suspects tells whether the domain was refused of late.
func (r refusals) suspects(domain string, now int64) bool {
	known, ok := r[domain]
	return ok && now-known.time < suspectFor
}
