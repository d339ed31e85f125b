package simulation

import (
	"math"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
)

// judgeValues: nothing is shown that the API never said. It returns how many slices it compared.
func (r *run) judgeValues(q *question, s *originflow.Series) (compared int) {
	for _, shown := range s.Slices {
		if !r.worthALook(q, shown.Start) {
			continue
		}
		compared++
		const name = "nothing is shown that the API never said"
		if q.request.Metric.IsRatio() {
			r.judgeRatio(name, q, s, shown, r.everShown(q))
			continue
		}
		if rate := shown.Volume / s.Step.Seconds(); !q.request.Provisional && !within(shown.PerSecond*s.Step.Seconds(), shown.Volume, shown.Volume) {
			r.violate("a rate is the volume by the length", q, "%v at %s: %g a second, not %g", s.Target.Domains, stamp(shown.Start), shown.PerSecond, rate)
		}
		truth := r.truthOf(q, s, shown.Start, r.everShown(q))
		if !r.allows(q, s, truth, shown.Volume) {
			r.violate(name, q, "%v at %s (%s of %s): %.1f; it held %d to %d, %+v",
				s.Target.Domains, stamp(shown.Start), s.Step, s.Granularity, shown.Volume, truth.least, truth.most, truth)
		}
		if q.request.FixTimeGap && q.request.Provisional && s.Step == slice && shown.Volume == 0 && !truth.hasNumber(0) && len(s.Target.Domains) == 1 &&
			shown.Start.Add(s.Step+q.source.settings.delay).After(r.clock.at(q.answered).Add(clockSlack)) {
			r.violate("a gap is zero only once it is final", q, "%v at %s", s.Target.Domains, stamp(shown.Start))
		}
	}
	for _, c := range s.Codes {
		r.judgeCodes(q, s, c)
	}
	return compared
}

// judgeCodes: the counts of a status code stand where the sums do, and are no more than those.
func (r *run) judgeCodes(q *question, s *originflow.Series, c originflow.CodeLine) {
	const name = "codes add up"
	if len(c.Slices) != len(s.Slices) {
		r.violate(name, q, "%d slices of code %d, %d in all", len(c.Slices), c.Code, len(s.Slices))
		return
	}
	for i, part := range c.Slices {
		sum := 0.0
		for _, other := range s.Codes {
			sum += other.Slices[i].Volume
		}
		if whole := s.Slices[i]; part.Start != whole.Start || !same(sum, whole.Volume) {
			r.violate(name, q, "%v at %s: the codes are %.1f, the sum %.1f", s.Target.Domains, stamp(whole.Start), sum, whole.Volume)
			return
		}
	}
}

// judgeRatio: a ratio is that of the sums of what the API held, wherever that was the same all the time.
func (r *run) judgeRatio(name string, q *question, s *originflow.Series, shown originflow.Slice, ages func(end time.Time) (from, to int64)) {
	most := 100.0
	if aspects[q.request.Metric.Name].kind == share && (q.request.Provisional || len(r.volatile(r.behind(s))) > 0) {
		// Two operations: the API may have got further with the one than with the other, and of a domain that comes or goes
		// with its past, one sum may be from before and the other from after.
		most = math.Inf(1)
	}
	if !(shown.Percent >= 0 && shown.Percent <= most+1e-4) {
		r.violate(name, q, "%v at %s: %g per cent", s.Target.Domains, stamp(shown.Start), shown.Percent)
		return
	}
	if want, certain := r.ratioOf(q, s, shown.Start, ages); certain && !(shown.Percent > want-1e-4 && shown.Percent < want+1e-4) {
		r.violate(name, q, "%v at %s (%s of %s): %g per cent, not %g", s.Target.Domains, stamp(shown.Start), s.Step, s.Granularity, shown.Percent, want)
	}
}

