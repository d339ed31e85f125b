package plugin

import (
	"context"
	"crypto/x509"
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// fault is something that goes wrong between the API and Grafana, and what may be seen of it. To add one is to add a row to
// a table: TestFaults takes every row the same way, see ward.walk.
type fault struct {
	// on is whom it befalls; the zero value is the calls about one domain of several.
	on patient
	// answers stands in the place of the API for those whom it befalls.
	answers answers
	// begins changes the world in another way, and returns what takes that back.
	begins func(*ward) (ends func())
	// dial makes a connection in place of one to the API, which befalls everybody. Rows with it have real sockets.
	dial func(*ward) dialer
	// sockets tells that the row wants real sockets, and with them real time, for another reason.
	sockets bool
	// says is a part of the sentence that whoever asks is told; "" if there is nothing to tell.
	says string
	// views are those that show it, nil for all.
	views []string
	// harmless tells that nothing is missing.
	harmless bool
	// heals is how long after its end the last trace may still be there, where docs/reliability.md gives it time.
	heals time.Duration
}

// patient is whom a fault befalls.
type patient string

const (
	oneDomain patient = "" // whose calls are those about sick
	theList   patient = "the list of domains"
	everybody patient = "everybody"
)

// sick is the domain that a fault befalls, well another one of the same queries.
const (
	sick = "img.example.com"
	well = "www.example.com"
)

// answers answers a call, with or without the API.
type answers func(w http.ResponseWriter, r *http.Request, api http.Handler)

// TestFaults walks through every row of the tables. Those with real sockets spend their time waiting, all at once.
func TestFaults(t *testing.T) {
	var waiting sync.WaitGroup
	for _, rows := range []map[string]fault{faultsOfTheNetwork, faultsOfAnswers, faultsOfContents(), faultsOfCodes(), faultsOfTheWorld} {
		for _, name := range slices.Sorted(maps.Keys(rows)) {
			row := rows[name]
			if row.isReal() {
				waiting.Go(func() { t.Run(name, func(t *testing.T) { newSocketWard(t, row).walk() }) })
				continue
			}
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					t.Cleanup(func() { time.Sleep(2 * time.Minute) }) // for calls that outlive their query
					newWard(t, row, setup{wire: newWire()}).walk()
				})
			})
		}
	}
	waiting.Wait()
}

// ward is a data source with a fault that may be on.
type ward struct {
	*lab
	fault
	on atomic.Bool
	// befallen tells that somebody was answered otherwise than the API does.
	befallen atomic.Bool
	// setBy is how far the wall clock of our machine was set forward since.
	setBy atomic.Int64
	// ahead is how far the API's clock is ahead of the lab's.
	ahead atomic.Int64
	// roots are the certificates that the data source trusts, where there are sockets.
	roots *x509.CertPool
	// reconnect drops the connections that are open.
	reconnect func()
	truth     oracle
}

func newWard(t *testing.T, row fault, s setup) *ward {
	t.Helper()
	w := &ward{fault: row, reconnect: func() {}}
	s.json = map[string]any{"callsPerSecond": 100}
	s.wrap = func(api http.Handler) http.Handler {
		return http.HandlerFunc(func(writer http.ResponseWriter, r *http.Request) {
			if w.on.Load() && w.answers != nil && w.befalls(r) {
				w.answers(writer, r, api)
				if writer.Header().Get(untouched) == "" {
					w.befallen.Store(true)
				}
				return
			}
			api.ServeHTTP(writer, r)
		})
	}
	w.lab = newLab(t, s)
	w.source.template.Now = w.ours
	w.sim.Change(func(o *cdnsim.Options) {
		o.Now = func() time.Time { return w.lab.now().Add(time.Duration(w.ahead.Load())) }
	})
	return w
}

// started is a moment by both of the machine's clocks. A bubble has but one.
var started = time.Now()

// ours is what our clocks show: the monotonic one goes on as the lab's does, the wall clock is set at times.
func (w *ward) ours() time.Time {
	at := started.Add(w.lab.now().Sub(noon))
	// The upper bits hold the seconds of the wall clock, see time.Time: there is no other way to set one clock of the two.
	(*[2]uint64)(unsafe.Pointer(&at))[0] += uint64(w.wall().Unix()-at.Unix()) << 30 //nolint:gosec // so that the time is real
	return at
}

