package simulation

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
)

const rightStatus = "an error has its cause"

// judgeError: an error is said only where the world gave cause, and a small query never starves.
func (r *run) judgeError(q *question, domains []string, err error) {
	failure, isCall := errors.AsType[*cdn.Error](err)
	switch {
	case err == nil || q.canceled:
	case isCall && errors.Is(err, context.Canceled), errors.Is(err, context.Canceled):
		r.violate(rightStatus, q, "%v: %v, but nobody canceled", domains, err)
	case isCall && !errors.Is(err, context.DeadlineExceeded):
		r.judgeFailure(q, domains, failure)
	case errors.Is(err, originflow.ErrBudget), errors.Is(err, context.DeadlineExceeded):
		r.judgeLateness(q, domains, err)
	default:
		r.violate(rightStatus, q, "%v: %v", domains, err)
	}
}

// causeAge is how old the failure of a call may be that a query still tells: what is unknown is asked for once a minute,
// and a call may have been under way before.
const causeAge = 2 * time.Minute

// judgeFailure looks for the call whose failure is told.
func (r *run) judgeFailure(q *question, domains []string, failure *cdn.Error) {
	troubles := r.wire.troubles(q.begun.Add(-causeAge), q.answered)
	if state, isState := domainFailures[failure.Kind()]; isState && !r.anyWas(state, domains, q.begun.Add(-causeAge), q.answered) {
		r.violate(rightStatus, q, "%v: %v, but none of them was so", domains, failure)
		return
	}
	if failure.Kind() == cdn.Malformed && r.options.NoInterval {
		return // one slice of a length that nobody tells may be of any
	}
	for _, c := range troubles {
		if slices.Contains(c.kinds, failure.Kind()) && c.about(domains) {
			return
		}
	}
	r.violate(rightStatus, q, "%v: %v (%s, code %q), but no call about it failed so", domains, failure, failure.Kind(), failure.Code)
}

// domainFailures are the failures that a domain's own state is the cause of.
var domainFailures = map[cdn.Kind]state{cdn.UnknownDomain: gone, cdn.Offline: offline}

// anyWas tells whether any of the domains was in a state at some time between from and to.
func (r *run) anyWas(wanted state, domains []string, from, to time.Time) bool {
	return slices.ContainsFunc(domains, func(name string) bool { return r.lives[name].was(wanted, from, to) })
}

// judgeListing judges the failure of a list of the account's domains.
func (r *run) judgeListing(q *question, err error) {
	r.judgeTime(q)
	r.judgeError(q, nil, err)
}

// judgeLateness: a small query with time enough is answered, whatever runs beside it, unless the API is slow.
func (r *run) judgeLateness(q *question, domains []string, err error) {
	rate := float64(q.source.settings.limits.CallsPerSecond)
	throttled := r.options.CallsPerSecond > 0 && float64(r.options.CallsPerSecond) < rate/4
	if throttled || len(r.wire.troubles(q.begun.Add(-causeAge), q.answered)) > 0 {
		return
	}
	if !q.small() || q.deadline.Sub(q.begun) < 20*time.Second {
		if errors.Is(err, context.DeadlineExceeded) && q.answered.Before(q.deadline) {
			r.violate(rightStatus, q, "%v: %v, before the deadline", domains, err)
		}
		return
	}
	// Its calls, of two operations at most, and as many of every other query that takes its turn, fit into half the time.
	if calls := float64(q.crowd) * smallSeries * 2 * 2; calls/rate < q.deadline.Sub(q.begun).Seconds()/2 {
		r.violate("no query starves", q, "%v: %v after %s", domains, err, q.answered.Sub(q.begun))
	}
}

// smallSeries is the number of series of a small query.
const smallSeries = 3

func (q *question) small() bool {
	return len(q.request.Targets) <= smallSeries && q.request.To.Sub(q.request.From) <= day
}
