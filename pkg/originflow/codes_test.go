package originflow

import (
	"context"
	"maps"
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// statuses are the metrics by status code: what the simulated API holds of a slice.
var statuses = map[string]func(domain string, slice time.Time) map[int]int64{
	"originStatus": cdnsim.OriginStatus, "edgeStatus": cdnsim.EdgeStatus,
}

// countsOf are the counts of domains by code over [from, to).
func countsOf(metric string, domains []string, from, to time.Time) map[int]float64 {
	counts := map[int]float64{}
	for slice := from; slice.Before(to); slice = slice.Add(5 * time.Minute) {
		for _, d := range domains {
			for code, count := range statuses[metric](d, slice) {
				counts[code] += float64(count)
			}
		}
	}
	return counts
}

func sumOfCounts(counts map[int]float64) (sum float64) {
	for _, count := range counts {
		sum += count
	}
	return sum
}

// requireCounts compares a series with what was answered: the total and each code that occurred, in every slice of [from,
// to), nothing else. keeps tells which codes are to be there; nil for all.
func (l *lab) requireCounts(series Series, metric string, domains []string, from, to time.Time, keeps func(int) bool) {
	l.Helper()
	next := from
	for i, s := range series.Slices {
		require.Equal(l, next, s.Start)
		next = s.Start.Add(series.Step)
		counts := countsOf(metric, domains, s.Start, next)
		sum := sumOfCounts(counts)
		require.Equal(l, sum, s.Volume, "slice %s", s.Start)
		require.InDelta(l, sum/series.Step.Seconds(), s.PerSecond, 1e-6)
		require.EqualValues(l, 100, s.Percent)
		for _, line := range series.Codes {
			one := line.Slices[i]
			require.Equal(l, s.Start, one.Start)
			require.Equal(l, counts[line.Code], one.Volume, "%d in slice %s", line.Code, s.Start)
			require.InDelta(l, counts[line.Code]/series.Step.Seconds(), one.PerSecond, 1e-6)
			require.InDelta(l, 100*counts[line.Code]/sum, one.Percent, 1e-9)
		}
	}
	require.Equal(l, to, next)
	require.Empty(l, series.Missing)
	all := countsOf(metric, domains, from, to)
	require.Equal(l, sumOfCounts(all), series.Total)
	var codes []int
	for _, line := range series.Codes {
		codes = append(codes, line.Code)
		require.Len(l, line.Slices, len(series.Slices))
		require.Equal(l, all[line.Code], line.Total)
	}
	want := slices.Sorted(maps.Keys(all))
	if keeps != nil {
		want = slices.DeleteFunc(want, func(code int) bool { return !keeps(code) })
	}
	require.Equal(l, want, codes)
}

func TestStatusCodesAreCountedInSlicesOfAllLengths(t *testing.T) {
	merged := map[string]stretched{"one call that has the API choose": {
		func() Request {
			request := last(5 * 24 * time.Hour)
			request.TimeMerge = MergeOn
			return request
		},
		"1999-12-27 12:00:00", "2000-01-01 08:00:00", time.Hour,
	}}
	eachSelection(t, slices.Collect(maps.Keys(statuses)), merged, func(l *lab, s selection) {
		l.requireTwice(s, func(series Series) { l.requireCounts(series, s.metric, s.counted, s.from, s.to, nil) })

		errors := func(code int) bool { return code >= 500 }
		s.request.Codes = only(errors)
		l.requireCounts(l.read(s.request), s.metric, s.counted, s.from, s.to, errors)
		assert.Zero(l, l.calls(), "whichever codes are wanted")
	})
}

func TestCodesThatWereNotWantedAreHeldAllTheSame(t *testing.T) {
	inLab(t, cdnsim.Options{}, func(l *lab) {
		notFound := func(code int) bool { return code == 404 }
		request := of("edgeStatus", last(6*time.Hour))
		request.Codes = only(notFound)
		l.requireCounts(l.read(request), "edgeStatus", []string{domain}, at(t, "2000-01-01 06:30:00"), at(t, "2000-01-01 12:15:00"), notFound)
		l.calls()
		request.Codes = nil
		l.requireCounts(l.read(request), "edgeStatus", []string{domain}, at(t, "2000-01-01 06:30:00"), at(t, "2000-01-01 12:15:00"), nil)
		assert.Zero(t, l.calls())
	})
}

func TestProvisionalCountsAreHeldForAMinute(t *testing.T) {
	options := cdnsim.Options{Late: cdnsim.LateAbsent, Delay: map[time.Duration]time.Duration{5 * time.Minute: 0}}
	for metric := range statuses {
		inLab(t, options, func(l *lab) {
			request := of(metric, last(3*time.Hour))
			request.Provisional = true
			for _, calls := range []int{1, 0} {
				l.requireCounts(l.read(request), metric, []string{domain}, at(t, "2000-01-01 09:30:00"), at(t, "2000-01-01 12:30:00"), nil)
				assert.Equal(t, calls, l.calls())
			}
			t.Log("in the hour under way, too")
			request.Interval = time.Hour
			series := l.read(request)
			newest := series.Slices[len(series.Slices)-1]
			assert.Equal(t, at(t, "2000-01-01 12:00:00"), newest.Start)
			counts := countsOf(metric, []string{domain}, newest.Start, at(t, "2000-01-01 12:30:00"))
			assert.Equal(t, sumOfCounts(counts), newest.Volume)
			sum := 0.0
			for _, line := range series.Codes {
				one := line.Slices[len(line.Slices)-1]
				assert.Equal(t, counts[line.Code], one.Volume)
				sum += one.Volume
			}
			assert.Equal(t, newest.Volume, sum)
			assert.InDelta(t, newest.Volume/1800, newest.PerSecond, 1e-6, "over what of it has begun")
		})
	}
}

func TestASliceWithoutRequestsHasAShareOfNothing(t *testing.T) {
	const silent = "docs.example.org" // from 10:00 to 10:30 UTC, among others
	inLab(t, cdnsim.Options{}, func(l *lab) {
		for range 2 {
			series := l.read(of("edgeStatus", last(3*time.Hour, silent)))
			assert.Empty(t, series.Missing)
			require.NotEmpty(l, series.Codes)
			for _, line := range series.Codes {
				assert.Zero(t, line.Slices[6].Volume)
				assert.Zero(t, line.Slices[6].PerSecond)
				assert.True(t, math.IsNaN(line.Slices[6].Percent))
				assert.False(t, math.IsNaN(line.Slices[5].Percent))
			}
		}
	})
}

func TestMissingSlicesAreMissingInEveryLine(t *testing.T) {
	inLab(t, cdnsim.Options{Missing: 0.2}, func(l *lab) {
		request := of("edgeStatus", last(24*time.Hour))
		for _, fixGap := range []bool{false, true} {
			request.FixTimeGap = fixGap
			series := l.read(request)
			assert.Equal(t, fixGap, len(series.Missing) == 0)
			assert.Equal(t, 285, len(series.Slices)+len(series.Missing))
			for _, line := range series.Codes {
				assert.Equal(t, series.Missing, line.Missing)
				require.Len(l, line.Slices, len(series.Slices))
				for i, s := range line.Slices {
					require.Equal(l, series.Slices[i].Start, s.Start)
				}
			}
		}
	})
}

func TestCountsByCodeOfDomainsThatGoInSeveralCallsAddUp(t *testing.T) {
	names, domains := some(12, 7)
	others := append(append([]string{}, names[:6]...), names[7:]...)
	for name, options := range map[string]cdnsim.Options{
		"a domain that is refused":   {Domains: domains, OfflineRefused: true},
		"an API that takes no lists": {Domains: domains, OfflineRefused: true, NoLists: true},
	} {
		t.Run(name, func(t *testing.T) {
			inLab(t, options, func(l *lab) {
				for range 2 {
					series := l.read(together(of("originStatus", last(time.Hour)), names...))
					assert.Equal(t, []string{names[6]}, series.LeftOut)
					l.requireCounts(series, "originStatus", others, at(t, "2000-01-01 11:30:00"), at(t, "2000-01-01 12:15:00"), nil)
				}
			})
		})
	}
}

func TestCountsByCodeOfShorterSlicesThanAskedForAddUp(t *testing.T) {
	shorter := cdnsim.Fault{Interval: 5 * time.Minute}
	inLab(t, cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault { return &shorter }}, func(l *lab) {
		for range 2 {
			series := l.read(in(time.Hour, of("edgeStatus", last(24*time.Hour))))
			l.requireCounts(series, "edgeStatus", []string{domain}, at(t, "1999-12-31 12:00:00"), at(t, "2000-01-01 12:00:00"), nil)
		}
	})
}

