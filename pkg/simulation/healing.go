package simulation

import (
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
)

// vigil is how long a live panel has been looked at without anything in its way.
type vigil struct{ since, last time.Time }

const (
	// liveEvery is how often a panel is looked at, at least, to be live.
	liveEvery = time.Minute
	// liveFor is how long it must have been live for its picture to be whole.
	liveFor = 12 * time.Minute
	// healsWithin is how long after the API has a value a live panel must show it, a refresh aside.
	healsWithin = 5*time.Minute + 30*time.Second
	// healsUntil is the age until which late and corrected values are looked for.
	healsUntil = 5 * hour
)

// keep goes on with the vigil after an answer, and tells whether it has lasted long enough.
func (v *vigil) keep(q *question, disturbed bool) bool {
	if disturbed || q.begun.Sub(v.last) > liveEvery+15*time.Second || v.since.Before(q.source.since) {
		v.since = q.answered
	}
	v.last = q.begun
	return q.begun.Sub(v.since) >= liveFor
}

// judgeHealing: a live panel shows what the API had a few minutes ago at the latest, however late it came. It returns how
// many slices it compared.
func (r *run) judgeHealing(q *question) (compared int) {
	p := q.asker
	if p.refresh == 0 || p.refresh > liveEvery || p.alert || p.shift > 0 {
		return 0
	}
	disturbed := q.canceled || len(r.wire.troubles(q.begun.Add(-time.Minute), q.answered)) > 0 ||
		r.clock.stepped(q.begun.Add(-liveFor), q.answered)
	for _, s := range q.result.Series {
		disturbed = disturbed || s.Err != nil
	}
	if !p.vigil.keep(q, disturbed) {
		return 0
	}
	lately := r.clock.reached(q.begun.Add(-healsWithin - p.refresh))
	now := r.clock.reached(q.answered)
	ages := func(end time.Time) (from, to int64) {
		return int64(lately.Sub(end) / time.Second), int64(now.Sub(end)/time.Second) + 1
	}
	for i := range q.result.Series {
		if s := &q.result.Series[i]; s.Granularity == slice && s.Step < day && len(r.volatile(r.behind(s))) == 0 {
			compared += r.judgeHealed(q, s, ages)
		}
	}
	return compared
}

func (r *run) judgeHealed(q *question, s *originflow.Series, ages func(end time.Time) (from, to int64)) (compared int) {
	const name = "late numbers heal"
	young := func(start time.Time) bool { return r.clock.at(q.answered).Sub(start) < healsUntil }
	for _, shown := range s.Slices {
		if !young(shown.Start) {
			continue
		}
		compared++
		if q.request.Metric.IsRatio() {
			r.judgeRatio(name, q, s, shown, ages)
			continue
		}
		if truth := r.truthOf(q, s, shown.Start, ages); !r.allows(q, s, truth, shown.Volume) {
			r.violate(name, q, "%v at %s (%s): %.1f byte; lately the API held %d to %d, %+v",
				s.Target.Domains, stamp(shown.Start), s.Step, shown.Volume, truth.least, truth.most, truth)
			return compared
		}
	}
	for _, start := range s.Missing {
		if !young(start) {
			continue
		}
		compared++
		if q.request.Metric.IsRatio() {
			if percent, certain := r.ratioOf(q, s, start, ages); certain {
				r.violate(name, q, "%v lacks %s, which has been %g per cent all the time lately", s.Target.Domains, stamp(start), percent)
				return compared
			}
			continue
		}
		if truth := r.truthOf(q, s, start, ages); !truth.absent {
			r.violate(name, q, "%v lacks %s, which the API has had all the time lately: %+v", s.Target.Domains, stamp(start), truth)
			return compared
		}
	}
	return compared
}
