package simulation

import (
	"cmp"
	"strings"
	"sync"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
)

// thrift counts the calls that whoever knew everything would make for the same questions: per set of domains and length
// of slices, one for each stretch that nobody has asked for since it became final, split by the span of a call; one a
// minute for provisional slices, and one in five minutes for late numbers; one for each answer that the API makes as it likes (TimeMerge); one a minute for a domain
// that an operation refuses, and one in five for the list of domains. An answer that failed, or that its caller did not wait for, is
// counted, and counted again when it is asked for again.
type thrift struct {
	world *world

	mu       sync.Mutex
	ideal    int64
	settled  map[stock]spans
	looked   map[stock]time.Time // at provisional slices
	healed   map[stock]time.Time // by a look at slices that are final, but young
	refused  map[string]time.Time
	listed   time.Time
	tooSmall bool // the cache, at some time, for what was asked
}

// stock is what slices can be kept for.
type stock struct {
	operation *cdn.Operation
	domains   string
	length    time.Duration
	delay     time.Duration
	filled    bool
}

// levels are the lengths of slices, the longest first, with the span from which a call answers longer ones and the delay
// that is documented besides the data source's own.
var levels = []struct{ length, span, delay time.Duration }{
	{day, 91 * day, day}, {hour, 31 * day, 4 * hour}, {slice, 3 * day, 0},
}

func newThrift(w *world) *thrift {
	t := &thrift{world: w}
	t.forget()
	return t
}

// forget is what a restart does.
func (t *thrift) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.settled, t.looked, t.healed = map[stock]spans{}, map[stock]time.Time{}, map[stock]time.Time{}
	t.refused, t.listed = map[string]time.Time{}, time.Time{}
}

// list counts the list of domains.
func (t *thrift) list() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now := time.Now(); now.Sub(t.listed) >= 5*time.Minute {
		t.listed = now
		t.ideal++
	}
}

// charge counts what a question was worth.
func (t *thrift) charge(q *question) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tooSmall = t.tooSmall || q.source.settings.limits.CacheBytes < 64<<20
	for i := range q.result.Series {
		s := &q.result.Series[i]
		before := t.ideal
		t.refusals(q, s)
		switch {
		case len(s.Target.Domains) == 1 && s.Err != nil && len(s.Slices) == 0 && t.world.isRefused(s.Target.Domains[0], q.begun):
		case s.Granularity == 0, // it never came to a plan
			q.request.TimeMerge == originflow.MergeOn:
			t.ideal += int64(len(q.operations()))
		default:
			for _, op := range q.operations() {
				t.layers(q, s, op)
			}
		}
		if n := len(s.Target.Domains); n > 1 && (t.world.options.NoLists || t.world.anyRefused(s.Target.Domains, q.begun)) {
			t.ideal += (t.ideal - before) * int64(n) // a list that is refused, and then each on its own
		}
	}
}

// refusals counts the questions for those of a series's domains that the API refuses.
func (t *thrift) refusals(q *question, s *originflow.Series) {
	for _, name := range s.Target.Domains {
		for _, op := range q.operations() {
			about := op.Name() + " " + name
			last, asked := t.refused[about]
			if !t.world.isRefused(name, q.begun) || asked && q.begun.Sub(last) < time.Minute {
				continue
			}
			t.refused[about] = q.begun
			for _, l := range levels { // each of which may have been asked for
				if l.length <= max(s.Granularity, slice) {
					t.ideal++
				}
			}
		}
	}
}

// layers counts the calls for one series: the longest slices supply what is final of them, shorter ones the rest.
func (t *thrift) layers(q *question, s *originflow.Series, op *cdn.Operation) {
	now := t.world.clock.at(q.begun)
	shown := t.shown(q, s, now)
	for _, l := range levels {
		if l.length > s.Granularity || shown.empty() {
			continue
		}
		delay := max(l.delay, q.source.settings.delay)
		part, final := shown, t.floor(now.Add(-delay), l.length)
		if l.length > slice {
			part.to = min(part.to, final)
		}
		if part.empty() {
			continue
		}
		key := stock{op, strings.Join(s.Target.Domains, ","), l.length, q.source.settings.delay, q.request.FixTimeGap}
		t.layer(q, key, part, final, t.span(l.length, l.span, q.begun), s.Err != nil || q.canceled)
		shown.from = part.to
	}
}

