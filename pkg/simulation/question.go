package simulation

import (
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
)

// question is one query, as the oracle looks at it once it is answered.
type question struct {
	asker   *panel
	request originflow.Request
	source  source
	// begun and answered are by our clock.
	begun, answered, deadline time.Time
	// canceled tells that the caller gave up before there was an answer.
	canceled bool
	// crowd is how many queries were under way at some time while it was.
	crowd  int64
	result originflow.Result
}

// panel is what somebody looks at: which query, how often.
type panel struct {
	name string
	kind *actor
	// domains are the names that each series counts together; none stands for all.
	domains [][]string
	metric  *originflow.Metric
	// all has a series for each domain of the account, as it is at that moment.
	all bool

	span, shift time.Duration
	granularity time.Duration
	points      int
	timeMerge   originflow.TimeMerge
	fixGap      bool
	provisional bool
	alert       bool

	refresh, patience time.Duration
	// vigil is since when the panel could see everything.
	vigil vigil
	// seen is what it showed of each series the last time.
	seen map[string]glance
}

// operations are those of the metric, before any of them retires.
func (q *question) operations() []*cdn.Operation {
	if m := q.request.Metric; m.By != nil {
		return []*cdn.Operation{m.Of, m.By}
	}
	return []*cdn.Operation{q.request.Metric.Of}
}

// request is what the panel asks at a moment.
func (p *panel) request(now time.Time, listed []string) originflow.Request {
	to := now.Add(-p.shift)
	request := originflow.Request{
		Metric: p.metric, From: to.Add(-p.span), To: to, MaxDataPoints: int64(p.points), Granularity: p.granularity,
		TimeMerge: p.timeMerge, FixTimeGap: p.fixGap, Provisional: p.provisional, Alert: p.alert,
	}
	if p.points > 0 {
		request.Interval = p.span / time.Duration(p.points)
	}
	if p.all {
		for _, name := range listed {
			request.Targets = append(request.Targets, originflow.Target{Name: name, Domains: []string{name}})
		}
	}
	for _, names := range p.domains {
		request.Targets = append(request.Targets, originflow.Target{Name: p.name, Domains: names})
	}
	return request
}
