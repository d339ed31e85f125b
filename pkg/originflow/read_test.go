package originflow

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

func TestSettledSlicesAreNeverFetchedTwice(t *testing.T) {
	inLab(t, cdnsim.Options{}, func(l *lab) {
		month := last(30 * 24 * time.Hour)
		month.Granularity = 5 * time.Minute
		cold := l.read(month)
		assert.Equal(t, 11, l.calls(), "each span strictly below 3 days")
		assert.Len(t, cold.Calls, 11)
		assert.Equal(t, len(cold.Slices), cold.Fetched)
		month.From = at(t, "1999-12-03 00:00:00")

		t.Log("another panel, other points, another gap fill: the same slices")
		for _, change := range []func(*Request){
			func(*Request) {},
			func(r *Request) { r.MaxDataPoints = 1000 },
			func(r *Request) { r.FixTimeGap = true },
			func(r *Request) { r.TimeMerge = MergeOff },
			func(r *Request) { r.Alert = true; r.MaxDataPoints = 43200 },
			func(r *Request) { r.From = r.From.Add(7 * time.Hour) },
		} {
			request := month
			change(&request)
			warm := l.read(request)
			assert.Zero(t, l.calls())
			assert.Empty(t, warm.Calls)
			assert.Zero(t, warm.Fetched)
			assert.Positive(t, warm.Cached)
		}

		t.Log("ten minutes later only what became final since")
		time.Sleep(10 * time.Minute)
		month.To = time.Now()
		assert.Equal(t, 2, l.read(month).Fetched)
		require.Equal(t, 1, len(l.sim.Calls()))
		assert.Equal(t, "2000-01-01T12:15Z", l.sim.Calls()[0].Params["StartTime"])
	})
}

func TestAMonthWithoutTimeMergeIsOneCall(t *testing.T) {
	inLab(t, cdnsim.Options{}, func(l *lab) {
		request := last(30 * 24 * time.Hour)
		request.TimeMerge = MergeOff
		series := l.read(request)
		calls := l.sim.Calls()
		require.Len(t, calls, 1)
		assert.Equal(t, "false", calls[0].Params["TimeMerge"])
		l.requireExact(series, instant(grid{length: 300}.floor(request.From.Unix())), at(t, "2000-01-01 12:15:00"))
	})
}

func TestAMergeOfTimeIsOneCallWhateverTheAPIMakesOfIt(t *testing.T) {
	inLab(t, cdnsim.Options{}, func(l *lab) {
		request := last(7 * 24 * time.Hour)
		request.TimeMerge = MergeOn
		series := l.read(request)
		calls := l.sim.Calls()
		require.Len(t, calls, 1)
		assert.Equal(t, "true", calls[0].Params["TimeMerge"])
		assert.Equal(t, time.Hour, series.Step)

		l.read(request)
		assert.Equal(t, 1, l.calls(), "and none when it was made before")
	})
	t.Run("also if its slices are longer than documented", func(t *testing.T) {
		inLab(t, cdnsim.Options{SpanLimit: map[time.Duration]time.Duration{5 * time.Minute: time.Hour}}, func(l *lab) {
			request := last(24 * time.Hour)
			request.TimeMerge = MergeOn
			for range 3 {
				series := l.read(request)
				assert.Equal(t, time.Hour, series.Step)
				l.requireExact(series, at(t, "1999-12-31 12:00:00"), at(t, "2000-01-01 08:00:00"))
			}
			assert.Equal(t, 1, l.calls())
		})
	})
}

func TestAnotherIntervalThanAskedForIsUsedAndLearned(t *testing.T) {
	inLab(t, cdnsim.Options{SpanLimit: map[time.Duration]time.Duration{5 * time.Minute: 24 * time.Hour}}, func(l *lab) {
		request := last(60 * time.Hour)
		request.Granularity = 5 * time.Minute
		series := l.read(request)
		assert.True(t, series.Coarser)
		assert.Equal(t, time.Hour, series.Granularity)
		l.requireExact(series, at(t, "1999-12-30 00:00:00"), at(t, "2000-01-01 12:00:00"))

		t.Log("after that the spans are short enough")
		for range 2 {
			request.From = request.From.Add(-time.Minute)
			series = l.read(request)
		}
		assert.False(t, series.Coarser)
		assert.Equal(t, 5*time.Minute, series.Granularity)
		l.requireExact(series, at(t, "1999-12-30 00:25:00"), at(t, "2000-01-01 12:15:00"))
	})
}

