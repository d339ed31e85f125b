package originflow

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// quotients are the ratios of the catalogue: what the simulated API holds of a slice, of the one and of the other.
var quotients = map[string]func(domain string, slice time.Time) (of, by int64){
	"hitRatio": func(domain string, slice time.Time) (of, by int64) {
		by = cdnsim.EdgeTraffic(domain, slice)
		return by - cdnsim.Traffic(domain, slice), by
	},
	"requestHitRatio": func(domain string, slice time.Time) (of, by int64) {
		by = cdnsim.EdgeRequests(domain, slice)
		return by - cdnsim.OriginRequests(domain, slice), by
	},
	"originShare": func(domain string, slice time.Time) (of, by int64) {
		return cdnsim.Traffic(domain, slice), cdnsim.EdgeTraffic(domain, slice)
	},
}

// quotient is a ratio of domains over [from, to), in per cent: that of the sums of those 5-minute slices that count.
func quotient(metric string, domains []string, from, to time.Time, counts func(slice time.Time) bool) float64 {
	var of, by int64
	for slice := from; slice.Before(to); slice = slice.Add(5 * time.Minute) {
		for _, d := range domains {
			if o, b := quotients[metric](d, slice); counts == nil || counts(slice) {
				of, by = of+o, by+b
			}
		}
	}
	return 100 * float64(of) / float64(by)
}

// requireQuotient compares a series with the ratio of the sums: every slice of [from, to), nothing else.
func (l *lab) requireQuotient(series Series, metric string, domains []string, from, to time.Time, counts func(time.Time) bool) {
	l.Helper()
	next := from
	for _, s := range series.Slices {
		require.Equal(l, next, s.Start)
		next = s.Start.Add(series.Step)
		require.InDelta(l, quotient(metric, domains, s.Start, next, counts), s.Percent, 1e-4, "slice %s", s.Start)
		require.Zero(l, s.Volume)
	}
	require.Equal(l, to, next)
	require.Empty(l, series.Missing)
	require.InDelta(l, quotient(metric, domains, from, to, counts), series.Total, 1e-4)
}

// demoNames are the domains of the demo account.
func demoNames() (names []string) {
	for _, d := range cdnsim.DemoDomains() {
		names = append(names, d.Name)
	}
	return names
}

func TestARatioIsThatOfTheSums(t *testing.T) {
	rolledUp := map[string]stretched{"hours rolled up": {
		func() Request {
			request := last(60 * 24 * time.Hour)
			request.Interval, request.MaxDataPoints = 6*time.Hour, 2000
			return request
		},
		"1999-11-02 12:00:00", "2000-01-01 12:00:00", 6 * time.Hour,
	}}
	eachSelection(t, slices.Collect(maps.Keys(quotients)), rolledUp, func(l *lab, s selection) {
		l.requireTwice(s, func(series Series) { l.requireQuotient(series, s.metric, s.counted, s.from, s.to, nil) })
	})
}

func TestARatioNamesBothOfItsOperations(t *testing.T) {
	inLab(t, cdnsim.Options{}, func(l *lab) {
		for metric, want := range map[string]string{
			"hitRatio":        "DescribeDomainHitRateData,DescribeDomainTrafficData",
			"requestHitRatio": "DescribeDomainReqHitRateData,DescribeDomainQpsData",
			"originShare":     "DescribeDomainSrcFlowData,DescribeDomainTrafficData",
		} {
			assert.Equal(t, want, l.reader.Read(context.Background(), of(metric, last(time.Hour))).Operation)
		}
	})
}

