package originflow

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

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

func TestACallThatLeavesTheLengthToTheAPIIsNotJoinedByOthers(t *testing.T) {
	options := cdnsim.Options{
		Latency: time.Second, SpanLimit: map[time.Duration]time.Duration{5 * time.Minute: 24 * time.Hour},
	}
	inLab(t, options, func(l *lab) {
		merged, plain := last(36*time.Hour), last(20*time.Hour)
		merged.TimeMerge = MergeOn
		var readers sync.WaitGroup
		readers.Go(func() { assert.Equal(t, time.Hour, l.read(merged).Step) })
		time.Sleep(300 * time.Millisecond)
		assert.Equal(t, 5*time.Minute, l.read(plain).Step)
		readers.Wait()
	})
}
