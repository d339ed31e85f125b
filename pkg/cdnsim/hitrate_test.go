package cdnsim_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

func TestHitRatiosAreWhatTheOriginDoesNotServe(t *testing.T) {
	everySlice(2, func(domain string, at time.Time) {
		for name, tc := range map[string]struct {
			ratio        func(string, time.Time) (float64, bool)
			origin, edge func(string, time.Time) int64
		}{
			"bytes":    {cdnsim.HitRatio, cdnsim.Traffic, cdnsim.EdgeTraffic},
			"requests": {cdnsim.RequestHitRatio, cdnsim.OriginRequests, cdnsim.EdgeRequests},
		} {
			percent, ok := tc.ratio(domain, at)
			origin, edge := float64(tc.origin(domain, at)), float64(tc.edge(domain, at))
			// Six digits behind the point: half a millionth of a percent at most.
			off := edge*(1-percent/100) - origin
			if ok != (edge > 0) || !ok && percent != 0 || off > 0.51e-8*edge+1e-3 || -off > 0.51e-8*edge+1e-3 {
				t.Fatalf("%s %v %s: %v %v for %v of %v", domain, at, name, percent, ok, origin, edge)
			}
		}
	})
}

func TestTheRatioFallsWithABrokenCacheAndStaysInACrowd(t *testing.T) {
	for hour := range 24 * 3 {
		at := monday.Add(time.Duration(hour) * time.Hour)
		for name, ratio := range map[string]func(string, time.Time) (float64, bool){
			"bytes": cdnsim.HitRatio, "requests": cdnsim.RequestHitRatio,
		} {
			before, _ := ratio(pulsing, at.Add(15*time.Minute))
			for n := range 3 {
				during, _ := ratio(pulsing, at.Add(20*time.Minute+time.Duration(n)*fiveMinutes))
				assert.Less(t, during, before-10, name, at)
				assert.Greater(t, during, 50.0, name, at)
			}
			after, _ := ratio(pulsing, at.Add(35*time.Minute))
			assert.InDelta(t, before, after, 1, name, at)
		}
	}
	// shop.example.org has other events, too: three of its quiet hours.
	for _, at := range []time.Time{monday, monday.Add(12 * time.Hour), monday.Add(20 * time.Hour)} {
		before, _ := cdnsim.HitRatio(crowdy, at.Add(35*time.Minute))
		during, _ := cdnsim.HitRatio(crowdy, at.Add(45*time.Minute))
		assert.InDelta(t, before, during, 1, at)
		assert.Greater(t, during, 80.0, at)
	}
}

func TestTheRatioOfSeveralIsThatOfTheirSums(t *testing.T) {
	a := start(t, cdnsim.Options{})
	got := a.tell(hitRate, span18(yesterday, yesterday.Add(fiveMinutes), "DomainName", "video.example.com,api.example.com"))
	video, _ := cdnsim.HitRatio("video.example.com", yesterday)
	api, _ := cdnsim.HitRatio("api.example.com", yesterday)
	assert.Greater(t, video-api, 5.0)
	assert.InDelta(t, video, decimal(t, got.points[yesterday]["Value"]), 0.1, "the large one weighs more")
}
