package cdnsim_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

func TestRequestsAreBytesByAPlausibleSize(t *testing.T) {
	sizes := map[string]float64{} // the largest of each domain
	everySlice(3, func(domain string, at time.Time) {
		origin, edge := cdnsim.OriginRequests(domain, at), cdnsim.EdgeRequests(domain, at)
		originBytes, edgeBytes := cdnsim.Traffic(domain, at), cdnsim.EdgeTraffic(domain, at)
		switch {
		case origin > edge:
			t.Fatalf("%s %v: %d of %d", domain, at, origin, edge)
		case (origin == 0) != (originBytes == 0), (edge == 0) != (edgeBytes == 0):
			t.Fatalf("%s %v: %d and %d requests for %d and %d bytes", domain, at, origin, edge, originBytes, edgeBytes)
		case edge > 1000:
			size := float64(edgeBytes) / float64(edge)
			sizes[domain] = max(sizes[domain], size)
			if size < 3e3 || size > 5e6 || size < 0.9*sizes[domain] {
				t.Fatalf("%s %v: %.0f bytes a request, where %.0f were", domain, at, size, sizes[domain])
			}
		}
	})
	assert.Greater(t, sizes["video.example.com"], 20*sizes[www])
}

func TestWhatTheCacheMissesIsLarger(t *testing.T) {
	for _, d := range cdnsim.DemoDomains() {
		s := stretch{[]string{d.Name}, monday, day}
		if s.sum(cdnsim.Traffic) == 0 {
			continue
		}
		missed := float64(s.sum(cdnsim.Traffic)) / float64(s.sum(cdnsim.OriginRequests))
		usual := float64(s.sum(cdnsim.EdgeTraffic)) / float64(s.sum(cdnsim.EdgeRequests))
		assert.Greater(t, missed, usual, d.Name)
		assert.Less(t, missed, 1.55*usual, d.Name)
	}
}