func TestASliceThatIsAnsweredTwiceCountsOnce(t *testing.T) {
	double := func(body []byte) []byte { // the list of points, and the same again
		text := string(body)
		open := strings.Index(text, `"UsageData":[`) + len(`"UsageData":[`)
		points := text[open : len(text)-len(`]}}`)]
		return []byte(text[:open] + points + "," + points + `]}}`)
	}
	inLab(t, cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault { return &cdnsim.Fault{Edit: double} }}, func(l *lab) {
		l.requireCounts(l.read(of("edgeStatus", last(time.Hour))), "edgeStatus", []string{domain}, at(t, "2000-01-01 11:30:00"), at(t, "2000-01-01 12:15:00"), nil)
	})
}

// Errors that were first told as 200, and others that came later, must end up where they belong: with the same total.
func TestCodesThatChangeLaterHealWhereTheyAreHeld(t *testing.T) {
	var healed atomic.Bool
	swap := func(body []byte) []byte {
		return []byte(strings.ReplaceAll(strings.ReplaceAll(string(body), `"Code":"404"`, `"Code":"599"`), `"Code":"304"`, `"Code":"404"`))
	}
	inLab(t, cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault {
		if healed.Load() {
			return nil
		}
		return &cdnsim.Fault{Edit: swap}
	}}, func(l *lab) {
		request := of("edgeStatus", last(3*time.Hour))
		wrong := l.read(request)
		assert.True(t, slices.ContainsFunc(wrong.Codes, func(c CodeLine) bool { return c.Code == 599 }))

		healed.Store(true)
		time.Sleep(10 * time.Minute)
		request = of("edgeStatus", last(3*time.Hour))
		for range 2 {
			series := l.read(request)
			l.requireCounts(series, "edgeStatus", []string{domain}, at(t, "2000-01-01 09:40:00"), at(t, "2000-01-01 12:25:00"), nil)
			assert.Zero(t, series.Revised, "the totals are what they were")
		}
		assert.Equal(t, 2, l.calls(), "the calls that the new slices need")
	})
}

