package plugin

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// names are the names of the first domains of a large account.
func names(count int) []string {
	list := make([]string, count)
	for i, domain := range cdnsim.ManyDomains(count) {
		list[i] = domain.Name
	}
	return list
}

// newBench is a lab with a large account that remembers no calls, and a data source that may call as often as any may.
func newBench(b *testing.B, domains int, latency time.Duration) *lab {
	return newLab(b, setup{
		api:  cdnsim.Options{Domains: cdnsim.ManyDomains(domains), Record: -1, Latency: latency},
		json: map[string]any{"callsPerSecond": 100},
	})
}

// days asks for 5-minute slices of some domains over some days. off makes few calls of it; what is cached is the same.
func days(count int, domains []string, timeMerge string) question {
	query := fmt.Sprintf(`{"granularity":"5m","timeMerge":%q,"domains":["%s"]}`, timeMerge, join(domains))
	return question{query: query, from: time.Duration(count) * 24 * time.Hour, points: 1000}
}

// of asks for another metric.
func of(metric string, q question) question {
	q.query = fmt.Sprintf(`{"queryType":%q,%s`, metric, q.query[1:])
	return q
}

func join(domains []string) (text string) {
	for i, name := range domains {
		if i > 0 {
			text += `","`
		}
		text += name
	}
	return text
}

// BenchmarkWarmQuery compares a query whose slices are all cached with the encoding of its frames, which the plugin SDK
// does of every answer.
func BenchmarkWarmQuery(b *testing.B) {
	for name, c := range map[string]struct {
		domains, days int
		metric        string
		frames        int
	}{
		"100 domains, 30 days":                        {100, 30, "originFlow", 100},
		"100 domains, 30 days, origin share":          {100, 30, "originShare", 100},
		"100 domains, 30 days, status codes by class": {100, 30, "originStatus", 400},
		"1 domain, 24 hours":                          {1, 1, "originFlow", 1},
	} {
		b.Run(name, func(b *testing.B) {
			l := newBench(b, 100, 0)
			l.frames(of(c.metric, days(c.days, names(c.domains), "off")))
			q := of(c.metric, days(c.days, names(c.domains), "auto"))
			response := backend.QueryDataResponse{Responses: backend.Responses{"A": l.ask(q)}}
			require.Len(b, response.Responses["A"].Frames, c.frames)
			for _, f := range response.Responses["A"].Frames {
				require.Zero(b, f.Meta.Custom.(frameMeta).Calls)
			}
			var query time.Duration
			b.Run("query", func(b *testing.B) {
				b.ReportAllocs()
				request := l.request(q)
				for b.Loop() {
					if _, err := l.source.QueryData(context.Background(), request); err != nil {
						b.Fatal(err)
					}
				}
				query = b.Elapsed() / time.Duration(b.N)
			})
			b.Run("encoding", func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := backend.ToProto().QueryDataResponse(backend.DataFrameFormat_ARROW, &response); err != nil {
						b.Fatal(err)
					}
				}
				encoding := b.Elapsed() / time.Duration(b.N)
				b.ReportMetric(float64(query)/float64(encoding), "query/encoding")
			})
		})
	}
}

// BenchmarkColdQuery compares 30 days of one domain, none of which is cached, from an API that takes 50 ms to answer, with
// the ideal: all calls at once, as the budget has room for them.
func BenchmarkColdQuery(b *testing.B) {
	const latency, windows, parallel = 50 * time.Millisecond, 11, 25
	ideal := latency * ((windows + parallel - 1) / parallel)
	l := newBench(b, 1, latency)
	q := days(30, names(1), "auto")
	l.source.Dispose()
	for b.Loop() {
		b.StopTimer()
		l.source = newDatasource(context.Background(), l.instance(setup{json: map[string]any{"callsPerSecond": 100}}), l.now)
		b.StartTimer()
		f := l.frames(q)[0]
		b.StopTimer()
		require.Equal(b, windows, f.Meta.Custom.(frameMeta).Calls)
		l.source.Dispose()
		b.StartTimer()
	}
	b.ReportMetric(float64(b.Elapsed()/time.Duration(b.N))/float64(ideal), "x-ideal")
}

// BenchmarkCacheMemory measures what 90 days of 5-minute slices of 100 domains take.
func BenchmarkCacheMemory(b *testing.B) {
	for b.Loop() {
		l := newBench(b, 100, 0)
		q := days(90, names(100), "off")
		before := heap()
		response := l.ask(q)
		require.NoError(b, response.Error)
		slices := 0
		for _, f := range response.Frames {
			custom := f.Meta.Custom.(frameMeta)
			slices += custom.SlicesFetched
		}
		response = backend.DataResponse{}
		l.server.Close()
		grown := float64(heap()-before) / (1 << 20)
		runtime.KeepAlive(l)
		b.ReportMetric(grown, "MB")
		b.ReportMetric(grown*(1<<20)/float64(slices), "bytes/slice")
		b.ReportMetric(float64(slices), "slices")
	}
}

// heap is the memory in use once everything unused was collected, in byte.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}
