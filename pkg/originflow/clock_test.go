package originflow

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// inSkewedLab runs a test whose API has another clock: ahead of ours by as much as ahead says.
func inSkewedLab(t *testing.T, options cdnsim.Options, ahead *time.Duration, test func(*lab)) {
	t.Helper()
	options.Now = func() time.Time { return time.Now().Add(*ahead) }
	inLab(t, options, test)
}

func TestSlicesAreFinalByTheAPIsClock(t *testing.T) {
	for name, ahead := range map[string]time.Duration{
		"ours is right": 0, "ours is 10 minutes ahead": -10 * time.Minute, "ours is 14 minutes behind": 14 * time.Minute,
		"ours is 3 seconds ahead": -3 * time.Second,
	} {
		t.Run(name, func(t *testing.T) {
			inSkewedLab(t, cdnsim.Options{Latency: 30 * time.Millisecond}, &ahead, func(l *lab) {
				for i := range 30 {
					final := grid{length: 300}.floor(time.Now().Add(ahead - 15*time.Minute).Unix())
					request := Request{Targets: last(0).Targets, From: time.Now().Add(-time.Hour), To: time.Now().Add(time.Hour)}
					series := l.read(request)
					newest := series.Slices[len(series.Slices)-1].Start.Add(5 * time.Minute)
					assert.LessOrEqual(t, newest, instant(final), "look %d", i)
					assert.GreaterOrEqual(t, newest, instant(final).Add(-2*time.Second).Truncate(5*time.Minute))
					l.requireExact(series, series.Slices[0].Start, newest)
					time.Sleep(47 * time.Second)
				}
				assert.InDelta(t, ahead.Seconds(), l.reader.Probe(context.Background()).Ahead.Seconds(), 1.1)
			})
		})
	}
}

func TestTheFirstAnswerCostsNoCallMoreWhateverTheClock(t *testing.T) {
	for _, ahead := range []time.Duration{-13 * time.Minute, -2 * time.Second, 0, 2 * time.Second, 13 * time.Minute} {
		inSkewedLab(t, cdnsim.Options{Latency: 20 * time.Millisecond}, &ahead, func(l *lab) {
			l.read(last(3 * time.Hour))
			assert.LessOrEqual(t, l.calls(), 2, "ahead by %s: one, and one for what turns out to be final", ahead)
		})
	}
}

func TestWhatHasAnAgeIsAgedByOurOwnClock(t *testing.T) {
	ahead := -14 * time.Minute
	inSkewedLab(t, cdnsim.Options{Domains: []cdnsim.Domain{}}, &ahead, func(l *lab) {
		assert.Error(t, l.reader.Read(context.Background(), last(time.Hour)).Series[0].Err)
		l.sim.SetDomains([]cdnsim.Domain{{Name: domain}})
		time.Sleep(time.Minute)
		l.read(last(time.Hour))
	})
}

func TestAnAlertWindowEndsAtTheNewestFinalSliceByTheAPIsClock(t *testing.T) {
	ahead := -10 * time.Minute
	inSkewedLab(t, cdnsim.Options{}, &ahead, func(l *lab) {
		alert := last(10 * time.Minute)
		alert.Alert = true
		l.requireExact(l.read(alert), at(t, "2000-01-01 11:55:00"), at(t, "2000-01-01 12:05:00"))
	})
}

func TestTheHistoryEndsByTheAPIsClock(t *testing.T) {
	ahead := 14 * time.Minute
	inSkewedLab(t, cdnsim.Options{}, &ahead, func(l *lab) {
		request := last(90 * 24 * time.Hour)
		request.Granularity, request.MaxDataPoints = 5*time.Minute, 30_000
		series := l.read(request)
		l.requireExact(series, at(t, "1999-10-03 12:50:00"), at(t, "2000-01-01 12:25:00"))
	})
}

func TestAClockThatIsSetMeanwhileIsFollowed(t *testing.T) {
	var ahead time.Duration
	inSkewedLab(t, cdnsim.Options{}, &ahead, func(l *lab) {
		for _, step := range []time.Duration{0, 12 * time.Minute, -7 * time.Minute, 0} {
			ahead = step
			time.Sleep(20 * time.Minute)
			final := grid{length: 300}.floor(time.Now().Add(ahead - 15*time.Minute).Unix())
			request := Request{Targets: last(0).Targets, From: time.Now().Add(-time.Hour), To: time.Now().Add(time.Hour)}
			series := l.read(request)
			l.requireExact(series, series.Slices[0].Start, instant(final))
		}
	})
}

func TestAnswersWithoutADateAreTakenByOurClock(t *testing.T) {
	inLab(t, cdnsim.Options{NoDate: true}, func(l *lab) {
		l.requireExact(l.read(last(time.Hour)), at(t, "2000-01-01 11:30:00"), at(t, "2000-01-01 12:15:00"))
		assert.Zero(t, l.reader.Probe(context.Background()).Ahead)
	})
}

func TestASkewThatSignaturesAreRefusedForIsMeasured(t *testing.T) {
	ahead := -20 * time.Minute
	inSkewedLab(t, cdnsim.Options{}, &ahead, func(l *lab) {
		probe := l.reader.Probe(context.Background())
		assert.Equal(t, cdn.ClockSkew, kindOf(probe.FlowErr))
		assert.InDelta(t, ahead.Seconds(), probe.Ahead.Seconds(), 1.1)
	})
}

func TestTheClockChangesAsLittleAsAnAnswerAsksFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		for name, c := range map[string]struct {
			date, took, want time.Duration // after now
		}{
			"within the second that Date cuts off": {date: -900 * time.Millisecond, want: 0},
			"within the time the call took":        {date: 4 * time.Second, took: 5 * time.Second, want: 5 * time.Second},
			"ahead, as little as may be":           {date: time.Minute, want: time.Minute},
			"behind, as far as may be":             {date: -time.Minute, took: time.Second, want: -time.Minute},
			"not that of a clock":                  {date: -48 * time.Hour, want: 0},
		} {
			var k clock
			k.hear(now, now.Add(c.took), now.Add(c.date))
			assert.Equal(t, now.Add(c.want), k.at(now.Add(c.took)), name)
		}
	})
	t.Run("and a machine that slept is not fooled by its monotonic clock", func(t *testing.T) {
		before := time.Now()
		var k clock
		k.hear(before, before, before.Truncate(time.Second))
		awake := before.Round(0).Add(time.Hour) // as after a suspension, by a clock without a monotonic reading
		require.WithinDuration(t, awake, k.at(awake), time.Second)
	})
}
