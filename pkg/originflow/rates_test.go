package originflow

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// requests are the metrics of requests: what the simulated API holds of a slice.
var requests = map[string]func(domain string, slice time.Time) int64{
	"originRequests": cdnsim.OriginRequests, "edgeRequests": cdnsim.EdgeRequests,
}

// requireRequests compares a series with the requests that there were, to the last one.
func (l *lab) requireRequests(series Series, metric string, domains []string, from, to time.Time) {
	l.Helper()
	next, total := from, 0.0
	for _, s := range series.Slices {
		require.Equal(l, next, s.Start)
		next = s.Start.Add(series.Step)
		sum := int64(0)
		for slice := s.Start; slice.Before(next); slice = slice.Add(5 * time.Minute) {
			for _, d := range domains {
				sum += requests[metric](d, slice)
			}
		}
		require.EqualValues(l, sum, s.Volume, "slice %s", s.Start)
		require.InDelta(l, float64(sum)/series.Step.Seconds(), s.PerSecond, 1e-9)
		total += float64(sum)
	}
	require.Equal(l, to, next)
	require.Empty(l, series.Missing)
	require.Equal(l, total, series.Total)
}

// noCounts has the API tell requests per second only.
func noCounts(body []byte) []byte {
	return []byte(strings.ReplaceAll(string(body), `"AccValue"`, `"Other"`))
}

// The rates have up to six decimals; a request too much or too little of a day would come of one less.
func TestRequestsAreCountedToTheLastOneWhetherRatesOrCountsAreTold(t *testing.T) {
	for name, options := range map[string]cdnsim.Options{
		"as documented":             {},
		"rates only":                {Fault: func(cdnsim.Call) *cdnsim.Fault { return &cdnsim.Fault{Edit: noCounts} }},
		"lengths that are not told": {NoInterval: true, Fault: func(cdnsim.Call) *cdnsim.Fault { return &cdnsim.Fault{Edit: noCounts} }},
	} {
		for length, c := range map[time.Duration]struct {
			back     time.Duration
			from, to string
		}{
			5 * time.Minute: {6 * time.Hour, "2000-01-01 06:30:00", "2000-01-01 12:15:00"},
			time.Hour:       {36 * time.Hour, "1999-12-31 00:00:00", "2000-01-01 12:00:00"},
			24 * time.Hour:  {9 * 24 * time.Hour, "1999-12-22 16:00:00", "1999-12-31 16:00:00"},
		} {
			t.Run(name+", "+length.String(), func(t *testing.T) {
				for metric := range requests {
					inLab(t, options, func(l *lab) {
						for _, domains := range [][]string{{domain}, {domain, "docs.example.org", "video.example.com"}} {
							request := together(in(length, of(metric, last(c.back))), domains...)
							for range 2 {
								l.requireRequests(l.read(request), metric, domains, at(t, c.from), at(t, c.to))
							}
						}
					})
				}
			})
		}
	}
}

func TestRatesOfShorterSlicesThanAskedForAreCountedByTheirOwnLength(t *testing.T) {
	shorter := cdnsim.Fault{Interval: 5 * time.Minute}
	inLab(t, cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault { return &shorter }}, func(l *lab) {
		series := l.read(in(time.Hour, of("originRequests", last(24*time.Hour))))
		l.requireRequests(series, "originRequests", []string{domain}, at(t, "1999-12-31 12:00:00"), at(t, "2000-01-01 12:00:00"))
	})
	t.Run("and so are those of longer ones", func(t *testing.T) {
		inLab(t, cdnsim.Options{SpanLimit: map[time.Duration]time.Duration{5 * time.Minute: 0}}, func(l *lab) {
			series := l.read(of("originRequests", last(24*time.Hour)))
			assert.Equal(t, time.Hour, series.Step)
			l.requireRequests(series, "originRequests", []string{domain}, at(t, "1999-12-31 12:00:00"), at(t, "2000-01-01 08:00:00"))
		})
	})
}

func TestARatioIsWeighedByRatesWhereThereAreNoCounts(t *testing.T) {
	inLab(t, cdnsim.Options{Fault: func(call cdnsim.Call) *cdnsim.Fault {
		if call.Operation == cdn.QPSData.Name() {
			return &cdnsim.Fault{Edit: noCounts}
		}
		return nil
	}}, func(l *lab) {
		series := l.read(in(time.Hour, of("requestHitRatio", last(24*time.Hour))))
		l.requireQuotient(series, "requestHitRatio", []string{domain}, at(t, "1999-12-31 12:00:00"), at(t, "2000-01-01 12:00:00"), nil)
	})
}
