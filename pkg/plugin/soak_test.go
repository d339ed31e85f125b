package plugin

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"math"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// soakSize is what a soak is made of; go tool mage soak has larger ones.
type soakSize struct {
	minutes, domains, viewers, rules, callsPerSecond int
}

var soakOf = soakSize{}

func init() {
	flag.IntVar(&soakOf.minutes, "soak.minutes", 10, "the simulated time of the soak, after ten minutes to fill the cache")
	flag.IntVar(&soakOf.domains, "soak.domains", 24, "the domains of its account")
	flag.IntVar(&soakOf.viewers, "soak.viewers", 12, "those who look at dashboards that refresh every 30 seconds")
	flag.IntVar(&soakOf.rules, "soak.rules", 12, "the alert rules, which are evaluated every minute")
	flag.IntVar(&soakOf.callsPerSecond, "soak.calls", 50, "the calls a second that the account allows")
}

// soakStart is when a soak starts: some hours before a day of the API ends.
var soakStart = time.Date(2024, 5, 15, 12, 0, 0, 0, time.UTC)

const (
	// soakFills is how long the cache has to fill. Until then a query may be late; nothing may be wrong.
	soakFills = 10 * time.Minute
	// soakLatency is how long the API takes to answer.
	soakLatency = 50 * time.Millisecond
)

// TestSoak has the bundled dashboards and alert rules asked for as long as the flags say, on the fake clock of a bubble, and
// compares every value with the truth.
func TestSoak(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(soakStart))
		s := newSoak(t, soakOf)
		s.run()
		s.judge()
	})
}

// soak is a soak under way.
type soak struct {
	testing.TB
	soakSize
	source     *Datasource
	meter      *meter
	ideal      thrifty
	screens    []*screen
	truth      histories
	truthBytes int64
	start, end time.Time
	marks      []mark

	queries, values, wrong, lost, late, skipped atomic.Int64

	troubles atomic.Int64
}

// mark is how much memory there is at a moment when nobody asks.
type mark struct {
	at                           time.Time
	heap, cache, calls, overruns int64 // byte, byte
	goroutines                   int
}

func newSoak(t *testing.T, size soakSize) *soak {
	s := &soak{TB: t, soakSize: size, start: time.Now()}
	s.end = s.start.Add(soakFills + time.Duration(size.minutes)*time.Minute)
	s.ideal = thrifty{known: map[shelfOf][]stretchOfTime{}, peeked: map[shelfOf]int64{}}
	domains := cdnsim.ManyDomains(size.domains)
	var account []string
	for _, domain := range domains {
		account = append(account, domain.Name)
	}
	s.screens = slices.Concat(viewers(t, size.viewers, account), watchers(t, size.rules, account))
	before := heap()
	s.truth = newHistories(account, s.screens, s.start, s.end.Add(time.Hour))
	s.truthBytes = heap() - before

	api := cdnsim.New(cdnsim.Options{Domains: domains, Record: -1, Latency: soakLatency})
	s.meter = &meter{next: cdnsim.InProcess(api), perSecond: float64(size.callsPerSecond), last: time.Now()}
	s.source = soakSource(t, size, s.meter)
	return s
}

// soakSource is a data source as the plugin makes it, with the HTTP client that it makes, but for the wire.
func soakSource(t *testing.T, size soakSize, wire http.RoundTripper) *Datasource {
	instance := backend.DataSourceInstanceSettings{
		ID: 1, UID: "cdn", Type: ID, JSONData: mustJSON(t, map[string]any{"callsPerSecond": size.callsPerSecond}),
		DecryptedSecureJSONData: map[string]string{"accessKeyId": cdnsim.DemoKeyID, "accessKeySecret": cdnsim.DemoKeySecret},
	}
	d := newDatasource(t.Context(), instance, time.Now)
	require.NoError(t, d.broken)
	options, err := httpOptions(t.Context(), instance)
	require.NoError(t, err)
	options.Middlewares = append(options.Middlewares, httpclient.MiddlewareFunc(
		func(httpclient.Options, http.RoundTripper) http.RoundTripper { return wire }))
	client, err := httpclient.New(options)
	require.NoError(t, err)
	d.template.Client = d.settings.connect(client, server{}, time.Now)
	return d
}