// wall is the time of the wall clock.
func (w *ward) wall() time.Time { return w.lab.now().Add(time.Duration(w.setBy.Load())) }

// befalls tells whether the fault is a call's.
func (w *ward) befalls(r *http.Request) bool {
	switch query := r.URL.Query(); w.fault.on {
	case everybody:
		return true
	case theList:
		return query.Get("Action") == listing
	default:
		return query.Get("DomainName") == sick
	}
}

// views are what is looked at: a live panel of each kind of answer, one that finds its domains by a pattern, and a panel of
// a week ago, too far away for a call about today to look at it again.
var views = map[string]struct {
	metric, unit string
	domains      string
	old          bool
}{
	"flow":    {"originFlow", "bits", `"domains":["` + well + `","` + sick + `"]`, false},
	"codes":   {"edgeStatus", "count", `"domains":["` + well + `","` + sick + `"]`, false},
	"ratio":   {"requestHitRatio", "percent", `"domains":["` + well + `","` + sick + `"]`, false},
	"pattern": {"originFlow", "bits", `"domainMode":"regex","domainPattern":"^(www|img)\\.example\\.com$"`, false},
	"old":     {"originFlow", "bits", `"domains":["` + well + `","` + sick + `"]`, true},
}

// Where the live panels begin, and what the old one is of.
var (
	liveFrom = noon.Add(-time.Hour).Truncate(5 * time.Minute)
	oldFrom  = liveFrom.Add(-7 * 24 * time.Hour)
	oldTo    = oldFrom.Add(2 * time.Hour)
)

// seen is what a look shows.
type seen struct {
	// said is what each view tells in words.
	said map[string]string
	// missing names the slices that are final and not shown, by domain.
	missing map[string][]string
}

// walk is the way of every row: all is well, then the fault begins, is looked at twice, as what a first look leaves behind
// shows at the second, and ends. At every look each value shown is that of the API.
func (w *ward) walk() {
	before := w.look(slices.DeleteFunc(w.shown(), func(view string) bool { return views[view].old })...)
	assert.Empty(w, before.missing)
	for view, text := range before.said {
		assert.Empty(w, text, view)
	}

	w.later(5 * time.Minute)
	ends := func() {}
	if w.begins != nil {
		ends = w.begins(w)
	}
	w.on.Store(true)
	w.reconnect()
	first := w.look(w.shown()...)
	w.requireSaid(first)
	second := w.look(w.shown()...)
	for _, during := range []seen{first, second} {
		switch {
		case w.harmless || w.fault.on == theList:
			assert.Empty(w, during.missing)
		case w.fault.on == oneDomain:
			assert.Empty(w, during.missing[well], "a good domain is served")
		}
	}

	ends()
	w.on.Store(false)
	w.reconnect()
	if !w.isReal() {
		time.Sleep(time.Minute) // for the calls that are still under way
	}
	if w.later(w.heals); w.fault.on != oneDomain {
		w.later(aList)
	}
	if w.heals >= time.Hour { // second looks at what is held are a minute apart
		w.look(w.shown()...)
		w.later(time.Minute)
	}
	after := w.look(w.shown()...)
	assert.Empty(w, after.missing, "it recovers by itself")
	assert.True(w, w.answers == nil || w.befallen.Load(), "the row does nothing")
	for view, text := range after.said {
		if !strings.Contains(text, "have other values now") { // which tells of the recovery
			assert.Empty(w, text, view)
		}
	}
}

// aList is how long a list of domains that could not be read is not asked for again.
const aList = 30 * time.Second

// shown are the views that the row looks at.
func (w *ward) shown() []string {
	if w.fault.views != nil {
		return slices.Clone(w.fault.views)
	}
	return slices.Sorted(maps.Keys(views))
}

// requireSaid asserts that whoever looks at what the fault befalls is told what to do.
func (w *ward) requireSaid(s seen) {
	w.Helper()
	for view, text := range s.said {
		if w.says == "" && !strings.Contains(text, "No data is final yet") { // which is so by a clock that was set back
			assert.Empty(w, text, view)
		}
		assert.Contains(w, text, w.says, view)
	}
}

