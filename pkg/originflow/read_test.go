package originflow

import (
	"context"
	"regexp"
	"strings"
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
		assert.Equal(t, "2000-01-01T12:25Z", l.sim.Calls()[0].Params["EndTime"])
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

func TestASpanThatIsAnsweredWithLongerSlicesIsAskedForInParts(t *testing.T) {
	inLab(t, cdnsim.Options{SpanLimit: map[time.Duration]time.Duration{5 * time.Minute: 24 * time.Hour}}, func(l *lab) {
		request := last(60 * time.Hour)
		request.Granularity = 5 * time.Minute
		series := l.read(request)
		assert.False(t, series.Coarser)
		l.requireExact(series, at(t, "1999-12-30 00:30:00"), at(t, "2000-01-01 12:15:00"))
		assert.Equal(t, 9, l.calls(), "twice whole, once short to see that 5 minutes are served, twice halves, quarters")

		t.Log("after that the parts are short enough")
		request.Targets = last(0, "img.example.com").Targets
		l.requireExact(l.read(request), at(t, "1999-12-30 00:30:00"), at(t, "2000-01-01 12:15:00"))
		assert.Equal(t, 5, l.calls(), "each strictly shorter than a quarter")

		t.Log("for an hour, should the API be mended meanwhile")
		l.sim.Change(func(o *cdnsim.Options) { o.SpanLimit = nil })
		time.Sleep(61 * time.Minute)
		request = last(60*time.Hour, "video.example.com")
		request.Granularity = 5 * time.Minute
		l.read(request)
		assert.Equal(t, 1, l.calls())
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
		l.calls()

		t.Log("nor for every span of a long range")
		month := last(30*24*time.Hour, "unknown.example.com")
		month.Granularity = 5 * time.Minute
		time.Sleep(2 * time.Minute)
		l.reader.Read(context.Background(), month)
		assert.Equal(t, 1, l.calls())

		t.Log("and is not asked for again at every refresh")
		again := func() int {
			result := l.reader.Read(context.Background(), last(time.Hour, "unknown.example.com"))
			assert.Equal(t, cdn.UnknownDomain, kindOf(result.Series[0].Err))
			return l.calls()
		}
		assert.Zero(t, again())
		time.Sleep(time.Minute)
		assert.Equal(t, 1, again())
	})
}

func TestADomainThatIsOfflineIsNotAskedForAgainAtEveryRefresh(t *testing.T) {
	offline := cdnsim.Fault{Error: &cdnsim.Error{Status: 404, Code: "InvalidDomain.Offline"}}
	inLab(t, cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault { return &offline }}, func(l *lab) {
		for _, calls := range []int{1, 0} {
			result := l.reader.Read(context.Background(), last(time.Hour))
			assert.Equal(t, cdn.Offline, kindOf(result.Series[0].Err))
			assert.Equal(t, calls, l.calls())
		}
	})
}

func TestAListOfDomainsWithoutATotalIsReadToItsEnd(t *testing.T) {
	total := regexp.MustCompile(`"TotalCount":\d+`)
	silent := cdnsim.Fault{Edit: func(body []byte) []byte { return total.ReplaceAll(body, []byte(`"TotalCount":null`)) }}
	inLab(t, cdnsim.Options{
		Domains: cdnsim.ManyDomains(501), Fault: func(cdnsim.Call) *cdnsim.Fault { return &silent },
	}, func(l *lab) {
		list, err := l.reader.Domains(context.Background(), false)
		require.NoError(t, err)
		assert.Len(t, list.Domains, 501)
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

func TestARetiredOperationIsNotAskedForEverySpanOfALargeQuery(t *testing.T) {
	names, domains := some(40, 0)
	options := cdnsim.Options{Domains: domains, Retired: true, Latency: 50 * time.Millisecond}
	inLab(t, options, func(l *lab) {
		l.reader.Account = NewAccount(Limits{CallsPerSecond: 20, CacheBytes: 64 << 20})
		request := last(30*24*time.Hour, names...)
		request.Granularity = 5 * time.Minute
		for _, s := range l.reader.Read(context.Background(), request).Series {
			require.NoError(t, s.Err)
		}
		old := 0
		for _, call := range l.sim.Calls() {
			if call.Operation == cdn.SrcFlowData.Name() {
				old++
			}
		}
		assert.LessOrEqual(t, old, 10, "those that were under way when the first was refused")
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
		assert.InDelta(t, sumOf(names[:3], start), few.Slices[0].Volume, 0.5)
		l.calls()

		all := merged("*")
		require.Len(t, l.sim.Calls(), 1)
		assert.NotContains(t, l.sim.Calls()[0].Params, "DomainName")
		l.calls()

		t.Log("a list longer than one call takes is the sum of several calls")
		list := merged("list", names...)
		assert.Equal(t, 3, l.calls())
		assert.InEpsilon(t, all.Slices[0].Volume, list.Slices[0].Volume, 1e-9)
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
				assert.GreaterOrEqual(t, call.Params["StartTime"], "2000-01-01T11:30Z", "the tail and what is held before it")
			}
			busiest = max(busiest, l.calls())
		}
		assert.Equal(t, 1, busiest)
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

func TestDataSourcesThatDisagreeOnTheDelayDoNotShareSlices(t *testing.T) {
	inLab(t, cdnsim.Options{}, func(l *lab) {
		hasty := *l.reader
		hasty.DataDelay = 0
		early := hasty.Read(context.Background(), last(time.Hour)).Series[0]
		assert.Equal(t, at(t, "2000-01-01 12:25:00"), early.Slices[len(early.Slices)-1].Start)

		time.Sleep(15 * time.Minute)
		l.requireExact(l.read(last(time.Hour)), at(t, "2000-01-01 11:45:00"), at(t, "2000-01-01 12:30:00"))
	})
}
