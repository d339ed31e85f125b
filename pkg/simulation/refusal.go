package simulation

import (
	"errors"
	"strings"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
)

// glance is how much of a series was shown, in slices of what length and operation, and when.
type glance struct {
	at        time.Time
	operation string
	step      time.Duration
	slices    int
}

// judgeRefusal: that the API refuses a domain takes nothing away that is known already, nor the other domains of a sum.
func (r *run) judgeRefusal(q *question, s *originflow.Series) {
	p, names := q.asker, strings.Join(s.Target.Domains, ",")
	before, seen := p.seen[names]
	if p.seen == nil {
		p.seen = map[string]glance{}
	}
	p.seen[names] = glance{q.begun, q.result.Operation, s.Step, len(s.Slices)}
	failure, _ := errors.AsType[*cdn.Error](s.Err)
	if failure == nil || failure.Kind() != cdn.Offline || q.request.Provisional || q.source.settings.limits.CacheBytes < 64<<20 {
		return
	}
	if seen && s.Step > 0 && s.Step == before.step && q.result.Operation == before.operation && before.at.After(q.source.since) {
		moved := int(q.begun.Sub(before.at)/s.Step) + 2
		if len(s.Slices) < before.slices-moved {
			r.violate("what is known stays", q, "%s has %d slices, had %d at %s", names, len(s.Slices), before.slices, stamp(before.at))
		}
	}
	online := false
	for _, name := range s.Target.Domains {
		online = online || r.lives[name].steady(q.begun.Add(-causeAge), q.answered) && !r.sources.profiles[name].silent
	}
	if online && len(s.Slices) == 0 && q.request.To.Sub(q.request.From) >= 3*hour && !q.canceled {
		r.violate("a domain that works is not taken away by another", q, "%s has no slices: %v", names, failure)
	}
}