// look asks for some views, or all, and holds every value shown against the truth.
func (w *ward) look(names ...string) seen {
	w.Helper()
	request := &backend.QueryDataRequest{}
	for _, name := range names {
		v := views[name]
		query := fmt.Sprintf(`{"queryType":%q,"unit":%q,"granularity":"5m",%s}`, v.metric, v.unit, v.domains)
		times := backend.TimeRange{From: liveFrom, To: w.wall()}
		if v.old {
			times = backend.TimeRange{From: oldFrom, To: oldTo}
		}
		request.Queries = append(request.Queries, backend.DataQuery{RefID: name, JSON: []byte(query), TimeRange: times})
	}
	ctx := context.Background()
	if w.isReal() && w.on.Load() && w.says == tryAgain {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, rowPatience)
		defer cancel()
	}
	response, err := w.source.QueryData(ctx, request)
	require.NoError(w, err)
	s := seen{map[string]string{}, map[string][]string{}}
	for _, query := range request.Queries {
		answer := response.Responses[query.RefID]
		text := strings.Join(noticesOf(answer.Frames), "\n")
		if answer.Error != nil {
			assert.Equal(w, backend.ErrorSourceDownstream, answer.ErrorSource)
			text += "\n" + answer.Error.Error()
		}
		requireOwnWords(w, text)
		s.said[query.RefID] = text
		w.compare(query, answer.Frames, s)
	}
	return s
}

// rowPatience is how long a row waits, in real time, for what never comes.
const rowPatience = 3 * time.Second

// isReal tells whether the row has real sockets and real time.
func (f fault) isReal() bool { return f.dial != nil || f.sockets }

// compare holds frames against the truth, and notes what is missing.
func (w *ward) compare(query backend.DataQuery, frames data.Frames, s seen) {
	w.Helper()
	v := views[query.RefID]
	span := truthSpan{from: query.TimeRange.From, to: query.TimeRange.To, length: 5 * time.Minute}
	span.to = span.to.Add(5*time.Minute - time.Second).Truncate(5 * time.Minute)
	final := w.now().Add(time.Duration(w.ahead.Load()) - 15*time.Minute).Truncate(5 * time.Minute)
	shown := map[string]map[time.Time]float64{}
	for _, f := range frames {
		if len(f.Fields) < 2 {
			continue
		}
		values := map[time.Time]float64{}
		for row := range f.Rows() {
			if value, err := f.Fields[1].FloatAt(row); err == nil && !math.IsNaN(value) {
				values[f.Fields[0].At(row).(time.Time).UTC()] = value
			}
		}
		shown[f.Fields[1].Labels.String()] = values
	}
	for _, line := range w.truth.lines(v.metric, v.unit, "class", singles(well, sick), span) {
		values, domain := shown[line.labels.String()], line.labels["domain"]
		for i, at := range line.times {
			value, ok := values[at]
			switch {
			case ok:
				assert.InDelta(w, line.values[i], value, tolerance(v.metric, line.values[i]), "%s %s %s", query.RefID, line.labels, at)
			case at.Before(final):
				s.missing[domain] = append(s.missing[domain], fmt.Sprint(query.RefID, " ", line.labels, " ", at.Format(time.TimeOnly)))
			}
			delete(values, at)
		}
		assert.Empty(w, values, "%s %s: there are no such slices", query.RefID, line.labels)
		delete(shown, line.labels.String())
	}
	for labels, values := range shown {
		assert.Empty(w, values, "%s %s: there is no such line", query.RefID, labels)
	}
}

// requireOwnWords asserts that a text has no word of whoever answers, of the network's or of the libraries'.
func requireOwnWords(t testing.TB, text string) {
	t.Helper()
	for _, part := range slices.Concat(slices.Collect(maps.Values(planted)), []string{
		cdnsim.DemoKeyID, cdnsim.DemoKeySecret, "Signature=", "AccessKeyId=", "1000000000000001", "127.0.0.1", "dial", "tcp", "EOF", "x509", "tls:", "lookup",
		"no such host", "reset by peer", "deadline", "invalid character", "gzip", "JSON", "<", "Specified", ".go:", "unexpected",
	}) {
		assert.NotContains(t, text, part)
	}
}