func (t *thrift) layer(q *question, key stock, part interval, final int64, span time.Duration, failed bool) {
	old := interval{part.from, min(part.to, final)}
	unfilled := key
	unfilled.filled = false // what was asked for without filling is good for both
	var gaps []interval
	for _, gap := range t.settled[unfilled].gaps(old) {
		gaps = append(gaps, t.settled[key].gaps(gap)...)
	}
	calls := int64(0)
	for _, gap := range gaps {
		calls += (gap.to - gap.from + int64(span/time.Second) - 1) / int64(span/time.Second)
	}
	if part.to > final && t.due(t.looked, key, q.begun, provisionalFor) ||
		part.to > q.begun.Add(-healsUntil).Unix() && t.due(t.healed, key, q.begun, healsEvery) {
		calls = max(calls, 1)
	}
	if calls > 0 {
		t.healed[key] = q.begun
	}
	t.ideal += calls
	if !failed {
		t.settled[key] = t.settled[key].with(old)
	}
}

// provisionalFor is how long provisional slices are good for, as the plugin counts: in whole seconds.
const provisionalFor = time.Minute - time.Second

// healsEvery is how often slices that are final are looked at again while they are young.
const healsEvery = 5 * time.Minute

// due tells whether it is time for another look, and remembers it.
func (t *thrift) due(looks map[stock]time.Time, key stock, now time.Time, every time.Duration) bool {
	if last, ok := looks[key]; ok && now.Sub(last) < every {
		return false
	}
	looks[key] = now
	return true
}

// shown is the time that a series covers.
func (t *thrift) shown(q *question, s *originflow.Series, now time.Time) interval {
	from, to := q.request.From, q.request.To
	final := time.Unix(t.floor(now.Add(-q.source.settings.delay), s.Step), 0)
	if q.request.Alert && to.After(final) {
		from, to = final.Add(from.Sub(to)), final
	}
	if earliest := now.Add(-t.world.history(q.request.Metric, s.Granularity)); from.Before(earliest) {
		from = earliest
	}
	shown := interval{t.floor(from, s.Step), t.floor(to.Add(s.Step-1), s.Step)}
	if q.request.Provisional {
		shown.to = min(shown.to, t.floor(now.Add(s.Step-1), s.Step))
	} else {
		shown.to = min(shown.to, final.Unix())
	}
	return shown
}

// floor is the start of the slice that holds a moment, in seconds.
func (t *thrift) floor(at time.Time, length time.Duration) int64 {
	phase := int64(0)
	if length%day == 0 && !t.world.options.UTCDays {
		phase = 16 * 60 * 60
	}
	seconds := int64(length / time.Second)
	return (at.Unix()-phase)/seconds*seconds + phase
}

// span is the longest time that one call answers with slices of a length.
func (t *thrift) span(length, documented time.Duration, at time.Time) time.Duration {
	return max(cmp.Or(t.world.spanLimit(length, at), documented)-length, length)
}

// What calls may cost besides the ideal ones: in calm worlds, and where faults, odd answers and retries come in.
const (
	calmFactor, calmRest   = 1.3, 10
	roughFactor, roughRest = 2.0, 40
	perFailure             = 4
)

// judgeThrift: the calls made are within a factor of those that had to be.
func (r *run) judgeThrift() {
	t, calls := r.thrift, int64(r.wire.calls)
	most := int64(roughFactor*float64(t.ideal)) + roughRest + perFailure*int64(r.wire.failed)
	if len(r.options.SpanLimit) > 0 || r.shortened > 0 {
		most += 2 * t.ideal // what it takes to find out, by halves, for every domain that is asked for meanwhile
	}
	if r.calm {
		most = int64(calmFactor*float64(t.ideal)) + calmRest
	}
	r.diary.note("%d calls, %d ideal, %d failed", calls, t.ideal, r.wire.failed)
	if calls > most && !t.tooSmall {
		r.violate("calls within a factor of the ideal", nil, "%d calls, %d of which failed; ideal were %d", calls, r.wire.failed, t.ideal)
	}
}