func TestDaysStartWhenTheAnswersSay(t *testing.T) {
	inLab(t, cdnsim.Options{UTCDays: true}, func(l *lab) {
		request := last(5 * 24 * time.Hour)
		request.Granularity = 24 * time.Hour
		for range 2 {
			series := l.read(request)
			l.requireExact(series, at(t, "1999-12-27 00:00:00"), at(t, "2000-01-01 00:00:00"))
		}
	})
}

func TestOneFailedDomainFailsAlone(t *testing.T) {
	inLab(t, cdnsim.Options{}, func(l *lab) {
		result := l.reader.Read(context.Background(), last(time.Hour, domain, "unknown.example.com", "img.example.com"))
		require.Len(t, result.Series, 3)
		require.NoError(t, result.Series[0].Err)
		require.NoError(t, result.Series[2].Err)
		l.requireExact(result.Series[0], at(t, "2000-01-01 11:30:00"), at(t, "2000-01-01 12:15:00"))
		assert.Equal(t, cdn.UnknownDomain, kindOf(result.Series[1].Err))
	})
}

func TestTheSuccessorTakesOverForGoodOnceTheOldOperationIsRetired(t *testing.T) {
	inLab(t, cdnsim.Options{Retired: true}, func(l *lab) {
		series := l.read(last(time.Hour))
		l.requireExact(series, at(t, "2000-01-01 11:30:00"), at(t, "2000-01-01 12:15:00"))
		l.calls()

		l.read(last(2 * time.Hour))
		for _, call := range l.sim.Calls() {
			assert.Equal(t, cdn.SrcTrafficData.Name(), call.Operation)
		}
		assert.Equal(t, cdn.SrcTrafficData.Name(), l.reader.Read(context.Background(), last(time.Hour)).Operation)
	})
}

func TestMergedDomainsAreOneCallAndTheirSum(t *testing.T) {
	inLab(t, cdnsim.Options{Domains: cdnsim.ManyDomains(450)}, func(l *lab) {
		var names []string
		for _, d := range cdnsim.ManyDomains(450) {
			names = append(names, d.Name)
		}
		merged := func(name string, names ...string) Series {
			request := last(time.Hour)
			request.Targets = []Target{{name, names}}
			return l.read(request)
		}
		few := merged("few", names[:3]...)
		require.Len(t, l.sim.Calls(), 1)
		assert.Equal(t, strings.Join(names[:3], ","), l.sim.Calls()[0].Params["DomainName"])
		start := few.Slices[0].Start
		assert.InDelta(t, sumOf(names[:3], start), few.Slices[0].Bytes, 0.5)
		l.calls()

		all := merged("*")
		require.Len(t, l.sim.Calls(), 1)
		assert.NotContains(t, l.sim.Calls()[0].Params, "DomainName")
		l.calls()

		t.Log("a list longer than one call takes is the sum of several calls")
		list := merged("list", names...)
		assert.Equal(t, 3, l.calls())
		assert.InEpsilon(t, all.Slices[0].Bytes, list.Slices[0].Bytes, 1e-9)
	})
}

func sumOf(names []string, slice time.Time) (sum float64) {
	for _, name := range names {
		sum += traffic(name, slice, slice.Add(5*time.Minute))
	}
	return sum
}

func TestMissingSlicesStayMissingUnlessTheyCountAsZero(t *testing.T) {
	inLab(t, cdnsim.Options{Missing: 0.2}, func(l *lab) {
		request := last(24 * time.Hour)
		missing := l.read(request)
		require.NotEmpty(t, missing.Missing)
		assert.Len(t, missing.Slices, 285-len(missing.Missing))

		request.FixTimeGap = true
		filled := l.read(request)
		assert.Len(t, filled.Slices, 285)
		assert.Empty(t, filled.Missing)
		assert.Equal(t, 1, l.calls(), "what is known to be missing is known to be zero")
	})
	t.Run("and zeros that were asked for are not taken for counted ones", func(t *testing.T) {
		inLab(t, cdnsim.Options{Missing: 0.2}, func(l *lab) {
			request := last(24 * time.Hour)
			request.FixTimeGap = true
			assert.Len(t, l.read(request).Slices, 285)
			assert.Equal(t, "true", l.sim.Calls()[0].Params["FixTimeGap"])

			request.FixTimeGap = false
			assert.NotEmpty(t, l.read(request).Missing)
		})
	})
}

