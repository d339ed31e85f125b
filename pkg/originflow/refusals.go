package originflow

import "github.com/originflow/aliyuncdn-datasource/pkg/cdn"

// refusals are what the API refuses to tell: it has nothing for domains that are unknown to it or offline, and the RAM user
// may not ask for everything. The answer is good for a minute, as asking at every refresh would take from the budget of
// those that have something, and for the operation that gave it: another may have something for the same domain. It is not
// safe for concurrent use.
type refusals struct {
	// given are the refusals by what was asked.
	given map[string]refusal
	// suspects are the domains that the API had nothing for within an hour, and which operation said so last: such a domain
	// is asked for on its own, as a list with it in it is refused whole, and with one call at first.
	suspects map[string]suspicion
}

type refusal struct {
	err  error
	time int64
}

type suspicion struct {
	operation string
	time      int64
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

func newRefusals() refusals {
	return refusals{given: map[string]refusal{}, suspects: map[string]suspicion{}}
}

// add takes in that a track was refused.
func (r refusals) add(t track, err error, now int64) {
	if r.current(t.about(), now) != nil {
		return // it was asked for before that was known
	}
	if len(r.given) >= maxRefusals {
		clear(r.given)
		clear(r.suspects)
	}
	r.given[t.about()] = refusal{err, now}
	if isRefusal(err) {
		r.suspects[t.domains] = suspicion{t.operation, now}
	}
}

// answered takes in that a track was not refused.
func (r refusals) answered(t track) {
	delete(r.given, t.about())
	if r.suspects[t.domains].operation == t.operation {
		delete(r.suspects, t.domains)
	}
}

// current is why the API would not tell, by what it said within the last minute.
func (r refusals) current(about string, now int64) error {
	if known, ok := r.given[about]; ok && now-known.time < refusedFor {
		return known.err
	}
	return nil
}

// suspect tells whether a domain was refused of late.
func (r refusals) suspect(domain string, now int64) bool {
	known, ok := r.suspects[domain]
	return ok && now-known.time < suspectFor
}
