package originflow

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// heap is the memory in use once everything unused was collected, in byte.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

func TestTheMemoryBoundIsKeptWhateverFillsIt(t *testing.T) {
	const bound = 1 << 20
	epoch := int64(946_684_800)
	codedDay := coded(grid{length: 300}, span{epoch, epoch + daySeconds})
	for name, fill := range map[string]func(s *store, i int64){
		"blocks": func(s *store, i int64) {
			key := track{operation: "op", domains: fmt.Sprint(i), grid: grid{length: 300}}
			day := newStretch(key.grid, span{epoch, epoch + daySeconds})
			s.save(key, day, day.to, day.from, day.to+i)
		},
		"tails cut off long answers": func(s *store, i int64) {
			key := track{operation: "op", domains: fmt.Sprint(i), grid: grid{length: 300}}
			month := newStretch(key.grid, span{epoch, epoch + 30*daySeconds})
			s.save(key, month, month.to-1500, month.to-3600, month.to+i)
		},
		"the names of long lists": func(s *store, i int64) {
			key := track{operation: "op", domains: strings.Repeat(fmt.Sprint(i), 1000), grid: grid{length: 300}}
			hour := newStretch(key.grid, span{epoch, epoch + 3600})
			s.save(key, hour, hour.to, hour.from, hour.to+i)
		},
		"counts by status code": func(s *store, i int64) {
			key := track{operation: "op", domains: fmt.Sprint(i), grid: grid{length: 300}}
			s.save(key, codedDay, codedDay.to, codedDay.from, codedDay.to+i)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(bound, processMetrics)
			before := heap()
			for i := range int64(3000) {
				fill(s, i*hotSeconds)
				require.LessOrEqual(t, s.used, int64(bound))
			}
			assert.Less(t, heap()-before, int64(2*bound))
			runtime.KeepAlive(s)
		})
	}
}

// coded is a stretch with counts of ten status codes.
func coded(g grid, s span) stretch {
	r := newStretch(g, s)
	r.codes = &columns{}
	for i := range r.values {
		r.values[i] = 0
		for code := range 10 {
			count := float64((i*7919 + code) % (1 << (2 * code)))
			r.codes.of(200+code, len(r.values))[i] = count
			r.values[i] += count
		}
	}
	return r
}

func TestATailHoldsOnToNoMoreThanItsOwnSlices(t *testing.T) {
	s := newStore(64<<20, processMetrics)
	before := heap()
	for i := range 100 {
		key := track{operation: "op", domains: fmt.Sprint(i), grid: grid{length: 300}}
		days := coded(key.grid, span{0, 3 * daySeconds})
		s.save(key, days, days.to-1500, days.to-3600, days.to)
	}
	assert.Less(t, heap()-before, s.used*3/2)
	runtime.KeepAlive(s)
}

func TestTheMetricOfTheMemoryIsThatOfTheStores(t *testing.T) {
	registry := prometheus.NewRegistry()
	s := newStore(64*blockBytes, newMetrics(promauto.With(registry)))
	told := func() float64 {
		families, err := registry.Gather()
		require.NoError(t, err)
		for _, f := range families {
			if f.GetName() == "aliyuncdn_cache_bytes" {
				return f.GetMetric()[0].GetGauge().GetValue()
			}
		}
		return -1
	}
	fill := func() {
		for i := range int64(200) {
			key := track{operation: "op", domains: fmt.Sprint(i % 50), grid: grid{length: 300}}
			month := newStretch(key.grid, span{0, 3 * daySeconds})
			s.save(key, month, month.to-1500, month.to-3600, month.to+i*hotSeconds)
			assert.EqualValues(t, s.used, told())
		}
	}
	fill()
	s.resize(8 * blockBytes)
	assert.EqualValues(t, s.used, told())
	assert.LessOrEqual(t, s.used, int64(8*blockBytes))
	s.close()
	assert.Zero(t, told())
	s.resize(64 * blockBytes)
	key := track{operation: "op", grid: grid{length: 300}}
	s.save(key, newStretch(key.grid, span{0, daySeconds}), daySeconds, 0, daySeconds)
	assert.Zero(t, told(), "what a call under way saves after that counts no more")
}

func TestARangeLargerThanTheStoreIsServedFromItInPart(t *testing.T) {
	names, domains := some(14, 0)
	inLab(t, cdnsim.Options{Domains: domains}, func(l *lab) {
		// 14 domains of 6 days are 98 blocks, in 28 calls or more.
		l.reader.Account = NewAccount(Limits{CallsPerSecond: 100, CacheBytes: 58 * blockBytes})
		request := last(6*24*time.Hour, names...)
		request.Granularity = 5 * time.Minute
		refresh := func() (crowded bool) {
			for _, series := range l.reader.Read(context.Background(), request).Series {
				require.NoError(t, series.Err)
				l.requireExact(series, at(t, "1999-12-26 12:30:00"), at(t, "2000-01-01 12:15:00"))
				crowded = crowded || series.Crowded
			}
			return crowded
		}
		cold, calls := 0, 0
		refresh()
		cold = l.calls()
		for range 10 {
			time.Sleep(time.Second)
			assert.True(t, refresh(), "it is said")
			calls = l.calls()
		}
		assert.Less(t, calls, cold*17/20, "a good part of it is found, not nothing")

		t.Log("and what is small finds its place beside it")
		small := last(time.Hour, "site-014.example.com")
		found := 0
		for range 2 * admitEvery {
			time.Sleep(time.Second)
			refresh()
			l.calls()
			l.read(small)
			if l.calls() == 0 {
				found++
			}
		}
		assert.Positive(t, found)
	})
}

func TestCountsByCodeOfARangeLargerThanTheStoreAreServedFromItInPart(t *testing.T) {
	names, domains := some(14, 0)
	inLab(t, cdnsim.Options{Domains: domains}, func(l *lab) {
		request := in(5*time.Minute, of("edgeStatus", last(6*24*time.Hour, names...)))
		refresh := func() (calls, crowded int) {
			for _, series := range l.reader.Read(context.Background(), request).Series {
				require.NoError(l, series.Err)
				if series.Crowded {
					crowded++
				}
			}
			return l.calls(), crowded
		}
		cold, crowded := refresh()
		assert.Zero(t, crowded)
		whole := l.reader.Account.CacheBytes()

		l.reader.Account = NewAccount(Limits{CallsPerSecond: 100, CacheBytes: whole * 6 / 10})
		refresh()
		for range 10 {
			time.Sleep(time.Second)
			calls, crowded := refresh()
			assert.Positive(t, crowded, "it is said")
			assert.Less(t, calls, cold*17/20, "a good part of it is found, not nothing")
			assert.LessOrEqual(t, l.reader.Account.CacheBytes(), whole*6/10)
		}
	})
}

func TestTheNextDayOfALivePanelFindsRoomAmongSlicesInUse(t *testing.T) {
	s := newStore(10*blockBytes, processMetrics)
	now := int64(100 * daySeconds)
	day := func(domains string, number int64) (crowded bool) {
		key := track{operation: "op", domains: domains, grid: grid{length: 300}}
		values := newStretch(key.grid, span{number * daySeconds, (number + 1) * daySeconds})
		return s.save(key, values, values.to, values.from, now).crowded
	}
	require.False(t, day("live", 98))
	for n := int64(1); s.used+blockBytes <= s.limit; n++ {
		require.False(t, day(fmt.Sprint("other", n), 98))
	}
	assert.True(t, day("newcomer", 98))
	assert.False(t, day("live", 99))
	assert.LessOrEqual(t, s.used, s.limit)
}
