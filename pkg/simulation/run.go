package simulation

import (
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// Report is what came of a seed, or of several.
type Report struct {
	Seeds int
	// Days are those simulated; Calls, Queries and Values what went on in them, Values being slices compared with the truth.
	Days, Calls, Queries, Values int64
	// Violations are the invariants that did not hold, the first of each kind.
	Violations []Violation
}

func (r *Report) add(other Report) {
	r.Seeds += other.Seeds
	r.Days += other.Days
	r.Calls += other.Calls
	r.Queries += other.Queries
	r.Values += other.Values
	r.Violations = append(r.Violations, other.Violations...)
}

// String is the line that tells how far a run has come.
func (r Report) String() string {
	return fmt.Sprintf("%d seeds, %d days, %d calls, %d queries, %d values compared, %d violations",
		r.Seeds, r.Days, r.Calls, r.Queries, r.Values, len(r.Violations))
}

// Violation is an invariant that did not hold.
type Violation struct {
	Invariant string
	What      string
}

// run is a simulation under way.
type run struct {
	*world
	sim     *cdnsim.Server
	grafana *grafana
	wire    *wire
	thrift  *thrift
	diary   diary
	asked   sync.WaitGroup
	// going and begun count the queries under way and all that ever were.
	going, begun atomic.Int64

	mu       sync.Mutex
	report   Report
	violated map[string]bool
}

// Log is where a run tells what happens: what changes the course of things, and the calls and answers before a violation,
// or all of them.
type Log struct {
	io.Writer
	Whole bool
}

// Run simulates some days of a seed's world. It must be called in a bubble of testing/synctest, whose clock it moves on.
// What happens is told to the log if that has a writer.
func Run(seed uint64, days int, log Log) Report {
	time.Sleep(dice(0).at(int64(seed)).of("start").between(0, 2*365*day))
	w := newWorld(seed, time.Now(), days)
	r := &run{
		world: w, sim: cdnsim.New(w.options), wire: &wire{world: w}, thrift: newThrift(w), violated: map[string]bool{},
		diary: diary{log: log.Writer, whole: log.Whole}, report: Report{Seeds: 1, Days: int64(days)},
	}
	r.wire.diary = &r.diary
	r.wire.overrun = func(at time.Time, calls float64) {
		r.violate("calls within the budget", nil, "%.1f calls at once at %s", calls, at)
	}
	first := drawSettings(w.of("settings"))
	r.grafana = newGrafana(r.sim, r.wire, first)
	r.diary.note("%s", w.describe(first))

	for _, event := range r.events() {
		time.Sleep(time.Until(event.at))
		event.happen()
	}
	time.Sleep(time.Until(w.end()))
	r.asked.Wait()
	r.judgeThrift()
	r.grafana.stop()
	time.Sleep(2 * longestCall) // whatever is still under way may end
	r.report.Calls = int64(r.wire.calls)
	return r.report
}

// serve looks at a panel until the session ends.
func (r *run) serve(s session) {
	defer r.asked.Done()
	for at := s.from; ; at = at.Add(s.refresh) {
		if late := time.Until(at); late > 0 {
			time.Sleep(late)
		} else if late < 0 && s.refresh > 0 {
			continue // the answer took longer than the panel's refresh
		}
		r.ask(s.panel)
		if s.refresh == 0 || at.After(s.to) {
			return
		}
	}
}

// ask asks what a panel asks, and has the answer judged.
func (r *run) ask(p *panel) {
	beside, before := r.going.Add(1), r.begun.Add(1)
	defer r.going.Add(-1)
	q := question{asker: p, source: r.grafana.source(), begun: time.Now()}
	q.deadline = q.begun.Add(p.patience)
	ctx, cancel := context.WithDeadline(q.source, q.deadline)
	defer cancel()
	gone := r.impatience(p, q.begun, cancel)
	defer gone.Stop()

	if p.all {
		r.thrift.list()
		if _, err := q.source.reader.Domains(ctx, p.alert); err != nil {
			q.answered, q.canceled = time.Now(), ctx.Err() == context.Canceled
			r.judgeListing(&q, err)
			return
		}
	}
	q.request = p.request(time.Now(), r.listed(time.Now()))
	q.result = q.source.reader.Read(ctx, q.request)
	q.answered, q.canceled = time.Now(), ctx.Err() == context.Canceled
	q.crowd = beside + r.begun.Load() - before
	r.thrift.charge(&q)
	r.diary.detail("%s", &q)
	r.judge(&q)
}

// impatience has some callers give up before there is an answer.
func (r *run) impatience(p *panel, at time.Time, giveUp func()) *time.Timer {
	d := r.of("impatience").of(p.name).at(at.UnixNano())
	if !d.chance(0.03) {
		return time.NewTimer(0)
	}
	return time.AfterFunc(d.of("after").between(time.Millisecond, 4*time.Second), giveUp)
}

// violate notes that an invariant did not hold.
func (r *run) violate(invariant string, q *question, format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	what := fmt.Sprintf(format, args...)
	if q != nil {
		what = fmt.Sprintf("%s asked at %s: %s", q.asker, stamp(q.begun), what)
	}
	if !r.violated[invariant] {
		r.violated[invariant] = true
		r.diary.recall("VIOLATION of %q: %s", invariant, what)
		r.report.Violations = append(r.report.Violations, Violation{invariant, what})
	}
}