func TestLateCountsReplaceWhatIsHeld(t *testing.T) {
	const late = 40 * time.Minute
	inLab(t, lateBy(late, partly), func(l *lab) {
		l.read(of("originStatus", last(3*time.Hour)))
		l.calls()
		for range 60 {
			time.Sleep(time.Minute)
			series := l.read(of("originStatus", last(3*time.Hour)))
			had := time.Now().Add(-late - 5*time.Minute)
			for i, s := range series.Slices {
				if s.Start.Add(5 * time.Minute).After(had) {
					break
				}
				counts := countsOf("originStatus", []string{domain}, s.Start, s.Start.Add(5*time.Minute))
				require.Equal(l, sumOfCounts(counts), s.Volume, "slice %s at %s", s.Start, time.Now())
				for _, line := range series.Codes {
					require.Equal(l, counts[line.Code], line.Slices[i].Volume, "%d in slice %s at %s", line.Code, s.Start, time.Now())
				}
			}
		}
		assert.Equal(t, 12, l.calls(), "at no cost: the calls that new slices need")
	})
}

func TestTheMemoryOfCountsIsReckonedInAndOut(t *testing.T) {
	inLab(t, cdnsim.Options{}, func(l *lab) {
		account := l.reader.Account
		assert.Zero(t, account.CacheBytes())
		day := func(metric, name string) Request { return in(5*time.Minute, of(metric, last(3*24*time.Hour, name))) }
		l.read(day("edgeRequests", domain))
		plain := account.CacheBytes()
		l.read(day("edgeStatus", domain))
		withCodes := account.CacheBytes() - plain
		assert.Greater(t, withCodes, plain+4*5*packedBytes, "the codes come on top")
		assert.Less(t, withCodes, 4*plain, "packed")

		l.read(day("edgeStatus", "img.example.com"))
		account.mu.Lock()
		for account.store.blocks.Len() > 0 {
			account.store.blocks.RemoveOldest()
		}
		account.mu.Unlock()
		assert.Zero(t, account.CacheBytes(), "as it was before")

		l.requireCounts(l.read(day("edgeStatus", domain)), "edgeStatus", []string{domain}, at(t, "1999-12-29 12:30:00"), at(t, "2000-01-01 12:15:00"), nil)
		assert.Equal(t, withCodes, account.CacheBytes())
	})
}

