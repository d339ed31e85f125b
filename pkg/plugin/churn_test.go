package plugin

import (
	"context"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/datasource"
	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"
	"github.com/grafana/grafana-plugin-sdk-go/backend/instancemgmt"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

const (
	churnDomains = 3
	churnChanges = 1000
	churnDeleted = 200
	// churnViewers ask every churnRefresh; the SDK disposes of a data source 5 seconds after another took its place.
	churnViewers = 4
	churnRefresh = 2 * time.Second
	churnGrowth  = 1 << 20
	// churnHeld is what a data source may leave behind that was deleted, as long as the SDK keeps it; in byte.
	churnHeld = 64 << 10
)

// edition is one version of a data source's settings. Each endpoint and key has numbers of its own, so a value tells which
// settings it is of.
type edition struct {
	id       int64
	number   int
	endpoint int
	key      string
	unit     string
	delay    time.Duration
	replaced atomic.Int64 // when another took its place, in Unix nanoseconds; 0: not yet
}

// factor is how much more the edition's account has than the simulation.
func (e *edition) factor() int64 { return factorOf(e.endpoint, e.key) }

func factorOf(endpoint int, key string) int64 {
	factor := int64(1 + 2*endpoint)
	if key == "second" {
		factor += 4
	}
	return factor
}

// instance is what Grafana hands over of it.
func (e *edition) instance(t testing.TB) *backend.DataSourceInstanceSettings {
	return &backend.DataSourceInstanceSettings{
		ID: e.id, UID: fmt.Sprint("cdn-", e.id), Type: ID, Name: "CDN", Updated: time.Unix(int64(e.number), 0),
		JSONData: mustJSON(t, map[string]any{
			"endpoint": fmt.Sprintf("http://127.0.0.1:%d", 1+e.endpoint), "flowUnit2014": e.unit, "dataDelay": e.delay.String(),
			"callsPerSecond": 100, "apiVersion": "2014-11-11",
		}),
		DecryptedSecureJSONData: map[string]string{"accessKeyId": e.key, "accessKeySecret": "secret of " + e.key},
	}
}

// churn is a plugin whose data sources are changed and deleted while it is asked.
type churn struct {
	testing.TB
	wire    *wire
	manager instancemgmt.InstanceManager
	current atomic.Pointer[edition]
	domains []string

	queries, values, outlived atomic.Int64
}

// serve starts the APIs: one for each endpoint and key.
func (c *churn) serve(t *testing.T) {
	domains := cdnsim.ManyDomains(churnDomains)
	for _, domain := range domains {
		c.domains = append(c.domains, domain.Name)
	}
	apis := map[int64]http.Handler{}
	keys := map[string]cdnsim.Key{}
	for i := range churnDeleted {
		keys[fmt.Sprint("deleted-", i)] = cdnsim.Key{Secret: fmt.Sprint("secret of deleted-", i)}
	}
	for _, key := range []string{"first", "second"} {
		keys[key] = cdnsim.Key{Secret: "secret of " + key}
	}
	for _, factor := range []int64{1, 3, 5, 7} {
		apis[factor] = cdnsim.New(cdnsim.Options{Domains: domains, Keys: keys, Record: -1, Held: func(_ string, _ time.Time, _ time.Duration, final int64) (int64, bool) {
			return final * factor, true
		}})
	}
	var calls atomic.Int64
	c.wire = newWire()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		latency := 50 * time.Millisecond
		if calls.Add(1)%20 == 0 {
			latency = 8 * time.Second
		}
		time.Sleep(latency)
		endpoint := 0
		if strings.HasSuffix(r.Host, ":2") {
			endpoint = 1
		}
		apis[factorOf(endpoint, r.URL.Query().Get("AccessKeyId"))].ServeHTTP(w, r)
	}))
	c.wire.replace(server)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Start()
	t.Cleanup(server.Close)
}

// newInstance is New with connections inside the bubble.
func (c *churn) newInstance(ctx context.Context, instance backend.DataSourceInstanceSettings) (instancemgmt.Instance, error) {
	d := newDatasource(ctx, instance, time.Now)
	options, err := httpOptions(ctx, instance)
	if err != nil {
		return nil, err
	}
	options.ConfigureTransport = func(_ httpclient.Options, transport *http.Transport) { c.wire.connect(nil, transport) }
	client, err := httpclient.New(options)
	if err != nil {
		return nil, err
	}
	d.template.Client = d.settings.connect(client, server{}, time.Now)
	return d, nil
}

