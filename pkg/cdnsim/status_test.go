package cdnsim_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// known are the codes an answer may have.
var known = []int{200, 206, 301, 304, 403, 404, 499, 500, 502, 503, 504}

func TestStatusCountsSumToTheRequestsAndVisitorsSeeWhatTheOriginSaid(t *testing.T) {
	everySlice(3, func(domain string, at time.Time) {
		origin, edge := cdnsim.OriginStatus(domain, at), cdnsim.EdgeStatus(domain, at)
		var originSum, edgeSum int64
		for code, count := range origin {
			originSum += count
			if count <= 0 || count > edge[code] || !slices.Contains(known, code) {
				t.Fatalf("%s %v: %d × %d at the origin, %d at the edge", domain, at, count, code, edge[code])
			}
		}
		for code, count := range edge {
			edgeSum += count
			if count <= 0 || code >= 500 && count != origin[code] {
				t.Fatalf("%s %v: %d × %d at the edge, %d at the origin", domain, at, count, code, origin[code])
			}
		}
		if originSum != cdnsim.OriginRequests(domain, at) || edgeSum != cdnsim.EdgeRequests(domain, at) {
			t.Fatalf("%s %v: %d and %d", domain, at, originSum, edgeSum)
		}
	})
}

// errorShare is the part of the origin's answers that are its errors.
func errorShare(domain string, from time.Time, length time.Duration) float64 {
	var errors, all int64
	for code, count := range (stretch{[]string{domain}, from, length}).status(cdnsim.OriginStatus) {
		all += count
		if code >= 500 {
			errors += count
		}
	}
	return float64(errors) / float64(all)
}

func TestErrorsComeWithABrokenCacheAndNotWithACrowd(t *testing.T) {
	const quarter = 15 * time.Minute
	for hour := range 24 * 3 {
		at := monday.Add(time.Duration(hour) * time.Hour)
		assert.InDelta(t, 0.003, errorShare(pulsing, at, 20*time.Minute), 0.0012, at)
		assert.InDelta(t, 0.06, errorShare(pulsing, at.Add(20*time.Minute), quarter), 0.015, at)
		assert.InDelta(t, 0.003, errorShare(pulsing, at.Add(35*time.Minute), 25*time.Minute), 0.0012, at)
		assert.InDelta(t, 0.003, errorShare(crowdy, at.Add(40*time.Minute), quarter), 0.0015, at)
	}
}

func TestTheMixOfCodesIsPlausible(t *testing.T) {
	for _, domain := range []string{www, "video.example.com", crowdy} {
		mix := stretch{[]string{domain}, monday, day}.status(cdnsim.EdgeStatus)
		var all int64
		for _, count := range mix {
			all += count
		}
		assert.ElementsMatch(t, known, slices.Collect(maps.Keys(mix)), domain)
		assert.Greater(t, float64(mix[200]+mix[206]+mix[304])/float64(all), 0.95, domain)
	}
	for _, truth := range []func(string, time.Time) map[int]int64{cdnsim.OriginStatus, cdnsim.EdgeStatus} {
		of := func(domain string) float64 {
			mix := stretch{[]string{domain}, monday, day}.status(truth)
			return float64(mix[206]) / float64(mix[200])
		}
		assert.Greater(t, of("video.example.com"), 0.3, "players ask for parts of files")
		assert.Less(t, of(www), 0.05)
	}
}

func TestRareCodesComeUpAtASmallDomainNowAndThen(t *testing.T) {
	const small = "api.example.com"
	s := stretch{[]string{small}, monday, 7 * day}
	for code, count := range s.status(cdnsim.OriginStatus) {
		assert.Positive(t, count, code)
	}
	assert.ElementsMatch(t, known, slices.Collect(maps.Keys(s.status(cdnsim.OriginStatus))))
	assert.InDelta(t, 0.003, errorShare(small, monday, 2*day), 0.004)
}

func TestCodesComeUnorderedAndAlwaysTheSameWay(t *testing.T) {
	a := start(t, cdnsim.Options{})
	p := span18(yesterday, yesterday.Add(time.Hour), "DomainName", www)
	order := func(at time.Time) (list []string) {
		for _, c := range codes(t, a.tell(srcStatus, p).points[at]) {
			list = append(list, c.Code.(string))
		}
		return list
	}
	first, second := order(yesterday), order(yesterday.Add(fiveMinutes))
	require.Greater(t, len(first), 5)
	assert.False(t, slices.IsSorted(first))
	assert.Equal(t, first, order(yesterday))
	assert.NotEqual(t, first, second, "not the same in every point")
}