func TestAProvisionalRatioIsThatOfWhatThereIs(t *testing.T) {
	options := cdnsim.Options{
		Late:  cdnsim.LateAbsent,
		Delay: map[time.Duration]time.Duration{5 * time.Minute: 0},
	}
	for metric := range quotients {
		for length, from := range map[time.Duration]string{5 * time.Minute: "2000-01-01 06:30:00", time.Hour: "1999-12-31 00:00:00"} {
			inLab(t, options, func(l *lab) {
				back := map[time.Duration]time.Duration{5 * time.Minute: 6 * time.Hour, time.Hour: 36 * time.Hour}[length]
				request := in(length, of(metric, last(back)))
				request.Provisional = true
				for range 2 {
					series := l.read(request)
					newest := series.Slices[len(series.Slices)-1]
					whole := series
					whole.Slices = whole.Slices[:len(whole.Slices)-1]
					end := newest.Start.Add(series.Step)
					if length == time.Hour {
						assert.Equal(t, at(t, "2000-01-01 12:00:00"), newest.Start)
						end = at(t, "2000-01-01 12:30:00") // what has begun of it
					} else {
						assert.Equal(t, at(t, "2000-01-01 12:25:00"), newest.Start)
					}
					whole.Total = quotient(metric, []string{domain}, at(t, from), newest.Start, nil)
					l.requireQuotient(whole, metric, []string{domain}, at(t, from), newest.Start, nil)
					require.InDelta(l, quotient(metric, []string{domain}, newest.Start, end, nil), newest.Percent, 1e-4)
				}
				assert.Equal(t, map[time.Duration]int{5 * time.Minute: 2, time.Hour: 4}[length], l.calls(), "one of each operation and length")
			})
		}
	}
}

func TestARatioOfNothingIsMissing(t *testing.T) {
	const silent = "docs.example.org" // from 10:00 to 10:30 UTC, among others
	for metric := range quotients {
		for _, fixGap := range []bool{false, true} {
			inLab(t, cdnsim.Options{}, func(l *lab) {
				request := of(metric, last(3*time.Hour, silent))
				request.FixTimeGap = fixGap
				series := l.read(request)
				assert.Len(t, series.Slices, 33-6)
				require.Len(l, series.Missing, 6)
				for i, start := range series.Missing {
					assert.Equal(t, at(t, "2000-01-01 10:00:00").Add(time.Duration(i)*5*time.Minute), start)
				}
				assert.InDelta(t, quotient(metric, []string{silent}, at(t, "2000-01-01 09:30:00"), at(t, "2000-01-01 12:15:00"), nil), series.Total, 1e-4)

				request = together(request, silent, domain)
				assert.Empty(t, l.read(request).Missing, "but not if another domain of the series has something")
			})
		}
	}
}

// without takes points out of the answers of an operation: those that start at one of the minutes of an hour.
func without(operation string, minutes ...string) func(cdnsim.Call) *cdnsim.Fault {
	return func(call cdnsim.Call) *cdnsim.Fault {
		if call.Operation != operation {
			return nil
		}
		return &cdnsim.Fault{Edit: func(body []byte) []byte {
			text := string(body)
			for _, minute := range minutes {
				// A point that has another time stamp is none.
				text = strings.ReplaceAll(text, ":"+minute+":00Z\",\"Value", "\",\"Value")
				text = strings.ReplaceAll(text, ":"+minute+":00Z\",\"AccValue", "\",\"AccValue")
			}
			return []byte(text)
		}}
	}
}

func TestASliceThatOneOperationHasNothingForCountsInNeither(t *testing.T) {
	// The cache of static.example.com is broken from minute 20 on: to lose those slices shifts any sum.
	const lossy = "static.example.com"
	gone := func(slice time.Time) bool { return slice.Minute() != 25 && slice.Minute() != 30 }
	for metric, operations := range map[string][]string{
		"hitRatio":        {cdn.HitRateData.Name(), cdn.TrafficData.Name()},
		"requestHitRatio": {cdn.ReqHitRateData.Name(), cdn.QPSData.Name()},
		"originShare":     {cdn.SrcFlowData.Name(), cdn.TrafficData.Name()},
	} {
		for _, operation := range operations {
			t.Run(metric+" without "+operation, func(t *testing.T) {
				inLab(t, cdnsim.Options{Fault: without(operation, "25", "30")}, func(l *lab) {
					series := l.read(of(metric, last(3*time.Hour, lossy)))
					require.Len(l, series.Missing, 5)
					require.Len(l, series.Slices, 33-5)
					for _, s := range series.Slices {
						require.InDelta(l, quotient(metric, []string{lossy}, s.Start, s.Start.Add(5*time.Minute), gone), s.Percent, 1e-4)
					}

					t.Log("nor in hours that are put together, by the panel or because the API's come later")
					request := of(metric, last(3*time.Hour, lossy))
					request.Interval = time.Hour
					l.requireQuotient(l.read(request), metric, []string{lossy}, at(t, "2000-01-01 09:00:00"), at(t, "2000-01-01 12:00:00"), gone)
					request.Interval, request.Granularity = 0, time.Hour
					l.requireQuotient(l.read(request), metric, []string{lossy}, at(t, "2000-01-01 09:00:00"), at(t, "2000-01-01 12:00:00"), gone)

					t.Log("nor in a sum of domains")
					l.sim.Change(func(o *cdnsim.Options) { o.NoLists = true })
					whole := together(of(metric, last(3*time.Hour)), lossy, "shop.example.org")
					for _, s := range l.read(whole).Slices {
						require.InDelta(l, quotient(metric, []string{lossy, "shop.example.org"}, s.Start, s.Start.Add(5*time.Minute), gone), s.Percent, 1e-4)
					}
				})
			})
		}
	}
}