// ask asks a data source for the origin flow of the last hour, and compares each value with that of its settings.
func (c *churn) ask(e *edition) {
	pc := backend.PluginContext{PluginID: ID, DataSourceInstanceSettings: e.instance(c)}
	instance, err := c.manager.Get(context.Background(), pc)
	if !assert.NoError(c, err) {
		return
	}
	now := time.Now().UTC()
	response, err := instance.(*Datasource).QueryData(context.Background(), &backend.QueryDataRequest{
		PluginContext: pc,
		Queries: []backend.DataQuery{{
			RefID: "A", MaxDataPoints: 1000, TimeRange: backend.TimeRange{From: now.Add(-time.Hour), To: now},
			JSON: mustJSON(c, map[string]any{"domains": c.domains, "unit": "bytes"}),
		}},
	})
	answered := time.Now()
	c.queries.Add(1)
	if !assert.NoError(c, err) || !assert.NoError(c, response.Responses["A"].Error) || !assert.Len(c, response.Responses["A"].Frames, churnDomains) {
		return
	}
	if replaced := e.replaced.Load(); replaced > 0 && answered.UnixNano()-replaced > int64(5*time.Second) {
		c.outlived.Add(1)
	}
	factor := float64(e.factor())
	if e.unit == "byte" {
		factor *= 8
	}
	for i, f := range response.Responses["A"].Frames {
		first, last := now.Add(-time.Hour).Truncate(fiveMinutes), f.Fields[0].At(f.Rows()-1).(time.Time)
		newest := func(at time.Time) time.Time { return at.Add(-e.delay).Truncate(fiveMinutes).Add(-fiveMinutes) }
		if earliest, latest := newest(now.Add(-2*time.Second)), newest(answered.Add(2*time.Second)); last.Before(earliest) || last.After(latest) {
			assert.Failf(c, "the wrong end", "%s, not %s, with a delay of %s", last, latest, e.delay)
		}
		assert.Equal(c, int(last.Sub(first)/fiveMinutes)+1, f.Rows())
		for row := range f.Rows() {
			at := f.Fields[0].At(row).(time.Time)
			c.values.Add(1)
			assert.InEpsilon(c, float64(cdnsim.Traffic(c.domains[i], at))*factor, f.Fields[1].At(row), 1e-12, "%s of edition %d", at, e.number)
		}
	}
}

// footprint is what the data sources of the process take up at a quiet moment.
type footprint struct {
	heap, cache          int64
	goroutines, accounts int
}

func takeFootprint(t testing.TB) footprint {
	synctest.Wait()
	f := footprint{heap: heap(), goroutines: goroutines(t), accounts: accounts.Len()}
	families, err := prometheus.DefaultGatherer.Gather()
	require.NoError(t, err)
	for _, family := range families {
		if family.GetName() == "aliyuncdn_cache_bytes" {
			f.cache = int64(family.GetMetric()[0].GetGauge().GetValue())
		}
	}
	return f
}

// TestSettingsThatChangeLeaveNothingBehind saves other settings a thousand times while a few look, and deletes data sources,
// which the SDK never disposes of.
func TestSettingsThatChangeLeaveNothingBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before := takeFootprint(t)
		c := &churn{TB: t}
		c.serve(t)
		c.manager = datasource.NewInstanceManager(c.newInstance)
		random := rand.New(rand.NewPCG(1, 2))
		change := func(number int) {
			old := c.current.Load()
			e := &edition{
				id: 1, number: number, endpoint: random.IntN(2), key: []string{"first", "second"}[random.IntN(2)],
				unit: []string{"bit", "byte"}[random.IntN(2)], delay: []time.Duration{15 * time.Minute, 30 * time.Minute}[random.IntN(2)],
			}
			c.current.Store(e)
			if old != nil {
				old.replaced.Store(time.Now().UnixNano())
			}
		}
		change(0)
		done := make(chan struct{})
		var viewers sync.WaitGroup
		for i := range churnViewers {
			viewers.Go(func() {
				time.Sleep(time.Duration(i) * churnRefresh / churnViewers)
				for {
					select {
					case <-done:
						return
					case <-time.After(churnRefresh):
						c.ask(c.current.Load())
					}
				}
			})
		}
		var settled footprint
		for number := 1; number <= churnChanges; number++ {
			time.Sleep(time.Duration(random.IntN(4000)) * time.Millisecond)
			change(number)
			if number == churnChanges/10 {
				time.Sleep(3 * time.Minute) // until connections that nobody uses are closed
				settled = takeFootprint(t)
			}
		}
		time.Sleep(3 * time.Minute)
		changed := takeFootprint(t)
		assert.Positive(t, c.outlived.Load(), "queries that were under way when their data source was disposed of")
		t.Logf("%d changes, %d queries, %d of which outlived their data source, %d values; heap %.2f MB after a tenth, %.2f MB after all; %d and %d goroutines",
			churnChanges, c.queries.Load(), c.outlived.Load(), c.values.Load(), megabytes(settled.heap), megabytes(changed.heap), settled.goroutines, changed.goroutines)
		assert.LessOrEqual(t, changed.heap-settled.heap, int64(churnGrowth), "heap")
		assert.LessOrEqual(t, changed.goroutines, settled.goroutines, "goroutines")
		assert.Equal(t, before.accounts+1, changed.accounts, "accounts")

		for i := range churnDeleted {
			viewers.Go(func() {
				c.ask(&edition{id: int64(100 + i), key: fmt.Sprint("deleted-", i), unit: "bit", delay: 15 * time.Minute})
			})
		}
		time.Sleep(time.Minute)
		close(done)
		viewers.Wait()
		full := takeFootprint(t)
		assert.Equal(t, before.accounts+1+churnDeleted, full.accounts, "accounts of data sources that were used today")
		assert.Greater(t, full.cache, changed.cache)
		time.Sleep(idleAfter + time.Minute)
		after := takeFootprint(t)
		t.Logf("%d deleted data sources: cache %d byte with them and %d a day later; heap %.2f MB before, %.2f MB a day later", churnDeleted,
			full.cache-before.cache, after.cache-before.cache, megabytes(changed.heap), megabytes(after.heap))
		assert.Equal(t, before.accounts, after.accounts, "accounts")
		assert.Equal(t, before.cache, after.cache, "the gauge of the cache")
		assert.LessOrEqual(t, after.goroutines, settled.goroutines, "goroutines")
		assert.LessOrEqual(t, after.heap-changed.heap, int64(churnDeleted*churnHeld), "heap")
		runtime.KeepAlive(c.manager)
	})
}
