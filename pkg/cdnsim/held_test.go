package cdnsim_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

const www = "www.example.com"

// growing holds nothing of a slice under way, half for an hour, then all.
func growing(_ string, _ time.Time, age time.Duration, final int64) (int64, bool) {
	switch {
	case age < 0:
		return 0, false
	case age < time.Hour:
		return final / 2, true
	}
	return final, true
}

func TestFiveMinuteSlicesAreWhatHeldSays(t *testing.T) {
	a := start(t, cdnsim.Options{Held: growing, Late: cdnsim.LateZero, Delay: map[time.Duration]time.Duration{fiveMinutes: 3 * time.Hour}})
	newest := noon.Truncate(fiveMinutes)
	got := a.flow(flow2018, span18(newest.Add(-2*time.Hour), newest, "DomainName", www))
	assert.Len(t, got.values, 24, "the slice under way is absent")
	for at, value := range got.values {
		want, _ := growing(www, at, noon.Sub(at)-fiveMinutes, cdnsim.Traffic(www, at))
		assert.Equal(t, want, value, at)
	}
}

func TestHeldIsAskedAboutSlicesThatHaveStartedAndAreNotLost(t *testing.T) {
	type question struct {
		domain string
		slice  time.Time
		age    time.Duration
		final  int64
	}
	var mu sync.Mutex
	var asked []question
	held := func(domain string, slice time.Time, age time.Duration, final int64) (int64, bool) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, question{domain, slice, age, final})
		return 7, true
	}
	ask := func(opts cdnsim.Options, now, from, to time.Time, more ...string) series {
		a := start(t, opts)
		a.clock.Set(now)
		asked = nil
		return a.flow(flow2018, span18(from, to, append(more, "DomainName", www)...))
	}
	started := noon.Truncate(fiveMinutes)
	got := ask(cdnsim.Options{Held: held}, started, started.Add(-fiveMinutes), started.Add(time.Hour))
	assert.Equal(t, map[time.Time]int64{started.Add(-fiveMinutes): 7, started: 7}, got.values)
	assert.Equal(t, []question{
		{www, started.Add(-fiveMinutes), 0, cdnsim.Traffic(www, started.Add(-fiveMinutes))},
		{www, started, -fiveMinutes, cdnsim.Traffic(www, started)},
	}, asked)

	got = ask(cdnsim.Options{Held: held}, started.Add(-time.Second), started.Add(-fiveMinutes), started)
	assert.Len(t, got.values, 1)
	assert.Equal(t, fiveMinutes, noon.Truncate(fiveMinutes).Sub(asked[0].slice))
	assert.Equal(t, -time.Second, asked[0].age)

	lossy := cdnsim.Options{Missing: 0.5}
	kept := ask(lossy, noon, yesterday, yesterday.Add(day))
	lossy.Held = held
	told := ask(lossy, noon, yesterday, yesterday.Add(day))
	assert.Len(t, asked, len(kept.values))
	for at := range told.values {
		assert.Contains(t, kept.values, at)
	}

	early := cdnsim.Options{Held: held, Delay: map[time.Duration]time.Duration{time.Hour: -30 * time.Minute}}
	hour := noon.Truncate(time.Hour)
	got = ask(early, hour.Add(31*time.Minute), hour, hour.Add(time.Minute), "Interval", "3600")
	assert.Equal(t, int64(7*7), got.values[hour], "five-minute slices of an hour that is final early")
}

func TestHoursAndDaysAreTheSumOfWhatHeldSaysOnceTheirDelayIsOver(t *testing.T) {
	// Every third slice is absent, the others are a quarter short for 26 hours.
	held := func(_ string, slice time.Time, age time.Duration, final int64) (int64, bool) {
		if age < 26*time.Hour {
			final -= final / 4
		}
		return final, slice.Unix()/300%3 != 0
	}
	for name, tc := range map[string]struct {
		interval      string
		start         time.Time
		length, delay time.Duration
	}{
		"hour": {"3600", yesterday, time.Hour, 4 * time.Hour},
		"day":  {"86400", yesterday.Add(-8 * time.Hour), day, 4 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			ask := func(opts cdnsim.Options, age time.Duration) int64 {
				a := start(t, opts)
				a.clock.Set(tc.start.Add(tc.length + age))
				got := a.flow(flow2018, span18(tc.start, tc.start.Add(time.Minute), "DomainName", www, "Interval", tc.interval))
				return got.values[tc.start]
			}
			told := cdnsim.Options{Held: held}
			assert.Equal(t, ask(cdnsim.Options{}, tc.delay-time.Second), ask(told, tc.delay-time.Second), "as without Held until then")
			for _, age := range []time.Duration{tc.delay, 27 * time.Hour, 60 * time.Hour} {
				var want int64
				for at := tc.start; at.Before(tc.start.Add(tc.length)); at = at.Add(fiveMinutes) {
					if value, present := held(www, at, tc.start.Add(tc.length+age).Sub(at)-fiveMinutes, cdnsim.Traffic(www, at)); present {
						want += value
					}
				}
				assert.Equal(t, want, ask(told, age), age)
			}
		})
	}
}

func TestAnHourOfWhichHeldKnowsNothingIsAbsent(t *testing.T) {
	a := start(t, cdnsim.Options{Held: func(_ string, slice time.Time, _ time.Duration, final int64) (int64, bool) {
		return final, slice.Hour() != 1
	}})
	p := span(yesterday, yesterday.Add(2*time.Hour), "Interval", "3600")
	got := a.flow(flow2014, p)
	assert.Len(t, got.values, 2)
	assert.NotContains(t, got.values, yesterday.Add(time.Hour))
	p["FixTimeGap"] = "true"
	filled := a.flow(flow2014, p)
	assert.Len(t, filled.values, 3)
	assert.Zero(t, filled.values[yesterday.Add(time.Hour)])
}

func TestAMergedSliceIsTheSumOfTheDomainsHeldKnows(t *testing.T) {
	a := start(t, cdnsim.Options{Held: func(domain string, _ time.Time, _ time.Duration, final int64) (int64, bool) {
		return final, domain == www
	}})
	p := span18(yesterday, yesterday.Add(fiveMinutes), "DomainName", "img.example.com,"+www)
	assert.Equal(t, cdnsim.Traffic(www, yesterday), a.flow(flow2018, p).values[yesterday])
}
