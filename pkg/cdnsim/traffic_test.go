package cdnsim_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// monday is a Monday's midnight in Beijing.
var monday = time.Date(2024, 5, 12, 16, 0, 0, 0, time.UTC)

// rate is the average over a span, in bit per second.
func rate(domain string, from time.Time, span time.Duration) float64 {
	var bytes int64
	for at := from; at.Before(from.Add(span)); at = at.Add(fiveMinutes) {
		bytes += cdnsim.Traffic(domain, at)
	}
	return float64(bytes) * 8 / span.Seconds()
}

func TestTrafficIsTheSameAnywhereInASliceAndForEver(t *testing.T) {
	at := time.Date(2024, 5, 14, 10, 0, 0, 0, time.UTC)
	want := cdnsim.Traffic("www.example.com", at)
	assert.Equal(t, want, cdnsim.Traffic("www.example.com", at.Add(4*time.Minute+59*time.Second)))
	assert.Equal(t, want, cdnsim.Traffic("www.example.com", at.In(time.FixedZone("UTC+8", 8*3600))))
	assert.NotEqual(t, want, cdnsim.Traffic("www.example.com", at.Add(fiveMinutes)))
	assert.Equal(t, int64(951762771), want, "the same on every machine and in every release")
	assert.NotPanics(t, func() { cdnsim.Traffic("www.example.com", time.Time{}) }, "long before the epoch")
}

func TestEveningIsBusierThanNight(t *testing.T) {
	for _, domain := range []string{"www.example.com", "video.example.com", "shop.example.org"} {
		var evening, night float64
		for d := range 28 {
			midnight := monday.AddDate(0, 0, d)
			evening += rate(domain, midnight.Add(20*time.Hour), 2*time.Hour)
			night += rate(domain, midnight.Add(3*time.Hour), 2*time.Hour)
		}
		assert.Greater(t, evening, 2*night, domain)
	}
}

func TestOfficesRestOnSunday(t *testing.T) {
	var sundays, tuesdays float64
	for week := range 8 {
		tuesdays += rate("docs.example.org", monday.AddDate(0, 0, 7*week+1), day)
		sundays += rate("docs.example.org", monday.AddDate(0, 0, 7*week+6), day)
	}
	assert.Less(t, sundays, 0.75*tuesdays)
}

func TestDomainsSpanOrdersOfMagnitude(t *testing.T) {
	evening := monday.Add(20 * time.Hour)
	assert.Greater(t, rate("video.example.com", evening, time.Hour), 1.5e9, "some Gbit/s")
	assert.Less(t, rate("api.example.com", evening, time.Hour), 1e6)
	assert.Zero(t, rate("legacy.example.org", evening, day))
	lowest, highest := math.Inf(1), 0.0
	for _, d := range cdnsim.ManyDomains(200) {
		r := rate(d.Name, monday, day)
		lowest, highest = min(lowest, r), max(highest, r)
	}
	assert.Positive(t, lowest)
	assert.Greater(t, highest/lowest, 1e3)
}

func TestFewOfTheDomainsOfALargeAccountHaveMostOfItsTraffic(t *testing.T) {
	for _, count := range []int{1200, 5000} {
		var volumes []int64
		var all, largest int64
		for _, d := range cdnsim.HeavyDomains(count) {
			volume := cdnsim.Traffic(d.Name, noon)
			volumes, all = append(volumes, volume), all+volume
		}
		slices.Sort(volumes)
		for _, volume := range volumes[count-count/100:] {
			largest += volume
		}
		assert.Greater(t, largest, all/3, "one in a hundred has more than a third")
		assert.Positive(t, volumes[0])
	}
}

func TestALargeDemoBeginsWithTheUsualOne(t *testing.T) {
	assert.Equal(t, cdnsim.DemoDomains(), cdnsim.LargeDemo(len(cdnsim.DemoDomains())))
	large := cdnsim.LargeDemo(1200)
	assert.Len(t, large, 1200)
	assert.Equal(t, cdnsim.DemoDomains(), large[:len(cdnsim.DemoDomains())])
}

func TestNowAndThenTrafficJumps(t *testing.T) {
	days, jumps := 0, 0
	for _, d := range cdnsim.ManyDomains(20) {
		for n := range 60 {
			days++
			from := monday.AddDate(0, 0, n)
			for at := from.Add(fiveMinutes); at.Before(from.Add(day)); at = at.Add(fiveMinutes) {
				before, now := cdnsim.Traffic(d.Name, at.Add(-fiveMinutes)), cdnsim.Traffic(d.Name, at)
				if before > 100_000 && float64(now) > 1.6*float64(before) {
					jumps++
					break
				}
			}
		}
	}
	assert.InDelta(t, float64(days)/9, float64(jumps), float64(days)/20)
}

func TestStaticSpikesFor15MinutesOfEveryHour(t *testing.T) {
	const normalMost, spikeLeast = 90e6, 110e6 // bit/s, as Traffic's documentation promises
	for at := monday; at.Before(monday.AddDate(1, 0, 0)); at = at.Add(fiveMinutes) {
		r := float64(cdnsim.Traffic("static.example.com", at)) * 8 / 300
		spikes := at.Minute() >= 20 && at.Minute() < 35
		if spikes && r < spikeLeast || !spikes && r > normalMost {
			t.Fatalf("%v: %.1f Mbit/s", at, r/1e6)
		}
	}
	for hour := range 24 * 7 {
		at := monday.Add(time.Duration(hour) * time.Hour)
		normal := rate("static.example.com", at, 20*time.Minute)
		spike := rate("static.example.com", at.Add(20*time.Minute), 15*time.Minute)
		assert.InDelta(t, 3.5, spike/normal, 0.9, at)
	}
}

func TestManyDomainsAreDistinct(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range cdnsim.ManyDomains(1200) {
		assert.False(t, seen[d.Name], d.Name)
		seen[d.Name] = true
	}
	assert.Len(t, seen, 1200)
}

// A call's largest answers: how long the server needs to make them.
func BenchmarkAnswer(b *testing.B) {
	for _, bm := range []struct {
		domains  int
		span     time.Duration
		interval string
	}{{12, 90*day - time.Hour, "300"}, {500, 3*day - time.Hour, "300"}, {500, 89 * day, "86400"}} {
		b.Run(fmt.Sprintf("%dDomains%v", bm.domains, bm.span), func(b *testing.B) {
			c := &clock{now: noon}
			sim := cdnsim.New(cdnsim.Options{
				Now: c.Now, Domains: cdnsim.ManyDomains(bm.domains), Record: -1, Missing: 0.002,
				SpanLimit: map[time.Duration]time.Duration{fiveMinutes: 91 * day},
			})
			a := &api{clock: c, sim: sim}
			transport := cdnsim.InProcess(sim)
			for b.Loop() {
				end := noon.Truncate(fiveMinutes)
				benchmarkGet(b, transport, endpoint+a.query(flow2014, span(end.Add(-bm.span), end, "Interval", bm.interval)))
			}
		})
	}
}