func TestProvisionalSlicesAreAskedForOncePerMinute(t *testing.T) {
	inLab(t, cdnsim.Options{}, func(l *lab) {
		time.Sleep(time.Minute)
		live := func() Series {
			request := last(time.Hour)
			request.Provisional = true
			return l.read(request)
		}
		series := live()
		assert.Equal(t, at(t, "2000-01-01 12:30:00"), series.Slices[len(series.Slices)-1].Start, "the slice that is under way")
		l.calls()

		busiest := 0
		for range 10 {
			time.Sleep(time.Second)
			for range 12 {
				live()
				time.Sleep(5 * time.Second)
			}
			for _, call := range l.sim.Calls() {
				assert.GreaterOrEqual(t, call.Params["StartTime"], "2000-01-01T12:15Z", "the tail only")
			}
			busiest = max(busiest, l.calls())
		}
		assert.Equal(t, 1, busiest)
	})
}

func TestEightColdPanelsMakeTheCallsOfOne(t *testing.T) {
	inLab(t, cdnsim.Options{Latency: 50 * time.Millisecond}, func(l *lab) {
		request := last(30 * 24 * time.Hour)
		request.Granularity = 5 * time.Minute
		var panels sync.WaitGroup
		var made sync.Map
		for i := range 8 {
			panels.Go(func() {
				series := l.read(request)
				made.Store(i, len(series.Calls))
				l.requireExact(series, at(t, "1999-12-02 12:30:00"), at(t, "2000-01-01 12:15:00"))
			})
		}
		panels.Wait()
		assert.Equal(t, 11, l.calls())
		sum := 0
		made.Range(func(_, calls any) bool { sum += calls.(int); return true })
		assert.Equal(t, 11, sum, "each call is told by whoever made it")
	})
}

func TestOneCallersLeavingDoesNotFailTheOthers(t *testing.T) {
	inLab(t, cdnsim.Options{Latency: time.Second}, func(l *lab) {
		request := last(time.Hour)
		ctx, leave := context.WithCancel(context.Background())
		var first, second Series
		var readers sync.WaitGroup
		readers.Go(func() { first = l.reader.Read(ctx, request).Series[0] })
		time.Sleep(300 * time.Millisecond)
		readers.Go(func() { second = l.reader.Read(context.Background(), request).Series[0] })
		time.Sleep(300 * time.Millisecond)
		leave()
		readers.Wait()
		assert.ErrorIs(t, first.Err, context.Canceled)
		require.NoError(t, second.Err)
		l.requireExact(second, at(t, "2000-01-01 11:30:00"), at(t, "2000-01-01 12:15:00"))
		assert.Equal(t, 1, l.calls())
	})
}

func TestACallNobodyWaitsForIsGivenUp(t *testing.T) {
	inLab(t, cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault { return &cdnsim.Fault{Hang: true} }}, func(l *lab) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		series := l.reader.Read(ctx, last(time.Hour)).Series[0]
		assert.ErrorIs(t, series.Err, context.DeadlineExceeded)
		// The bubble fails the test if the call goes on.
	})
}

func TestPassingFailuresAreRetriedWithGrowingPauses(t *testing.T) {
	for name, fault := range map[string]cdnsim.Fault{
		"throttling":          {Error: &cdnsim.Error{Status: http.StatusBadRequest, Code: "Throttling.User"}},
		"an internal error":   {Error: &cdnsim.Error{Status: http.StatusInternalServerError, Code: "InternalError"}},
		"a gateway's page":    {Status: http.StatusBadGateway, Body: "<html>bad gateway</html>"},
		"a broken connection": {Break: true},
	} {
		t.Run(name, func(t *testing.T) {
			failing := 3
			var mu sync.Mutex
			var starts []time.Time
			inLab(t, cdnsim.Options{Fault: func(call cdnsim.Call) *cdnsim.Fault {
				mu.Lock()
				defer mu.Unlock()
				starts = append(starts, call.Time)
				if failing--; failing >= 0 {
					return &fault
				}
				return nil
			}}, func(l *lab) {
				l.read(last(time.Hour))
				require.Len(t, starts, 4)
				first, third := starts[1].Sub(starts[0]), starts[3].Sub(starts[2])
				assert.GreaterOrEqual(t, first, 250*time.Millisecond)
				assert.Greater(t, third, first)

				failing = 100
				starts = nil
				series := l.reader.Read(context.Background(), last(2*time.Hour)).Series[0]
				assert.Error(t, series.Err)
				assert.Len(t, starts, maxTries)
			})
		})
	}
	t.Run("but not what will fail again", func(t *testing.T) {
		inLab(t, cdnsim.Options{Denied: []string{cdn.SrcFlowData.Name()}}, func(l *lab) {
			series := l.reader.Read(context.Background(), last(time.Hour)).Series[0]
			assert.Equal(t, cdn.Forbidden, kindOf(series.Err))
			assert.Equal(t, 1, l.calls())
		})
	})
}

