package plugin

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime/pprof"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/grafana/grafana-plugin-sdk-go/experimental"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

var update = flag.Bool("update", false, "write the golden files in testdata instead of comparing with them")

// noon is when the tests take place, unless they move the clock: a Wednesday, a few minutes past noon. With the usual
// delay of 15 minutes, 5-minute slices are final up to 11:50.
var noon = time.Date(2024, 5, 15, 12, 7, 0, 0, time.UTC)

// setup describes a lab. Its zero value is the simulator's demo account, and a data source signed in to it.
type setup struct {
	api cdnsim.Options
	// json holds settings other than the defaults; the endpoint is the lab's unless it is here.
	json map[string]any
	// secrets replace the demo account's key.
	secrets map[string]string
	// wrap stands before the API.
	wrap func(http.Handler) http.Handler
	// now is when the lab's clock starts; zero is noon. The API's is ahead of it.
	now   time.Time
	ahead time.Duration
	// serve starts the API's server; nil is without TLS.
	serve func(*lab)
	// wire carries the connections; nil: real sockets.
	wire *wire
	// transport changes how the plugin connects.
	transport func(*lab, *http.Transport)
}

// lab is a data source and, at the other end of a real HTTP connection, the CDN API of a simulated account. Both take the
// time from the lab's clock, but signatures are made and checked by the machine's.
type lab struct {
	testing.TB
	sim    *cdnsim.Server
	server *httptest.Server
	source *Datasource
	clock  atomic.Int64
}

func newLab(t testing.TB, s setup) *lab {
	t.Helper()
	l := &lab{TB: t}
	if s.now.IsZero() {
		s.now = noon
	}
	l.clock.Store(s.now.Unix())
	if s.api.SigningClock == nil {
		s.api.SigningClock = time.Now
	}
	if s.api.RequestID == nil {
		s.api.RequestID = func() string { return sampleRequestID }
	}
	s.api.Now = func() time.Time { return l.now().Add(s.ahead) }
	l.sim = cdnsim.New(s.api)
	handler := http.Handler(l.sim)
	if s.wrap != nil {
		handler = s.wrap(handler)
	}
	l.server = newServer(t, handler)
	if s.wire != nil {
		s.wire.replace(l.server)
		s.transport = s.wire.connect
	}
	l.server.Config.ErrorLog = log.New(io.Discard, "", 0)
	if s.serve == nil {
		s.serve = func(l *lab) { l.server.Start() }
	}
	s.serve(l)
	t.Cleanup(func() {
		l.server.CloseClientConnections() // those that hang, too
		l.server.Close()
	})
	l.source = newDatasource(context.Background(), l.instance(s), l.now)
	t.Cleanup(l.source.Dispose)
	if s.transport != nil {
		l.source.template.Client = clientVia(t, l.instance(s), l.source.settings, func(transport *http.Transport) { s.transport(l, transport) })
	}
	return l
}

// addresses are those that labs had. An account is found by its address, and outlives data sources that nobody disposes of, as
// Grafana does not of deleted ones: at the address of an earlier lab, what that one taught would be known.
var addresses sync.Map

// newServer is a server, not started yet, at an address that no lab had before.
func newServer(t testing.TB, handler http.Handler) *httptest.Server {
	for {
		server := httptest.NewUnstartedServer(handler)
		if _, taken := addresses.LoadOrStore(server.Listener.Addr().String(), true); !taken {
			return server
		}
		t.Cleanup(func() { _ = server.Listener.Close() }) // not before there is another, which must not be the same
	}
}

// inBubble runs a test with a lab in a bubble, whose clock stands still while anything is going on: deadlines, pauses and
// waiting for the budget take no time, and the time they take is exact, however slow the machine is.
func inBubble(t *testing.T, s setup, test func(*lab)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		t.Cleanup(func() { time.Sleep(time.Minute) }) // for what outlives its query, such as a list of domains
		s.wire = newWire()
		test(newLab(t, s))
	})
}

// goroutines counts those of the bubble. Those outside, which other tests left behind, come and go.
func goroutines(t testing.TB) int {
	var stacks bytes.Buffer
	require.NoError(t, pprof.Lookup("goroutine").WriteTo(&stacks, 2))
	count := bytes.Count(stacks.Bytes(), []byte(", synctest bubble "))
	require.Positive(t, count, "the stacks tell which are the bubble's")
	return count
}

// sampleRequestID is the RequestId of every answer, so that golden files do not depend on which call came first.
const sampleRequestID = "A666D44F-19D6-490E-97CF-1A64AB962C57"

func (l *lab) now() time.Time { return time.Unix(l.clock.Load(), 0).UTC() }

