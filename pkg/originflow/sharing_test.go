package originflow

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// atOnce reads requests at the same time, each of which must not fail.
func (l *lab) atOnce(requests ...Request) []Series {
	l.Helper()
	series := make([]Series, len(requests))
	var readers sync.WaitGroup
	for i, request := range requests {
		readers.Go(func() { series[i] = l.reader.Read(l.Context(), request).Series[0] })
	}
	readers.Wait()
	for _, s := range series {
		require.NoError(l, s.Err)
	}
	return series
}

// everyOperation is so many calls of each operation that the catalogue needs.
func everyOperation(calls int) map[string]int {
	counts := map[string]int{}
	for _, m := range Metrics {
		counts[m.Of.Name()] = calls
		if m.By != nil {
			counts[m.By.Name()] = calls
		}
	}
	return counts
}

func TestMetricsOfTheSameOperationMakeItsCallsOnce(t *testing.T) {
	inLab(t, cdnsim.Options{Latency: 50 * time.Millisecond}, func(l *lab) {
		day := last(24 * time.Hour)
		series := l.atOnce(of("originFlow", day), of("originShare", day), of("edgeFlow", day))
		assert.Equal(t, map[string]int{cdn.SrcFlowData.Name(): 1, cdn.TrafficData.Name(): 1}, l.callsByOperation())
		l.requireExact(series[0], at(t, "1999-12-31 12:30:00"), at(t, "2000-01-01 12:15:00"))
		l.requireQuotient(series[1], "originShare", []string{domain}, at(t, "1999-12-31 12:30:00"), at(t, "2000-01-01 12:15:00"), nil)
		for _, s := range series[2].Slices {
			require.EqualValues(l, cdnsim.EdgeTraffic(domain, s.Start), s.Volume)
		}

		l.read(of("hitRatio", day))
		assert.Equal(t, map[string]int{cdn.HitRateData.Name(): 1}, l.callsByOperation(), "what it is weighed by is there")
		l.read(of("originShare", day))
		assert.Empty(t, l.callsByOperation())
	})
}

func TestTenReadersOfEveryMetricMakeTheCallsOfOne(t *testing.T) {
	for name, c := range map[string]struct {
		request func() Request
		calls   int
	}{
		"a day":               {func() Request { return last(24 * time.Hour) }, 1},
		"a month in hours":    {func() Request { return in(time.Hour, last(20*24*time.Hour)) }, 2}, // and the newest 5 minutes
		"a week in 5 minutes": {func() Request { return in(5*time.Minute, last(7*24*time.Hour)) }, 3},
		"a list":              {func() Request { return together(last(24*time.Hour), domain, "img.example.com") }, 1},
		"all domains":         {func() Request { return together(last(24 * time.Hour)) }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			inLab(t, cdnsim.Options{Latency: 50 * time.Millisecond}, func(l *lab) {
				var requests []Request
				for range 10 {
					for _, m := range Metrics {
						requests = append(requests, of(m.Name, c.request()))
					}
				}
				told := 0
				for _, s := range l.atOnce(requests...) {
					require.NotEmpty(l, s.Slices)
					require.Empty(l, s.Missing)
					told += len(s.Calls)
				}
				counts := l.callsByOperation()
				assert.Equal(t, everyOperation(c.calls), counts)
				assert.Equal(t, len(counts)*c.calls, told, "each call is told by whoever made it")
				l.atOnce(requests...)
				assert.Empty(t, l.callsByOperation())
			})
		})
	}
}

func TestALivePanelOfEveryMetricAsksForNewSlicesOnceEach(t *testing.T) {
	inLab(t, cdnsim.Options{Latency: 50 * time.Millisecond}, func(l *lab) {
		refresh := func() {
			var requests []Request
			for _, m := range Metrics {
				requests = append(requests, of(m.Name, last(3*time.Hour)))
			}
			l.atOnce(requests...)
		}
		refresh()
		l.callsByOperation()
		for range 60 {
			time.Sleep(time.Minute)
			refresh()
		}
		assert.Equal(t, everyOperation(12), l.callsByOperation())
	})
}
