package originflow

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
	"github.com/originflow/aliyuncdn-datasource/pkg/rpc"
)

// lab is a reader of a simulated account. Its tests run in a bubble whose clock stands still while anything is going on:
// latency, pauses and waiting for the budget take no time, and the time they take is exact.
type lab struct {
	*testing.T
	sim    *cdnsim.Server
	reader *Reader
}

// inLab runs a test in a bubble, at half past noon, 2000-01-01 UTC.
func inLab(t *testing.T, options cdnsim.Options, test func(*lab)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(12*time.Hour + 30*time.Minute)
		test(newLab(t, options, Limits{CallsPerSecond: 100, CacheBytes: 64 << 20}))
	})
}

func newLab(t *testing.T, options cdnsim.Options, limits Limits) *lab {
	t.Helper()
	sim := cdnsim.New(options)
	return &lab{T: t, sim: sim, reader: &Reader{
		Account:     NewAccount(limits),
		Client:      simClient(sim),
		SrcFlowUnit: cdn.Bit,
		DataDelay:   15 * time.Minute,
		Now:         time.Now,
	}}
}

// demoKey signs in to the simulated account.
var demoKey = rpc.Key{ID: cdnsim.DemoKeyID, Secret: cdnsim.DemoKeySecret}

func simClient(sim http.Handler) *cdn.Client {
	signer := &rpc.Signer{Next: cdnsim.InProcess(sim)}
	return cdn.NewClient(&url.URL{Scheme: "https", Host: "cdn.example"}, &http.Client{Transport: signer}, demoKey)
}

// divert has another simulated API answer the calls of an operation.
func (l *lab) divert(operation string, options cdnsim.Options) (other *cdnsim.Server) {
	other = cdnsim.New(options)
	l.reader.Client = simClient(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("Action") == operation {
			other.ServeHTTP(w, r)
			return
		}
		l.sim.ServeHTTP(w, r)
	}))
	return other
}

// domain is the one that most tests ask for.
const domain = "www.example.com"

// last asks for the time from a while ago until now.
func last(d time.Duration, domains ...string) Request {
	if len(domains) == 0 {
		domains = []string{domain}
	}
	request := Request{From: time.Now().Add(-d), To: time.Now(), MaxDataPoints: 20_000, TimeMerge: MergeAuto}
	for _, name := range domains {
		request.Targets = append(request.Targets, Target{Name: name, Domains: []string{name}})
	}
	return request
}

// of is a request of a metric of the catalogue.
func of(metric string, request Request) Request {
	i := slices.IndexFunc(Metrics, func(m *Metric) bool { return m.Name == metric })
	request.Metric = Metrics[i]
	return request
}

// together makes one series of all that is asked for, of all domains if those are none.
func together(request Request, domains ...string) Request {
	request.Targets = []Target{{Name: "merged", Domains: domains}}
	return request
}

// in asks for slices of a length.
func in(length time.Duration, request Request) Request {
	request.Granularity = length
	return request
}

// read answers a request of one target, which must not fail.
func (l *lab) read(request Request) Series {
	l.Helper()
	result := l.reader.Read(context.Background(), request)
	require.Len(l, result.Series, 1)
	require.NoError(l, result.Series[0].Err)
	return result.Series[0]
}

// calls counts the calls since the last time.
func (l *lab) calls() int {
	count := len(l.sim.Calls())
	l.sim.Reset()
	return count
}

// callsByOperation counts the calls since the last time by operation.
func (l *lab) callsByOperation() map[string]int {
	counts := map[string]int{}
	for _, call := range l.sim.Calls() {
		counts[call.Operation]++
	}
	l.sim.Reset()
	return counts
}

// fails answers a request of one target, which must fail, and returns why.
func (l *lab) fails(request Request) *cdn.Error {
	l.Helper()
	result := l.reader.Read(context.Background(), request)
	require.Len(l, result.Series, 1)
	var failure *cdn.Error
	require.ErrorAs(l, result.Series[0].Err, &failure)
	return failure
}

// traffic is what the simulated origin served in [from, to), in byte.
func traffic(domain string, from, to time.Time) float64 {
	var sum float64
	for t := from; t.Before(to); t = t.Add(5 * time.Minute) {
		sum += float64(cdnsim.Traffic(domain, t))
	}
	return sum
}

// requireExact compares a series with what the origin served: every slice from the first to the last, nothing else.
func (l *lab) requireExact(series Series, from, to time.Time) {
	l.Helper()
	next := from
	for _, s := range series.Slices {
		require.Equal(l, next, s.Start)
		next = s.Start.Add(series.Step)
		require.InDelta(l, traffic(series.Target.Name, s.Start, next), s.Volume, 0.5, "slice %s", s.Start)
		require.InDelta(l, s.Volume/series.Step.Seconds(), s.PerSecond, 0.01)
	}
	require.Equal(l, to, next)
}