// run lets everybody ask until the end. The memory is looked at where nobody does: in the last seconds of a half minute, when
// the calls for the newest slices are long through.
func (s *soak) run() {
	var group sync.WaitGroup
	for _, screen := range s.screens {
		group.Go(func() { s.sit(screen) })
	}
	filled := s.start.Add(soakFills)
	for at := filled; !at.After(s.end); at = at.Add(max(min(time.Hour, s.end.Sub(filled)/2).Truncate(fiveMinutes), fiveMinutes)) {
		time.Sleep(time.Until(at.Add(-time.Second)))
		s.mark()
	}
	group.Wait()
	s.source.Dispose()
	time.Sleep(time.Minute)
}

func (s *soak) mark() {
	synctest.Wait()
	m := mark{at: time.Now(), heap: heap() - s.truthBytes, cache: s.source.reader().Account.CacheBytes(), goroutines: goroutines(s)}
	m.calls, m.overruns = s.meter.counts()
	s.marks = append(s.marks, m)
	fmt.Printf("%s  %d queries, %d calls (ideal %d, over the budget %d), %d values compared, %d wrong, %d lost; "+
		"heap %.2f MB, of which cache %.2f MB; %d goroutines\n",
		m.at.Format(time.DateTime), s.queries.Load(), m.calls, s.ideal.count(), m.overruns, s.values.Load(), s.wrong.Load(), s.lost.Load(),
		megabytes(m.heap), megabytes(m.cache), m.goroutines)
}

func megabytes(bytes int64) float64 { return float64(bytes) / (1 << 20) }

// sit asks for what is on a screen until the end. As Grafana does, it waits for the answers before it asks again.
func (s *soak) sit(screen *screen) {
	for at := s.start.Add(screen.phase); at.Before(s.end); at = at.Add(screen.every) {
		if at.Before(time.Now()) {
			s.skipped.Add(1)
			continue
		}
		time.Sleep(time.Until(at))
		var group sync.WaitGroup
		for _, request := range screen.requests {
			group.Go(func() { s.ask(screen, request) })
		}
		group.Wait()
	}
	time.Sleep(time.Until(s.end))
}

// ask has the data source answer one request of a screen, and compares the answer with the truth.
func (s *soak) ask(screen *screen, asked []*asked) {
	now := time.Now()
	request := &backend.QueryDataRequest{}
	if screen.alert {
		request.Headers = map[string]string{backend.FromAlertHeaderName: "true"}
	}
	for _, a := range asked {
		request.Queries = append(request.Queries, a.query(now))
	}
	response, err := s.source.QueryData(context.Background(), request)
	answered := time.Now()
	s.queries.Add(int64(len(asked)))
	for _, a := range asked {
		answer := response.Responses[a.refID]
		if err := cmp.Or(err, answer.Error, complaint(answer.Frames)); err != nil {
			if now.Sub(s.start) < soakFills {
				s.late.Add(1)
			} else {
				s.lost.Add(1)
				s.trouble("%s %s at %s: %v", screen.name, a.text, now.Format(time.TimeOnly), err)
			}
			if len(answer.Frames) == 0 {
				continue
			}
			c := comparison{soak: s, asked: a, partial: true, now: now, answered: answered}
			c.compare(answer.Frames)
			continue
		}
		c := comparison{soak: s, asked: a, now: now, answered: answered}
		c.compare(answer.Frames)
	}
}

// complaint is what an answer says that a user should not have to read.
func complaint(frames data.Frames) error {
	for _, f := range frames {
		for _, n := range f.Meta.Notices {
			if n.Severity > data.NoticeSeverityInfo { // of how many the largest are, is no complaint
				return fmt.Errorf("%s", n.Text)
			}
		}
	}
	return nil
}

// trouble tells the first few things that went wrong, at once: what a test says, it says at its end.
func (s *soak) trouble(format string, args ...any) {
	const most = 20
	if s.troubles.Add(1) <= most {
		fmt.Printf(format+"\n", args...)
	}
}

const (
	// soakGrowth is what memory may grow besides the cache, which has a bound of its own, and for each call of an hour: the
	// simulated API remembers each that long. In byte.
	soakGrowth, soakGrowthPerCall = 1 << 20, 64
	// soakThrift and soakRest are how many calls there may be for one that had to be, and besides.
	soakThrift, soakRest = 1.3, 10
)

