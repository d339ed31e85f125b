package simulation

import "github.com/originflow/aliyuncdn-datasource/pkg/originflow"

// evidence is how often an answer is asked for that is not what was asked for, before that is believed.
const evidence = 3

// judgeRepeats: no answer that was good is asked for again within a query.
func (r *run) judgeRepeats(q *question, s *originflow.Series) {
	if len(s.Calls) <= evidence || len(r.wire.troubles(q.begun.Add(-causeAge), q.answered)) > 0 {
		return
	}
	made := map[string]int{}
	for _, c := range s.Calls {
		if made[c.Text]++; made[c.Text] > evidence {
			r.violate("no call is made over and over", q, "%v: %d calls, more than %d times %s", s.Target.Domains, len(s.Calls), evidence, c.Text)
			return
		}
	}
}