func TestAFilledGapIsAShareOfNothingButNoRatio(t *testing.T) {
	for metric, operation := range map[string]string{
		"originShare": cdn.SrcFlowData.Name(), // nothing pulled from the origin is 0 % of what was delivered
		"hitRatio":    cdn.HitRateData.Name(), // nothing known of the cache is not that it hit nothing
	} {
		inLab(t, cdnsim.Options{Fault: without(operation, "25")}, func(l *lab) {
			request := of(metric, last(90*time.Minute))
			request.FixTimeGap = true
			series := l.read(request)
			var zeros []time.Time
			for _, s := range series.Slices {
				if s.Percent == 0 {
					zeros = append(zeros, s.Start)
				}
			}
			gap := []time.Time{at(t, "2000-01-01 11:25:00")}
			if metric == "originShare" {
				assert.Equal(t, gap, zeros)
				assert.Empty(t, series.Missing)
			} else {
				assert.Empty(t, zeros)
				assert.Equal(t, gap, series.Missing)
			}
		})
	}
}

func TestARatioFailsWithWhicheverOperationFails(t *testing.T) {
	busy := cdnsim.Error{Status: http.StatusInternalServerError, Code: "InternalError"}
	for metric, operations := range map[string][]string{
		"hitRatio":        {cdn.HitRateData.Name(), cdn.TrafficData.Name()},
		"requestHitRatio": {cdn.ReqHitRateData.Name(), cdn.QPSData.Name()},
		"originShare":     {cdn.SrcFlowData.Name(), cdn.TrafficData.Name()},
	} {
		for _, operation := range operations {
			t.Run(metric+" without "+operation, func(t *testing.T) {
				inLab(t, cdnsim.Options{Denied: []string{operation}}, func(l *lab) {
					result := l.reader.Read(context.Background(), of(metric, last(time.Hour)))
					assert.Equal(t, cdn.Forbidden, kindOf(result.Series[0].Err))
					assert.Equal(t, operation, l.fails(of(metric, last(time.Hour))).Operation)
					assert.Empty(t, result.Series[0].Slices)
					assert.Empty(t, result.Series[0].Missing, "which is not known")
				})
				inLab(t, cdnsim.Options{Fault: func(call cdnsim.Call) *cdnsim.Fault {
					if call.Operation == operation {
						return &cdnsim.Fault{Error: &busy}
					}
					return nil
				}}, func(l *lab) {
					failure := l.fails(of(metric, last(time.Hour)))
					assert.Equal(t, cdn.Busy, failure.Kind())
					assert.Equal(t, operation, failure.Operation)
				})
			})
		}
	}
}

func TestADomainThatIsRefusedIsLeftOutOfBothSums(t *testing.T) {
	names, domains := some(16, 5)
	others := append(append([]string{}, names[:4]...), names[5:]...)
	for metric := range quotients {
		inLab(t, cdnsim.Options{Domains: domains, OfflineRefused: true}, func(l *lab) {
			for range 2 {
				series := l.read(together(of(metric, last(time.Hour)), names...))
				assert.Equal(t, []string{names[4]}, series.LeftOut)
				l.requireQuotient(series, metric, others, at(t, "2000-01-01 11:30:00"), at(t, "2000-01-01 12:15:00"), nil)
			}
			l.calls()
			time.Sleep(5 * time.Minute)
			l.read(together(of(metric, last(time.Hour)), names...))
			assert.LessOrEqual(t, l.calls(), 4, "of each operation, the others together and the one alone")
		})
	}
}

