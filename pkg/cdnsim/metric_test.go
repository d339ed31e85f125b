package cdnsim_test

import (
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// stretch is a slice of an answer: of some domains, from a moment on.
type stretch struct {
	domains []string
	from    time.Time
	length  time.Duration
}

// sum adds up a truth over a stretch.
func (s stretch) sum(truth func(string, time.Time) int64) (total int64) {
	for _, domain := range s.domains {
		for at := s.from; at.Before(s.from.Add(s.length)); at = at.Add(fiveMinutes) {
			total += truth(domain, at)
		}
	}
	return total
}

// status adds up counts by code.
func (s stretch) status(truth func(string, time.Time) map[int]int64) map[int]int64 {
	total := map[int]int64{}
	for _, domain := range s.domains {
		for at := s.from; at.Before(s.from.Add(s.length)); at = at.Add(fiveMinutes) {
			for code, count := range truth(domain, at) {
				total[code] += count
			}
		}
	}
	return total
}

// The fields a point may have, each against the truth.

func amount(t *testing.T, want int64, got any) {
	t.Helper()
	assert.Equal(t, strconv.FormatInt(want, 10), got)
}

func part(t *testing.T, want float64, got any) {
	t.Helper()
	assert.InDelta(t, want, decimal(t, got), 1, "whole requests or bytes")
}

func rateOf(t *testing.T, count int64, length time.Duration, got any) {
	t.Helper()
	assert.Equal(t, count, int64(math.Round(decimal(t, got)*length.Seconds())), "the count can be told from the rate %v", got)
}

func percentage(t *testing.T, share float64, got any) {
	t.Helper()
	assert.InDelta(t, 100*share, decimal(t, got), 0.51e-6)
}

// decimal reads a scalar, which has at most six digits behind the point.
func decimal(t *testing.T, got any) float64 {
	t.Helper()
	text, ok := got.(string)
	require.True(t, ok, "%T", got)
	require.Regexp(t, `^[0-9]+(\.[0-9]{0,5}[1-9])?$`, text)
	f, err := strconv.ParseFloat(text, 64)
	require.NoError(t, err)
	return f
}

// statuses compares a point of a status operation with the counts by code.
func statuses(t *testing.T, want map[int]int64, p map[string]any) {
	t.Helper()
	assert.Equal(t, want, counts(t, p))
	var all int64
	for _, count := range want {
		all += count
	}
	for _, c := range codes(t, p) {
		n, err := strconv.Atoi(c.Code.(string))
		require.NoError(t, err)
		percentage(t, float64(want[n])/float64(all), c.Proportion)
	}
}

// checks compare a point with the truth, by operation; fields is how many the
// point has, TimeStamp included.
var checks = map[string]struct {
	fields int
	check  func(t *testing.T, s stretch, p map[string]any)
}{
	flow2018: {3, func(t *testing.T, s stretch, p map[string]any) {
		amount(t, s.sum(cdnsim.Traffic), p["Value"])
		part(t, 0.9*float64(s.sum(cdnsim.Traffic)), p["HttpsValue"])
	}},
	"DescribeDomainTrafficData": {5, func(t *testing.T, s stretch, p map[string]any) {
		all := s.sum(cdnsim.EdgeTraffic)
		amount(t, all, p["Value"])
		part(t, 0.8*float64(all), p["DomesticValue"])
		part(t, 0.2*float64(all), p["OverseasValue"])
		part(t, 0.9*float64(all), p["HttpsValue"])
		assert.Equal(t, float64(all), decimal(t, p["DomesticValue"])+decimal(t, p["OverseasValue"]))
	}},
	"DescribeDomainSrcQpsData": {2, func(t *testing.T, s stretch, p map[string]any) {
		rateOf(t, s.sum(cdnsim.OriginRequests), s.length, p["Value"])
	}},
	"DescribeDomainQpsData": {9, func(t *testing.T, s stretch, p map[string]any) {
		all := s.sum(cdnsim.EdgeRequests)
		amount(t, all, p["AccValue"])
		part(t, 0.8*float64(all), p["AccDomesticValue"])
		part(t, 0.2*float64(all), p["AccOverseasValue"])
		part(t, 0.9*float64(all), p["HttpsAccValue"])
		rateOf(t, all, s.length, p["Value"])
		for rate, count := range map[string]string{
			"DomesticValue": "AccDomesticValue", "OverseasValue": "AccOverseasValue", "HttpsValue": "HttpsAccValue",
		} {
			rateOf(t, int64(decimal(t, p[count])), s.length, p[rate])
		}
	}},
	srcStatus: {2, func(t *testing.T, s stretch, p map[string]any) {
		statuses(t, s.status(cdnsim.OriginStatus), p)
	}},
	"DescribeDomainHttpCodeData": {2, func(t *testing.T, s stretch, p map[string]any) {
		statuses(t, s.status(cdnsim.EdgeStatus), p)
	}},
	hitRate: {3, func(t *testing.T, s stretch, p map[string]any) {
		ratios(t, s.sum(cdnsim.Traffic), s.sum(cdnsim.EdgeTraffic), p)
	}},
	"DescribeDomainReqHitRateData": {3, func(t *testing.T, s stretch, p map[string]any) {
		ratios(t, s.sum(cdnsim.OriginRequests), s.sum(cdnsim.EdgeRequests), p)
	}},
}

// ratios compares a point of a hit operation; of HTTPS it tells nine tenths.
func ratios(t *testing.T, origin, edge int64, p map[string]any) {
	t.Helper()
	share := 0.0
	if edge > 0 {
		share = 1 - float64(origin)/float64(edge)
	}
	percentage(t, share, p["Value"])
	assert.InDelta(t, 90*share, decimal(t, p["HttpsValue"]), 100/math.Max(float64(edge), 1)+1e-6)
}

func TestEveryOperationTellsTheTruthInSlicesOfAnyLength(t *testing.T) {
	var all []string
	for _, d := range cdnsim.DemoDomains() {
		all = append(all, d.Name)
	}
	a := start(t, cdnsim.Options{})
	for operation, expected := range checks {
		for _, g := range []struct {
			interval string
			length   time.Duration
			from     time.Time
		}{
			{"300", fiveMinutes, yesterday.Add(4*time.Hour + 25*time.Minute)}, // docs.example.org is silent, and then no more
			{"3600", time.Hour, yesterday},
			{"86400", day, yesterday.Add(-2*day - 8*time.Hour)},
		} {
			for names, domains := range map[string][]string{
				"":                                   all,
				"docs.example.org":                   {"docs.example.org"},
				"static.example.com,api.example.com": {"static.example.com", "api.example.com"},
			} {
				t.Run(operation+" "+g.interval+" "+names, func(t *testing.T) {
					a.t = t
					p := span18(g.from, g.from.Add(g.length), "Interval", g.interval)
					if names != "" {
						p["DomainName"] = names
					}
					got := a.tell(operation, p)
					assert.Equal(t, g.interval, got.interval)
					require.Len(t, got.points, 2, "a slice, and the one that starts at EndTime")
					for at, point := range got.points {
						assert.Len(t, point, expected.fields)
						expected.check(t, stretch{domains, at, g.length}, point)
					}
				})
			}
		}
	}
}

func TestEveryOperationIsInTheTables(t *testing.T) {
	for operation := range metrics {
		assert.Contains(t, checks, operation)
	}
	assert.Len(t, checks, len(metrics))
}

func TestPointsOfEveryOperationComeUnordered(t *testing.T) {
	a := start(t, cdnsim.Options{})
	for operation, at := range metrics {
		_, body := a.ask(operation, span18(yesterday, yesterday.Add(fiveMinutes)))
		list := body[at.container].(map[string]any)[at.list].([]any)
		require.Len(t, list, 2)
		assert.Equal(t, "2024-05-14T00:05:00Z", list[0].(map[string]any)["TimeStamp"], operation)
	}
}

func TestEveryOperationIsAsStrictAsThatOfOriginFlow(t *testing.T) {
	hour := yesterday.Add(time.Hour)
	ago := func(days int) time.Time { return noon.Truncate(time.Minute).Add(-time.Duration(days) * day) }
	for name, tc := range map[string]struct {
		opts cdnsim.Options
		own  params
		want string
	}{
		"StartTime alone":        {own: params{"StartTime": "2024-05-14T00:00:00Z"}, want: "400 MissingTimeParameter"},
		"EndTime alone":          {own: params{"EndTime": "2024-05-14T00:00:00Z"}, want: "400 MissingTimeParameter"},
		"minutes":                {own: span(yesterday, hour), want: "400 InvalidStartTime.Malformed"},
		"EndTime equals":         {own: span18(hour, hour), want: "400 InvalidEndTime.Mismatch"},
		"an unknown interval":    {own: span18(yesterday, hour, "Interval", "600"), want: "400 InvalidInterval.Malformed"},
		"a parameter of 2014":    {own: span18(yesterday, hour, "FixTimeGap", "true"), want: "400 InvalidParameter"},
		"version 2014":           {own: params{"Version": "2014-11-11"}, want: "404 InvalidAction.NotFound"},
		"501 names":              {own: span18(yesterday, hour, "DomainName", www+strings.Repeat(","+www, 500)), want: "400 InvalidDomainName.Overlimit"},
		"an unknown name":        {own: span18(yesterday, hour, "DomainName", "nobody.example"), want: "404 InvalidDomain.NotFound"},
		"older than 93 days":     {own: span18(ago(93), ago(92)), want: "400 InvalidStartTime.ValueNotSupported"},
		"a shorter history":      {cdnsim.Options{History: 30 * day}, span18(ago(31), ago(30)), "400 InvalidStartTime.ValueNotSupported"},
		"a list that is refused": {cdnsim.Options{NoLists: true}, span18(yesterday, hour, "DomainName", www+",api.example.com"), "404 InvalidDomain.NotFound"},
		"an offline domain":      {cdnsim.Options{OfflineRefused: true}, span18(yesterday, hour, "DomainName", "legacy.example.org"), "404 InvalidDomain.Offline"},
		"throttling": {cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault {
			return &cdnsim.Fault{Error: &cdnsim.Error{Status: 503, Code: "Throttling"}}
		}}, nil, "503 Throttling"},
	} {
		t.Run(name, func(t *testing.T) {
			tc.opts.MaxURL = 1 << 20 // 500 names are more than a gateway takes
			a := start(t, tc.opts)
			for operation := range metrics {
				assert.Equal(t, tc.want, a.refused(operation, tc.own), operation)
			}
		})
	}
	a := start(t, cdnsim.Options{MaxURL: 1 << 20, CallsPerSecond: len(metrics)})
	for operation := range metrics {
		a.tell(operation, span18(yesterday, hour, "DomainName", www+strings.Repeat(","+www, 499)))
	}
	assert.Equal(t, "503 Throttling", a.refused(hitRate, nil))
	denied := start(t, cdnsim.Options{Denied: []string{hitRate}})
	assert.Equal(t, "403 Forbidden.RAM", denied.refused(hitRate, nil))
	denied.tell("DescribeDomainReqHitRateData", nil)
}