// later moves the clock.
func (l *lab) later(d time.Duration) { l.clock.Add(int64(d / time.Second)) }

// instance is what Grafana hands over of the data source.
func (l *lab) instance(s setup) backend.DataSourceInstanceSettings {
	l.Helper()
	jsonData := map[string]any{"endpoint": l.server.URL, "stsEndpoint": l.server.URL}
	maps.Copy(jsonData, s.json)
	if s.secrets == nil {
		s.secrets = map[string]string{"accessKeyId": cdnsim.DemoKeyID, "accessKeySecret": cdnsim.DemoKeySecret}
	}
	return backend.DataSourceInstanceSettings{
		ID: 1, UID: "cdn", Type: ID, JSONData: mustJSON(l, jsonData), DecryptedSecureJSONData: s.secrets,
	}
}

// question is a query and what Grafana sends along with it.
type question struct {
	// query is the JSON that a panel or an alert rule saves.
	query string
	// from and to are how long before now the range begins and ends.
	from, to time.Duration
	interval time.Duration
	points   int64
	alert    bool
}

func (l *lab) request(q question) *backend.QueryDataRequest { return q.at(l.now()) }

// at is the request that asks the question at some time.
func (q question) at(now time.Time) *backend.QueryDataRequest {
	request := &backend.QueryDataRequest{Queries: []backend.DataQuery{{
		RefID: "A", JSON: []byte(q.query), Interval: q.interval, MaxDataPoints: q.points,
		TimeRange: backend.TimeRange{From: now.Add(-q.from), To: now.Add(-q.to)},
	}}}
	if q.alert {
		request.Headers = map[string]string{"FromAlert": "true"}
	}
	return request
}

// ask has the data source answer a question.
func (l *lab) ask(q question) backend.DataResponse {
	l.Helper()
	return l.askWithin(context.Background(), q)
}

func (l *lab) askWithin(ctx context.Context, q question) backend.DataResponse {
	l.Helper()
	response, err := l.source.QueryData(ctx, l.request(q))
	require.NoError(l, err)
	require.Contains(l, response.Responses, "A")
	return response.Responses["A"]
}

// frames has the data source answer a question, which must succeed.
func (l *lab) frames(q question) data.Frames {
	l.Helper()
	response := l.ask(q)
	require.NoError(l, response.Error)
	require.Equal(l, backend.StatusOK, response.Status)
	return response.Frames
}

// calls are those of one operation that the API received since the last reset.
func (l *lab) calls(operation string) []cdnsim.Call {
	var calls []cdnsim.Call
	for _, call := range l.sim.Calls() {
		if call.Operation == operation {
			calls = append(calls, call)
		}
	}
	return calls
}

const (
	flow    = "DescribeDomainSrcFlowData"
	traffic = "DescribeDomainSrcTrafficData"
	listing = "DescribeUserDomains"
)

// bytesOf is what the origins of the domains served in [from, from+length), in byte.
func bytesOf(domains []string, from time.Time, length time.Duration) (sum float64) {
	for _, domain := range domains {
		for t := from; t.Before(from.Add(length)); t = t.Add(5 * time.Minute) {
			sum += float64(cdnsim.Traffic(domain, t))
		}
	}
	return sum
}

// requireSlices compares a frame with what the origins served: every slice of the given length from the first to the
// last, and nothing else. scale is what one byte of a slice is in the frame's unit.
func requireSlices(t testing.TB, f *data.Frame, domains []string, from, to time.Time, length time.Duration, scale float64) {
	t.Helper()
	next := from
	for i := range f.Rows() {
		require.Equal(t, next, f.Fields[0].At(i).(time.Time).UTC())
		value, err := f.Fields[1].FloatAt(i)
		require.NoError(t, err)
		require.InEpsilon(t, bytesOf(domains, next, length)*scale, value, 1e-9, "slice %s", next)
		next = next.Add(length)
	}
	require.Equal(t, to, next)
}

// checkGolden compares an answer with the file testdata/name.jsonc.
func checkGolden(t *testing.T, name string, response backend.DataResponse) {
	t.Helper()
	if *update {
		_ = os.Remove("testdata/" + name + ".jsonc") // the SDK would fail over the old one
	}
	experimental.CheckGoldenJSONResponse(t, "testdata", name, &response, *update)
}

// notices are the texts of a response's notices.
func noticesOf(frames data.Frames) []string {
	var texts []string
	for _, f := range frames {
		for _, n := range f.Meta.Notices {
			texts = append(texts, n.Text)
		}
	}
	return texts
}

func mustJSON(t testing.TB, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	return text
}