func TestAQueryThatTheBudgetCannotServeInTimeAnswersWithWhatItHas(t *testing.T) {
	inLab(t, cdnsim.Options{Domains: cdnsim.ManyDomains(100)}, func(l *lab) {
		l.reader.Account = NewAccount(Limits{CallsPerSecond: 2, CacheBytes: 64 << 20})
		var names []string
		for i := range 100 {
			names = append(names, fmt.Sprintf("site-%05d.example.com", i+1))
		}
		const patience = 10*time.Second + 100*time.Millisecond // not on the instant of a turn
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		start := time.Now()
		result := l.reader.Read(ctx, last(time.Hour, names...))
		assert.Equal(t, patience, time.Since(start))
		served, late := 0, 0
		for _, s := range result.Series {
			if s.Err == nil {
				served++
				assert.NotEmpty(t, s.Slices)
				continue
			}
			late++
			assert.ErrorIs(t, s.Err, ErrBudget)
		}
		assert.InDelta(t, 20, served, 2)
		assert.Equal(t, 100, served+late)
	})
}

func TestFiveHundredDomainsRunAtTheSpeedOfTheBudget(t *testing.T) {
	inLab(t, cdnsim.Options{Domains: cdnsim.ManyDomains(500), Latency: 50 * time.Millisecond, CallsPerSecond: 130}, func(l *lab) {
		var names []string
		for i := range 500 {
			names = append(names, fmt.Sprintf("site-%05d.example.com", i+1))
		}
		start := time.Now()
		result := l.reader.Read(context.Background(), last(24*time.Hour, names...))
		for _, s := range result.Series {
			require.NoError(t, s.Err)
		}
		assert.Equal(t, 500, l.calls())
		assert.InDelta(t, 5, time.Since(start).Seconds(), 0.5)
	})
}

func TestASmallCacheIsSlowerAndJustAsRight(t *testing.T) {
	inLab(t, cdnsim.Options{}, func(l *lab) {
		l.reader.Account = NewAccount(Limits{CallsPerSecond: 100, CacheBytes: 4 * blockBytes})
		request := last(10 * 24 * time.Hour)
		request.Granularity = 5 * time.Minute
		for range 2 {
			l.requireExact(l.read(request), at(t, "1999-12-22 12:30:00"), at(t, "2000-01-01 12:15:00"))
			assert.LessOrEqual(t, l.reader.Account.store.blocks.Len(), 4)
		}
	})
}

func TestTwoHundredConcurrentMixedRequests(t *testing.T) {
	inLab(t, cdnsim.Options{Latency: 20 * time.Millisecond, Missing: 0.01}, func(l *lab) {
		names := []string{domain, "img.example.com", "video.example.com", "unknown.example.com"}
		var readers sync.WaitGroup
		for i := range 200 {
			readers.Go(func() {
				request := last(time.Duration(1+i%48)*time.Hour, names[:1+i%4]...)
				request.Granularity = []time.Duration{0, 5 * time.Minute, time.Hour, 24 * time.Hour}[i%4]
				request.TimeMerge = []TimeMerge{MergeAuto, MergeOn, MergeOff}[i%3]
				request.FixTimeGap, request.Provisional, request.Alert = i%5 == 0, i%7 == 0, i%2 == 0
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(1+i%30)*100*time.Millisecond)
				defer cancel()
				l.reader.Read(ctx, request)
				_, _ = l.reader.Domains(ctx, i%2 == 0)
			})
		}
		readers.Wait()
		assert.Empty(t, l.reader.Account.flights)
	})
}

func TestAQueryOutOfTimeTellsTheCause(t *testing.T) {
	busy := cdnsim.Fault{Error: &cdnsim.Error{Status: http.StatusServiceUnavailable, Code: "ServiceUnavailable"}}
	inLab(t, cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault { return &busy }}, func(l *lab) {
		ctx, cancel := context.WithTimeout(context.Background(), 800*time.Millisecond)
		defer cancel()
		series := l.reader.Read(ctx, last(time.Hour)).Series[0]
		assert.Equal(t, cdn.Busy, kindOf(series.Err))
	})
}

func TestTheListOfDomainsIsGivenUpInTheEnd(t *testing.T) {
	inLab(t, cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault { return &cdnsim.Fault{Hang: true} }}, func(l *lab) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		start := time.Now()
		_, err := l.reader.Domains(ctx, false)
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		_, err = l.reader.Domains(context.Background(), false)
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, listWithin, time.Since(start))
	})
}
