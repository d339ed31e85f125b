package simulation

import (
	"slices"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
)

// clockSlack is how far the plugin may be wrong about the API's time, which it knows from a header in whole seconds.
const clockSlack = 2 * time.Second

// judge compares an answer with what is true.
func (r *run) judge(q *question) {
	values := 0
	r.judgeTime(q)
	for i := range q.result.Series {
		s := &q.result.Series[i]
		r.judgeError(q, s.Target.Domains, s.Err)
		r.judgeRefusal(q, s)
		r.judgeRepeats(q, s)
		if len(s.Slices) == 0 && len(s.Missing) == 0 {
			continue
		}
		r.judgeOrder(q, s)
		r.judgeFinality(q, s)
		values += r.judgeValues(q, s)
	}
	values += r.judgeHealing(q)
	r.judgeMemory(q)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.Queries++
	r.report.Values += int64(values)
}

// judgeTime: every query ends in time.
func (r *run) judgeTime(q *question) {
	if q.answered.After(q.deadline.Add(time.Second)) {
		r.violate("every query ends in time", q, "answered %s after its deadline", q.answered.Sub(q.deadline))
	}
}

// judgeOrder: slices ascend, stand on their grid and in the range; an alert's window is whole.
func (r *run) judgeOrder(q *question, s *originflow.Series) {
	const name = "slices in order, on their grid, inside the range"
	shown := starts(s)
	step := int64(s.Step / time.Second)
	for i, at := range shown {
		if i > 0 && !at.After(shown[i-1]) {
			r.violate(name, q, "%s after %s", stamp(at), stamp(shown[i-1]))
			return
		}
		if at.Unix()%300 != 0 || (at.Unix()-shown[0].Unix())%step != 0 {
			r.violate(name, q, "%s is off the grid of %s", stamp(at), s.Step)
			return
		}
		if !q.request.Provisional && i > 0 && at.Sub(shown[i-1]) != s.Step && s.Err == nil {
			r.violate("no slice is neither shown nor missing", q, "nothing from %s to %s", stamp(shown[i-1]), stamp(at))
			return
		}
	}
	from, to := shown[0], shown[len(shown)-1].Add(s.Step)
	if !q.request.Alert && !from.After(q.request.From.Add(-s.Step)) || !to.Add(-s.Step).Before(q.request.To) {
		r.violate(name, q, "%s to %s, asked %s to %s", stamp(from), stamp(to), stamp(q.request.From), stamp(q.request.To))
	}
	if s.Err != nil || q.request.Provisional || s.Granularity != slice || r.options.NoDate {
		return
	}
	if q.request.Alert && to.Sub(from) < q.request.To.Sub(q.request.From).Truncate(s.Step) {
		r.violate("an alert's window is whole", q, "%s to %s only", stamp(from), stamp(to))
	}
	r.judgeEdge(q, s, to)
}

// starts are those of the slices shown or said to be missing, sorted as they are.
func starts(s *originflow.Series) []time.Time {
	shown := slices.Clone(s.Missing)
	for _, slice := range s.Slices {
		shown = append(shown, slice.Start)
	}
	if len(s.Missing) > 0 {
		slices.SortFunc(shown, time.Time.Compare)
	}
	return shown
}

// edgeSlack is how much later than it could a slice may appear.
const edgeSlack = 10 * time.Second

// judgeEdge: there is no hole at the right edge, where the newest final slices are.
func (r *run) judgeEdge(q *question, s *originflow.Series, to time.Time) {
	if q.request.TimeMerge == originflow.MergeOn || s.Step >= day || r.clock.stepped(q.begun.Add(-10*time.Minute), q.answered) ||
		len(r.wire.troubles(q.begun.Add(-time.Minute), q.answered)) > 0 {
		return
	}
	// Our times end where asked; in whole slices, the last may reach beyond.
	asked := ceil(q.request.To, s.Step)
	final := floor(r.clock.at(q.begun).Add(-q.source.settings.delay-edgeSlack), s.Step)
	if edge := earlier(asked, final); to.Before(edge) {
		r.violate("no hole at the right edge", q, "%v ends at %s, not at %s", s.Target.Domains, stamp(to), stamp(edge))
	}
}

func floor(t time.Time, step time.Duration) time.Time {
	return time.Unix(t.Unix()/int64(step/time.Second)*int64(step/time.Second), 0).UTC()
}

func ceil(t time.Time, step time.Duration) time.Time { return floor(t.Add(step-1), step) }

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// judgeFinality: while provisional slices are hidden, none is shown before it is final by the API's clock.
func (r *run) judgeFinality(q *question, s *originflow.Series) {
	if q.request.Provisional || len(s.Slices) == 0 {
		return
	}
	last := s.Slices[len(s.Slices)-1].Start
	if final := last.Add(s.Step + q.source.settings.delay); final.After(r.clock.reached(q.answered).Add(clockSlack)) {
		r.violate("nothing is shown before it is final", q, "%v at %s is final at %s; the API's clock says %s",
			s.Target.Domains, stamp(last), stamp(final), stamp(r.clock.at(q.answered)))
	}
}

// judgeMemory: the account's cache stays within its bound.
func (r *run) judgeMemory(q *question) {
	account, can := any(q.source.reader.Account).(interface{ CacheBytes() int64 })
	if !can {
		return
	}
	if bytes := account.CacheBytes(); bytes > q.source.mostCache {
		r.violate("memory within its bound", q, "%d byte of %d", bytes, q.source.mostCache)
	}
}