// ratioOf is the ratio in a slice shown, in per cent. It is certain if what it is made of was there all the time, and the
// same; it is not if it is a ratio of nothing.
func (r *run) ratioOf(q *question, s *originflow.Series, start time.Time, ages func(end time.Time) (from, to int64)) (percent float64, certain bool) {
	shown := aspects[q.request.Metric.Name]
	domains := r.behind(s)
	of := truth{r.sources, r.traffic, shown.of}.span(domains, start, s.Step, ages)
	by := truth{r.sources, r.traffic, shown.by}.span(domains, start, s.Step, ages)
	if of.absent || by.absent || of.least != of.most || by.least != by.most || by.least == 0 ||
		r.mayLose() || len(r.volatile(domains)) > 0 || s.Granularity > slice && q.request.Provisional {
		return 0, false
	}
	percent = 100 * float64(of.least) / float64(by.least)
	if shown.kind == rest {
		percent = 100 - percent
	}
	return percent, true
}

// worthALook tells whether to compare a slice: all that are young, and a sixteenth of the days before.
func (r *run) worthALook(q *question, start time.Time) bool {
	const young = 2 * day
	return q.begun.Sub(start) < young || r.of("look").at(q.begun.UnixNano()).at(start.Unix()/int64(day/time.Second)).chance(1.0/16)
}

// everShown are the ages of a slice, by its end, at which what the API held may be shown in an answer.
func (r *run) everShown(q *question) func(end time.Time) (from, to int64) {
	now := r.clock.reached(q.answered)
	least := -int64(slice / time.Second)
	if !q.request.Provisional {
		least = int64((q.source.leastDelay - clockSlack) / time.Second)
	}
	return func(end time.Time) (from, to int64) {
		return least, int64(now.Sub(end)/time.Second) + 1
	}
}

// truthOf is what the API held behind one slice shown.
func (r *run) truthOf(q *question, s *originflow.Series, start time.Time, ages func(end time.Time) (from, to int64)) choices {
	shown := aspects[q.request.Metric.Name]
	t := truth{r.sources, r.traffic, shown.of}
	domains := r.behind(s)
	sum := t.span(domains, start, s.Step, ages)
	if s.Granularity > slice && q.request.Provisional {
		// The API's own long slices hold some part of what they will hold in the end.
		sum.least, sum.most = 0, max(sum.most, t.whole(domains, start, s.Step))
	}
	if len(s.Target.Domains) != 1 {
		// A domain that comes and goes may be left out of a sum.
		sum.least -= t.span(r.volatile(domains), start, s.Step, ages).least
	}
	if shown.byCode {
		sum.least = leastOfCodes(sum.least, t.whole(domains, start, s.Step), int64(s.Step/slice)*int64(len(domains)))
	}
	return sum
}

// leastOfCodes is the least sum of counts that come one by one, of so many slices: what is not final yet is cut off to whole
// thousands, and what is corrected later to whole eights.
func leastOfCodes(least, whole, slices int64) int64 {
	const codes = 11
	if least != whole {
		return 0
	}
	return least - 7*codes*slices
}

// behind are the domains that a series counts.
func (r *run) behind(s *originflow.Series) []string {
	if len(s.Target.Domains) == 0 {
		return r.names
	}
	return s.Target.Domains
}

// allows tells whether a volume may be shown where the API held these.
func (r *run) allows(q *question, s *originflow.Series, c choices, bytes float64) bool {
	least := float64(c.least)
	if r.mayLose() {
		least = 0
	}
	if !within(bytes, least, float64(c.most)) {
		return false
	}
	if s.Step > slice || len(s.Target.Domains) != 1 || r.mayLose() || aspects[q.request.Metric.Name].byCode {
		return true
	}
	return c.has(bytes) || q.request.FixTimeGap && c.absent && bytes == 0
}

// mayLose tells whether single values of answers are unreadable in this world, and so count as absent.
func (r *run) mayLose() bool {
	for _, s := range r.weather.spells {
		if s.trouble.name == "a value below zero" {
			return true
		}
	}
	return false
}

// hasNumber tells whether the slice was there with this value.
func (c choices) hasNumber(bytes float64) bool { return c.present && c.has(bytes) }