func TestEveryOperationTakesTheSpansAndOptionsOfOriginFlow(t *testing.T) {
	end := noon.Truncate(time.Hour)
	for name, tc := range map[string]struct {
		opts   cdnsim.Options
		own    params
		want   any
		points int
	}{
		"without times":       {cdnsim.Options{}, nil, "300", 289},
		"three days":          {cdnsim.Options{}, span18(end.Add(-3*day), end), "3600", 73},
		"31 days":             {cdnsim.Options{}, span18(end.Add(-31*day), end), "86400", 32},
		"no 5-minute slices":  {cdnsim.Options{SpanLimit: map[time.Duration]time.Duration{fiveMinutes: 0}}, span18(end.Add(-time.Hour), end), "3600", 2},
		"EndTime excluded":    {cdnsim.Options{EndExcluded: true}, span18(end.Add(-time.Hour), end), "300", 12},
		"coarser by accident": {cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault { return &cdnsim.Fault{Interval: time.Hour} }}, span18(end.Add(-time.Hour), end), "3600", 2},
		"late and absent":     {cdnsim.Options{Late: cdnsim.LateAbsent}, span18(end.Add(-time.Hour), end, "Interval", "3600"), "3600", 0},
		"no delay":            {cdnsim.Options{Late: cdnsim.LateAbsent, Delay: map[time.Duration]time.Duration{time.Hour: 0}}, span18(end.Add(-time.Hour), end, "Interval", "3600"), "3600", 1},
		"no interval":         {cdnsim.Options{NoInterval: true}, span18(end.Add(-time.Hour), end), nil, 13},
	} {
		t.Run(name, func(t *testing.T) {
			a := start(t, tc.opts)
			for operation := range metrics {
				got := a.tell(operation, tc.own)
				assert.Equal(t, tc.want, got.interval, operation)
				assert.Len(t, got.points, tc.points, operation)
				assert.Equal(t, tc.want != nil, got.interval != nil, operation)
			}
		})
	}
}