func TestARatioOfDomainsThatGoInSeveralCallsIsThatOfAllOfThem(t *testing.T) {
	long := func(count int) (names []string, domains []cdnsim.Domain) {
		for range count {
			name := strings.Repeat("a", 50) + string(rune('a'+len(names)/26)) + string(rune('a'+len(names)%26)) + "." + strings.Repeat("b", 50) + ".example.com"
			names, domains = append(names, name), append(domains, cdnsim.Domain{Name: name})
		}
		return names, domains
	}
	many, accountOfMany := some(450, 0)
	few, accountOfFew := some(12, 0)
	longOnes, accountOfLongOnes := long(130)
	for name, c := range map[string]struct {
		names   []string
		options cdnsim.Options
	}{
		"more than one call can name": {many, cdnsim.Options{Domains: accountOfMany}},
		"longer than a URL":           {longOnes, cdnsim.Options{Domains: accountOfLongOnes}},
		"an API that takes no lists":  {few, cdnsim.Options{Domains: accountOfFew, NoLists: true}},
	} {
		t.Run(name, func(t *testing.T) {
			for metric := range quotients {
				inLab(t, c.options, func(l *lab) {
					series := l.read(together(of(metric, last(time.Hour)), c.names...))
					assert.Empty(t, series.LeftOut)
					l.requireQuotient(series, metric, c.names, at(t, "2000-01-01 11:30:00"), at(t, "2000-01-01 12:15:00"), nil)
					assert.Greater(t, l.calls(), 2)
				})
			}
		})
	}
}

func TestARatioIsNotLeftToTheAPIsChoiceOfLengths(t *testing.T) {
	for metric := range quotients {
		inLab(t, cdnsim.Options{}, func(l *lab) {
			request := of(metric, last(5*24*time.Hour))
			request.TimeMerge = MergeOn
			series := l.read(request)
			assert.Equal(t, 5*time.Minute, series.Step, "as without TimeMerge")
			l.requireQuotient(series, metric, []string{domain}, at(t, "1999-12-27 12:30:00"), at(t, "2000-01-01 12:15:00"), nil)
			for _, call := range l.sim.Calls() {
				assert.NotContains(t, call.Params, "TimeMerge")
			}
		})
	}
}

func TestARatioGoesOnWithTheSuccessorOfARetiredOperation(t *testing.T) {
	inLab(t, cdnsim.Options{Retired: true}, func(l *lab) {
		for _, calls := range []map[string]int{
			{cdn.SrcFlowData.Name(): 1, cdn.SrcTrafficData.Name(): 1, cdn.TrafficData.Name(): 1}, {},
		} {
			series := l.read(of("originShare", last(time.Hour)))
			l.requireQuotient(series, "originShare", []string{domain}, at(t, "2000-01-01 11:30:00"), at(t, "2000-01-01 12:15:00"), nil)
			assert.Equal(t, calls, l.callsByOperation())
		}
		assert.Equal(t, "DescribeDomainSrcTrafficData,DescribeDomainTrafficData",
			l.reader.Read(context.Background(), of("originShare", last(time.Hour))).Operation)
	})
}

// A reader that is told another unit of the old operation must not show a share of 800 %.
func TestTheUnitOfTheOldOperationCountsInItsShare(t *testing.T) {
	inLab(t, cdnsim.Options{}, func(l *lab) {
		l.reader.SrcFlowUnit = cdn.Byte
		series := l.read(of("originShare", last(time.Hour)))
		for _, s := range series.Slices {
			assert.InDelta(t, 8*quotient("originShare", []string{domain}, s.Start, s.Start.Add(5*time.Minute), nil), s.Percent, 1e-3)
		}
		assert.NotEmpty(t, series.Slices)
	})
}