// judge tells what came of it, and fails the test if that is not as it should be.
func (s *soak) judge() {
	calls, overruns := s.meter.counts()
	ideal := s.ideal.count()
	fmt.Printf("%d viewers, %d alert rules, %d domains, %d calls a second, %d minutes: %d queries, %d late while the cache filled, %d refreshes skipped, "+
		"%d calls, %.2f times the ideal %d, %d over the budget; %d values compared, %d wrong, %d lost\n",
		s.viewers, s.rules, s.domains, s.callsPerSecond, s.minutes, s.queries.Load(), s.late.Load(), s.skipped.Load(),
		calls, float64(calls)/float64(ideal), ideal, overruns, s.values.Load(), s.wrong.Load(), s.lost.Load())
	if s.wrong.Load() > 0 || s.lost.Load() > 0 || s.values.Load() == 0 {
		s.Errorf("%d values are wrong and %d lost, of %d", s.wrong.Load(), s.lost.Load(), s.values.Load())
	}
	if overruns > 0 {
		s.Errorf("%d calls are over the budget", overruns)
	}
	if most := int64(soakThrift*float64(ideal)) + soakRest; calls > most {
		s.Errorf("%d calls, where %d had to be", calls, ideal)
	}
	first, last := s.marks[0], s.marks[len(s.marks)-1]
	for i, m := range s.marks[1:] {
		bound := soakGrowth + soakGrowthPerCall*(m.calls-s.marks[i].calls)
		if grown := m.heap - m.cache - first.heap + first.cache; grown > bound {
			s.Errorf("the heap grew by %.1f MB besides the cache until %s", megabytes(grown), m.at.Format(time.DateTime))
		}
		if m.goroutines > first.goroutines {
			s.Errorf("there were %d goroutines first, and %d at %s", first.goroutines, m.goroutines, m.at.Format(time.DateTime))
		}
	}
	if bound := int64(s.source.settings.CacheMaxMB) << 20; last.cache > bound {
		s.Errorf("the cache takes %d byte of %d", last.cache, bound)
	}
}

// comparison compares one answer with the truth.
type comparison struct {
	*soak
	*asked
	// partial tells that the answer itself says that it is not whole.
	partial bool
	// now is when it was asked for, answered when it came.
	now, answered time.Time
}

// clockSlack is how well the API's time is known, in seconds: its answers tell it in whole ones.
const clockSlack = 2

// window is the time that the slices lie in that may be shown if it is some time now, in Unix seconds.
func (c *comparison) window(now time.Time, step int64) stretchOfTime {
	shift := int64(c.shift / time.Second)
	at := c.now.Add(-c.back)
	from, to := at.Unix()-shift, c.now.Add(-c.until+time.Second-1).Unix()-shift
	final := floorTo(now.Unix()-900, step)
	if c.asked.alert && to > final {
		from, to = final-int64((c.back-c.until)/time.Second), final
	}
	w := stretchOfTime{floorTo(from, step), floorTo(to+step-1, step)}
	if c.Provisional == "show" {
		w.to = min(w.to, floorTo(now.Unix()+step-1, step))
	} else {
		w.to = min(w.to, final)
	}
	return w
}

func (c *comparison) compare(frames data.Frames) {
	step := c.step()
	early, late := c.window(c.now.Add(-clockSlack*time.Second), step), c.window(c.answered.Add(clockSlack*time.Second), step)
	// What is within both must be there, and what is within one of them may be.
	may := stretchOfTime{early.from, late.to}
	must := stretchOfTime{late.from, early.to}
	if c.Provisional == "show" {
		must.to = max(must.from, floorTo(c.now.Unix()-60-clockSlack, step))
	}
	if !c.partial {
		c.ideal.charge(c.asked, c.now.Unix(), early.from, early.to, step)
	}
	frames = slices.DeleteFunc(slices.Clone(frames), func(f *data.Frame) bool { return f.Rows() == 0 })
	var want []expected
	for _, series := range c.ranked(may) {
		want = append(want, c.lines(series, c.truth[series.label], may.from, may.to)...)
	}
	if c.partial || c.isSearched() { // so that other lines may be the largest
		c.known(want, frames, step, may, must)
		return
	}
	next := 0
	for i := range want {
		line := &want[i]
		if next < len(frames) {
			labels := frames[next].Fields[1].Labels
			if labels["domain"] == line.label && labels[c.StatusBy] == line.code {
				c.line(line, frames[next], step, may, must)
				next++
				continue
			}
		}
		if must.to > must.from && line.of.between(must.from, must.to) > 0 {
			c.lost.Add((must.to - must.from) / step)
			c.trouble("%s at %s: no line of %s %s", c.text, c.now.Format(time.TimeOnly), line.label, line.code)
		}
	}
	for _, f := range frames[next:] {
		c.wrong.Add(int64(f.Rows()))
		c.trouble("%s at %s: a line of %v that should not be there", c.text, c.now.Format(time.TimeOnly), f.Fields[1].Labels)
	}
}

