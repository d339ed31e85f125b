package cdnsim_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// pulsing has a cache that breaks every hour, crowdy a crowd.
const (
	pulsing = "static.example.com"
	crowdy  = "shop.example.org"
)

// everySlice calls check for each slice of the demo domains and some others, over
// some days.
func everySlice(days int, check func(domain string, at time.Time)) {
	for _, d := range append(cdnsim.DemoDomains(), cdnsim.ManyDomains(24)...) {
		for at := monday; at.Before(monday.AddDate(0, 0, days)); at = at.Add(fiveMinutes) {
			check(d.Name, at)
		}
	}
}

// spiking are the quarters of an hour in which the cache of static.example.com is
// broken.
func spiking(at time.Time) bool { return at.Minute() >= 20 && at.Minute() < 35 }

func TestTheTruthIsTheSameAnywhereInASliceAndForEver(t *testing.T) {
	at := time.Date(2024, 5, 14, 10, 0, 0, 0, time.UTC)
	assert.Equal(t, int64(6517735105), cdnsim.EdgeTraffic(www, at.Add(4*time.Minute+59*time.Second)), "the same on every machine and in every release")
	assert.Equal(t, int64(261379), cdnsim.EdgeRequests(www, at))
	assert.Equal(t, int64(26109), cdnsim.OriginRequests(www, at))
	assert.Equal(t, map[int]int64{
		200: 24230, 206: 144, 301: 208, 304: 881, 403: 54, 404: 446, 499: 67, 500: 23, 502: 14, 503: 15, 504: 27,
	}, cdnsim.OriginStatus(www, at))
	assert.NotPanics(t, func() { cdnsim.EdgeStatus(www, time.Time{}) }, "long before the epoch")
}

func TestTheEdgeDeliversAtLeastWhatTheOriginServes(t *testing.T) {
	raised, silent := 0, 0
	everySlice(5, func(domain string, at time.Time) {
		origin, edge := cdnsim.Traffic(domain, at), cdnsim.EdgeTraffic(domain, at)
		if edge < origin || (edge == 0) != (origin == 0) {
			t.Fatalf("%s %v: %d of %d", domain, at, origin, edge)
		}
		if edge == origin && edge > 0 {
			raised++
		}
		if edge == 0 {
			silent++
		}
	})
	assert.Positive(t, raised, "some caches break so that they hit nothing")
	assert.Positive(t, silent)
}

// originShare is what the origin serves of what is delivered.
func originShare(domain string, at time.Time) float64 {
	return float64(cdnsim.Traffic(domain, at)) / float64(cdnsim.EdgeTraffic(domain, at))
}

func TestNormallyTheOriginServesBetween3And25Percent(t *testing.T) {
	lowest, highest, broken, all := 1.0, 0.0, 0, 0
	for _, d := range cdnsim.ManyDomains(300) {
		for at := monday; at.Before(monday.AddDate(0, 0, 20)); at = at.Add(5 * time.Hour) {
			share := originShare(d.Name, at)
			lowest = min(lowest, share)
			all++
			if share > 0.25 {
				broken++ // or what is normal would be outside
			} else {
				highest = max(highest, share)
			}
		}
	}
	assert.GreaterOrEqual(t, lowest, 0.03)
	assert.Less(t, lowest, 0.04)
	assert.Greater(t, highest, 0.24)
	assert.Less(t, float64(broken)/float64(all), 1.0/9*3/24*1.2, "no more than there are events")
}

func TestTheShareOfTheOriginDriftsSlowly(t *testing.T) {
	lowest, highest := 1.0, 0.0
	for at := monday; at.Before(monday.AddDate(0, 0, 30)); at = at.Add(fiveMinutes) {
		if next := at.Add(fiveMinutes); !spiking(at) && !spiking(next) {
			before, after := originShare(pulsing, at), originShare(pulsing, next)
			assert.InEpsilon(t, before, after, 0.04, at)
			lowest, highest = min(lowest, after), max(highest, after)
		}
	}
	assert.Greater(t, highest/lowest, 1.1)
	assert.Less(t, highest/lowest, 1.35)
}

func TestABrokenCacheChangesNothingForVisitorsAndACrowdRaisesBothAlike(t *testing.T) {
	for hour := range 24 * 3 {
		at := monday.Add(time.Duration(hour) * time.Hour)
		rise := func(truth func(string, time.Time) int64, domain string, minute int) float64 {
			length := 15 * time.Minute
			before := stretch{[]string{domain}, at.Add(time.Duration(minute)*time.Minute - length), length}
			during := stretch{[]string{domain}, at.Add(time.Duration(minute) * time.Minute), length}
			return float64(during.sum(truth)) / float64(before.sum(truth))
		}
		assert.InDelta(t, 3.5, rise(cdnsim.Traffic, pulsing, 20), 0.9, at)
		assert.InDelta(t, 1, rise(cdnsim.EdgeTraffic, pulsing, 20), 0.15, at)
		assert.InDelta(t, 1, rise(cdnsim.EdgeRequests, pulsing, 20), 0.15, at)

		assert.InDelta(t, 3.5, rise(cdnsim.Traffic, crowdy, 40), 0.9, at)
		assert.InDelta(t, 3.5, rise(cdnsim.EdgeTraffic, crowdy, 40), 0.9, at)
		assert.InDelta(t, 3.5, rise(cdnsim.EdgeRequests, crowdy, 40), 0.9, at)
		assert.InDelta(t, rise(cdnsim.Traffic, crowdy, 40), rise(cdnsim.EdgeTraffic, crowdy, 40), 0.2, at)
	}
}
