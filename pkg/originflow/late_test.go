package originflow

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// lateBy has the API come by the number of every slice so long after the slice's end, and hold something else till then.
func lateBy(late time.Duration, before func(age time.Duration, final int64) (int64, bool)) cdnsim.Options {
	return cdnsim.Options{Held: func(_ string, _ time.Time, age time.Duration, final int64) (int64, bool) {
		if age >= late {
			return final, true
		}
		return before(age, final)
	}}
}

func absently(time.Duration, int64) (int64, bool)       { return 0, false }
func zero(time.Duration, int64) (int64, bool)           { return 0, true }
func partly(_ time.Duration, final int64) (int64, bool) { return final / 2, true }

// slicesOf are the values of a series by the start of the slice.
func slicesOf(series Series) map[time.Time]float64 {
	values := map[time.Time]float64{}
	for _, s := range series.Slices {
		values[s.Start] = s.Volume
	}
	return values
}

func TestLateDataReplacesWhatIsHeldWithinFiveMinutesOfALivePanel(t *testing.T) {
	for name, before := range map[string]func(time.Duration, int64) (int64, bool){
		"absent until it comes": absently, "zero until it comes": zero, "a part until it comes": partly,
	} {
		t.Run(name, func(t *testing.T) {
			const late = 52 * time.Minute
			inLab(t, lateBy(late, before), func(l *lab) {
				l.read(last(3 * time.Hour))
				l.calls()
				for range 120 {
					time.Sleep(time.Minute)
					series := l.read(last(3 * time.Hour))
					had := time.Now().Add(-late - 5*time.Minute) // what ended before came more than 5 minutes ago
					values := slicesOf(series)
					for start := series.Slices[0].Start; !start.Add(5 * time.Minute).After(had); start = start.Add(5 * time.Minute) {
						require.InDelta(t, traffic(domain, start, start.Add(5*time.Minute)), values[start], 0.5, "slice %s at %s", start, time.Now())
					}
				}
				assert.Equal(t, 24, l.calls(), "at no cost: the calls that new slices need")
			})
		})
	}
}

func TestALivePanelIsMendedThoughAnotherFetchesTheNewSlices(t *testing.T) {
	const late = 40 * time.Minute
	inLab(t, lateBy(late, partly), func(l *lab) {
		for range 90 {
			time.Sleep(time.Minute)
			whole := last(30 * time.Minute)
			whole.TimeMerge = MergeOn // which has new slices first, and does not look back further than its range
			l.read(whole)
			values := slicesOf(l.read(last(3 * time.Hour)))
			had := time.Now().Add(-late - 6*time.Minute)
			for start := at(t, "2000-01-01 12:00:00"); !start.Add(5 * time.Minute).After(had); start = start.Add(5 * time.Minute) {
				if held, shown := values[start]; shown {
					require.InDelta(t, traffic(domain, start, start.Add(5*time.Minute)), held, 0.5, "slice %s at %s", start, time.Now())
				}
			}
		}
	})
}

func TestAChangeOfWhatWasTakenAsFinalIsSaidOnce(t *testing.T) {
	inLab(t, lateBy(22*time.Minute, partly), func(l *lab) {
		l.read(last(time.Hour))
		said := 0
		for range 60 {
			time.Sleep(time.Minute)
			said += l.read(last(time.Hour)).Revised
			l.read(last(time.Hour))
		}
		assert.Equal(t, 12, said, "each slice that changed meanwhile, once")

		probe := l.reader.Probe(context.Background())
		assert.Equal(t, 15*time.Minute, probe.DataDelay)
		assert.Equal(t, 25*time.Minute, probe.Settles, "in steps of the calls that are made anyway")
	})
	t.Run("and nothing is said of an account that keeps its time", func(t *testing.T) {
		inLab(t, cdnsim.Options{}, func(l *lab) {
			for range 60 {
				time.Sleep(time.Minute)
				assert.Zero(t, l.read(last(time.Hour)).Revised)
			}
			assert.Zero(t, l.reader.Probe(context.Background()).Settles)
		})
	})
}

func TestACallForSomethingElseMendsWhatIsHeld(t *testing.T) {
	inLab(t, lateBy(40*time.Minute, absently), func(l *lab) {
		assert.NotEmpty(t, l.read(last(time.Hour)).Missing)
		time.Sleep(2 * time.Hour)
		day := last(24 * time.Hour)
		day.To = day.To.Add(-2 * time.Hour) // what was held as missing, and colder slices
		l.requireExact(l.read(day), at(t, "1999-12-31 14:30:00"), at(t, "2000-01-01 12:30:00"))
	})
}

