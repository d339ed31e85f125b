package simulation

import "github.com/originflow/aliyuncdn-datasource/pkg/originflow"

// evidence is how often an answer is asked for that is not what was asked for, before that is believed.
const evidence = 3

// judgeRepeats: no answer that was good is asked for again within a query.
func (r *run) judgeRepeats(q *question, s *originflow.Series) {
	most := evidence
	if len(r.options.SpanLimit) > 0 || r.shortened > 0 {
		most *= 2 // what a longer span taught another query meanwhile may be no shorter than this one
	}
	if len(s.Calls) <= most || len(r.wire.troubles(q.begun.Add(-causeAge), q.answered)) > 0 {
		return
	}
	made := map[string]int{}
	for _, c := range s.Calls {
		if made[c.Text]++; made[c.Text] > most {
			r.violate("no call is made over and over", q, "%v: %d calls, more than %d times %s", s.Target.Domains, len(s.Calls), most, c.Text)
			return
		}
	}
}