// isSearched tells whether the largest are searched for: by another metric, or as they were up to ten minutes ago.
func (c *comparison) isSearched() bool { return c.largest(len(c.series)).N > 0 }

// known compares those lines of an answer which are there, where others might be.
func (c *comparison) known(want []expected, frames data.Frames, step int64, may, must stretchOfTime) {
	domains := map[string]bool{}
	for _, f := range frames {
		labels := f.Fields[1].Labels
		domains[labels["domain"]] = true
		i := slices.IndexFunc(want, func(line expected) bool { return labels["domain"] == line.label && labels[c.StatusBy] == line.code })
		if i < 0 {
			c.wrong.Add(int64(f.Rows()))
			c.trouble("%s at %s: a line of %v that should not be there", c.text, c.now.Format(time.TimeOnly), labels)
			continue
		}
		c.line(&want[i], f, step, may, must)
	}
	if missing := c.TopN - len(domains); !c.partial && missing > 0 {
		c.lost.Add(int64(missing) * (must.to - must.from) / step)
		c.trouble("%s at %s: %d of the largest are not there", c.text, c.now.Format(time.TimeOnly), missing)
	}
}

// ranked are the series that a query shows, in their order: the largest first where it wants only some.
func (c *comparison) ranked(shown stretchOfTime) []truthSeries {
	if c.TopN == 0 || c.TopBy != topByOwn || c.MergeDomains || c.partial || c.isSearched() {
		return c.series
	}
	total := func(series truthSeries) int64 {
		line := c.lines(series, c.truth[series.label], shown.from, shown.to)[0]
		return line.of.between(shown.from, shown.to)
	}
	ranked := slices.Clone(c.series)
	slices.SortStableFunc(ranked, func(a, b truthSeries) int { return cmp.Compare(total(b), total(a)) })
	return ranked[:min(c.TopN, len(ranked))]
}

// line compares one line, slice by slice.
func (c *comparison) line(want *expected, f *data.Frame, step int64, may, must stretchOfTime) {
	times, values := f.Fields[0], f.Fields[1]
	if length := int64(times.Config.Interval) / 1000; length != step {
		c.wrong.Add(int64(f.Rows()))
		c.trouble("%s: slices of %d seconds in place of %d", c.text, length, step)
		return
	}
	shift := int64(c.shift / time.Second)
	row, compared := 0, int64(0)
	for at := may.from; at < may.to; at += step {
		isShown := row < f.Rows() && times.PointerAt(row).(*time.Time).Unix()-shift == at
		truth := want.value(c.Unit, at, at+step)
		if !isShown {
			if !math.IsNaN(truth) && at >= must.from && at < must.to && !c.partial {
				c.lost.Add(1)
				c.trouble("%s at %s: nothing of %s %s at %s", c.text, c.now.Format(time.TimeOnly), want.label, want.code, time.Unix(at, 0).UTC())
			}
			continue
		}
		var got float64
		switch p := values.PointerAt(row).(type) {
		case *float64:
			got = *p
		case **float64:
			if got = math.NaN(); *p != nil {
				got = **p
			}
		}
		row++
		compared++
		if !c.isRight(want, truth, got, at, step) {
			c.wrong.Add(1)
			c.trouble("%s at %s: %s %s is %v at %s, not %v", c.text, c.now.Format(time.TimeOnly), want.label, want.code, got, time.Unix(at, 0).UTC(), truth)
		}
	}
	c.values.Add(compared)
	if rest := f.Rows() - row; rest > 0 {
		c.wrong.Add(int64(rest))
		c.trouble("%s at %s: %d slices of %s %s from %s on that should not be there", c.text, c.now.Format(time.TimeOnly),
			rest, want.label, want.code, times.PointerAt(row).(*time.Time))
	}
}

// isRight compares a value with the truth. A provisional one is some part of it, and the newest is seen as early as now.
func (c *comparison) isRight(want *expected, truth, got float64, at, step int64) bool {
	settled := c.now.Unix() - 900 - 60 - clockSlack
	if c.Provisional != "show" || at+step <= settled {
		return want.near(truth, got) || math.IsNaN(truth) && math.IsNaN(got)
	}
	if at+step > c.now.Unix() {
		truth = math.Inf(1) // as a rate, it is of what has begun
	}
	least := 0.0
	if c.Unit == "bytes" {
		least = float64(want.of.between(at, max(at, floorTo(settled, 300))))
	}
	return got >= least*(1-1e-12) && got <= truth*(1+1e-12)
}
