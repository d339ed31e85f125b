package simulation

import "github.com/originflow/aliyuncdn-datasource/pkg/originflow"

// judgeRepeats: no answer that was good is asked for again within a query. Once more may be due, where it taught something.
func (r *run) judgeRepeats(q *question, s *originflow.Series) {
	if len(s.Calls) <= 2 || len(r.wire.troubles(q.begun.Add(-causeAge), q.answered)) > 0 {
		return
	}
	made := map[string]int{}
	for _, c := range s.Calls {
		if made[c.Text]++; made[c.Text] > 2 {
			r.violate("no call is made over and over", q, "%v: %d calls, among them three times %s", s.Target.Domains, len(s.Calls), c.Text)
			return
		}
	}
}