func TestASmallCacheCountsByCodeJustAsRight(t *testing.T) {
	inLab(t, cdnsim.Options{}, func(l *lab) {
		const bound = 5 * blockBytes
		l.reader.Account = NewAccount(Limits{CallsPerSecond: 100, CacheBytes: bound})
		request := in(5*time.Minute, of("edgeStatus", last(10*24*time.Hour)))
		for range 2 {
			l.requireCounts(l.read(request), "edgeStatus", []string{domain}, at(t, "1999-12-22 12:30:00"), at(t, "2000-01-01 12:15:00"), nil)
			assert.LessOrEqual(t, l.reader.Account.CacheBytes(), int64(bound))
		}
	})
}

func TestACodeThatVanishesLeavesNeitherALineNorMemory(t *testing.T) {
	var corrected atomic.Bool
	inLab(t, cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault {
		if corrected.Load() {
			return nil
		}
		return &cdnsim.Fault{Edit: func(body []byte) []byte {
			return []byte(strings.ReplaceAll(string(body), `"Code":"404"`, `"Code":"418"`))
		}}
	}}, func(l *lab) {
		tea := func(s Series) bool {
			return slices.ContainsFunc(s.Codes, func(c CodeLine) bool { return c.Code == 418 })
		}
		assert.True(t, tea(l.read(of("edgeStatus", last(time.Hour)))))
		before := l.reader.Account.CacheBytes()
		corrected.Store(true)
		time.Sleep(5 * time.Minute)
		assert.False(t, tea(l.read(of("edgeStatus", last(time.Hour)))), "where the correction comes")
		assert.False(t, tea(l.read(of("edgeStatus", last(time.Hour)))), "nor from what is held")
		assert.InDelta(t, before, l.reader.Account.CacheBytes(), packedBytes)
	})
}

func TestAFailedSeriesByCodeTellsWhatItHas(t *testing.T) {
	inLab(t, cdnsim.Options{}, func(l *lab) {
		l.read(of("edgeStatus", last(time.Hour)))
		l.sim.Change(func(o *cdnsim.Options) { o.Denied = []string{cdn.HTTPCodeData.Name()} })
		time.Sleep(5 * time.Minute)
		series := l.reader.Read(context.Background(), of("edgeStatus", last(time.Hour))).Series[0]
		assert.Equal(t, cdn.Forbidden, kindOf(series.Err))
		l.requireCounts(series, "edgeStatus", []string{domain}, at(t, "2000-01-01 11:35:00"), at(t, "2000-01-01 12:15:00"), nil)
	})
}

// only has each code for itself, and leaves out those that are not wanted.
func only(wanted func(code int) bool) func(code int) (group int, ok bool) {
	return func(code int) (group int, ok bool) { return code, wanted(code) }
}