func TestAPastRangeIsMendedWhenItIsLookedAtAgain(t *testing.T) {
	inLab(t, lateBy(6*time.Hour, partly), func(l *lab) {
		past := last(2 * time.Hour)
		past.To = at(t, "2000-01-01 12:00:00")
		l.read(past)
		assert.Equal(t, 1, l.calls())

		for range 11 {
			time.Sleep(5 * time.Minute)
			l.read(past)
		}
		assert.Zero(t, l.calls(), "not at every refresh")

		time.Sleep(6 * time.Hour)
		l.requireExact(l.read(past), at(t, "2000-01-01 10:30:00"), at(t, "2000-01-01 12:00:00"))
		assert.Equal(t, 1, l.calls())

		for range 48 {
			time.Sleep(30 * time.Minute)
			l.read(past)
		}
		assert.LessOrEqual(t, l.calls(), 7, "once an hour, and no more when nothing is corrected any more")
		time.Sleep(30 * 24 * time.Hour)
		l.read(past)
		assert.Zero(t, l.calls())
	})
	t.Run("and is served all the same if the API fails", func(t *testing.T) {
		broken := false
		options := cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault {
			if broken {
				return &cdnsim.Fault{Error: &cdnsim.Error{Status: 500, Code: "InternalError"}}
			}
			return nil
		}}
		inLab(t, options, func(l *lab) {
			past := last(2 * time.Hour)
			past.To = at(t, "2000-01-01 12:00:00")
			l.read(past)
			broken = true
			time.Sleep(13 * time.Hour)
			l.requireExact(l.read(past), at(t, "2000-01-01 10:30:00"), at(t, "2000-01-01 12:00:00"))
		})
	})
}

func TestAnAnswerThatWasOvertakenDoesNotReplaceTheNewerOne(t *testing.T) {
	s := newStore(1<<20, processMetrics)
	t0 := at(t, "2000-01-01 12:00:00").Unix()
	key := track{operation: "op", grid: grid{length: 300}}
	one := func(value float64) stretch {
		return stretch{grid: key.grid, span: span{t0, t0 + 300}, values: []float64{value}}
	}
	final, sealed := t0+300, t0-3600
	s.save(key, one(1), final, sealed, t0+1000)
	assert.Len(t, s.save(key, one(3), final, sealed, t0+1300).revised, 1)
	assert.Empty(t, s.save(key, one(2), final, sealed, t0+1200).revised)

	held := newStretch(key.grid, span{t0, t0 + 300})
	s.load(key, held, false, false, t0+1300)
	assert.Equal(t, []float64{3}, held.values)
}

func TestAnAnswerThatLeavesANumberOutDoesNotTakeItBack(t *testing.T) {
	forgetful := false
	options := cdnsim.Options{Held: func(_ string, _ time.Time, age time.Duration, final int64) (int64, bool) {
		return final, !forgetful || age > time.Hour
	}}
	inLab(t, options, func(l *lab) {
		l.read(last(time.Hour))
		forgetful = true
		time.Sleep(5 * time.Minute)
		series := l.read(last(time.Hour))
		assert.Zero(t, series.Revised)
		assert.Len(t, series.Missing, 1, "the new one only")
	})
}

func TestAnAlertDoesNotTakeWhatAPanelAskedForTooEarly(t *testing.T) {
	options := lateBy(15*time.Minute, partly)
	options.Latency = 10 * time.Second
	inLab(t, options, func(l *lab) {
		time.Sleep(4*time.Minute + 55*time.Second) // 12:34:55: the slice of 12:15 is final in 5 seconds
		live := last(time.Hour)
		live.Provisional = true
		done := make(chan struct{})
		go func() {
			defer close(done)
			l.read(live)
		}()
		time.Sleep(6 * time.Second)
		alert := last(5 * time.Minute)
		alert.Alert = true
		l.requireExact(l.read(alert), at(t, "2000-01-01 12:15:00"), at(t, "2000-01-01 12:20:00"))
		<-done
	})
}

func TestZeroFillsFinalSlicesOnly(t *testing.T) {
	options := lateBy(10*time.Minute, absently)
	options.Missing = 0.3
	inLab(t, options, func(l *lab) {
		request := last(2 * time.Hour)
		request.FixTimeGap, request.Provisional = true, true
		final := at(t, "2000-01-01 12:15:00")
		for range 2 {
			count := 0
			for _, s := range l.read(request).Slices {
				if s.Start.Before(final) {
					count++
					continue
				}
				assert.NotZero(t, s.Volume, "the slice of %s", s.Start)
			}
			assert.Equal(t, 21, count, "every final slice, with a number or zero")
		}
	})
}

func TestRatesAreThoseOfTheAPIsOwnHoursWhereSlicesAreMissing(t *testing.T) {
	inLab(t, cdnsim.Options{Missing: 0.7}, func(l *lab) {
		rates := func(ask func(*Request)) (rates []float64) {
			request := Request{
				Targets: last(0).Targets, From: at(t, "1999-12-31 00:00:00"), To: at(t, "2000-01-01 00:00:00"), MaxDataPoints: 20_000,
			}
			ask(&request)
			for _, s := range l.read(request).Slices {
				rates = append(rates, s.PerSecond)
			}
			return rates
		}
		byAPI := rates(func(r *Request) { r.Granularity = time.Hour })
		byUs := rates(func(r *Request) { r.Interval = time.Hour })
		require.Len(t, byAPI, 24)
		assert.InDeltaSlice(t, byAPI, byUs, 0.01)
	})
}
