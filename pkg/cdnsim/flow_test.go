package cdnsim_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

const (
	fiveMinutes = 5 * time.Minute
	day         = 24 * time.Hour
)

// yesterday is a midnight whose slices are all final at noon.
var yesterday = time.Date(2024, 5, 14, 0, 0, 0, 0, time.UTC)

func TestAnHourHas13PointsUnorderedWithTheSliceOfEndTime(t *testing.T) {
	a := start(t, cdnsim.Options{})
	got := a.flow(flow2014, span(yesterday, yesterday.Add(time.Hour), "DomainName", "www.example.com"))
	require.Len(t, got.order, 13)
	assert.False(t, slices.IsSortedFunc(got.order, time.Time.Compare), "points come unordered")
	for i := range 13 {
		at := yesterday.Add(time.Duration(i) * fiveMinutes)
		assert.Equal(t, 8*cdnsim.Traffic("www.example.com", at), got.values[at], at)
	}
	assert.Equal(t, "300", got.interval)
	assert.Equal(t, "www.example.com", got.body["DomainName"])
	assert.Equal(t, "2024-05-14T00:00Z", got.body["StartTime"])
	assert.Equal(t, "2024-05-14T01:00Z", got.body["EndTime"])
	again := a.flow(flow2014, span(yesterday, yesterday.Add(time.Hour), "DomainName", "www.example.com"))
	assert.Equal(t, got.order, again.order, "the disorder is the same each time")
}

func TestEvenTwoPointsComeUnordered(t *testing.T) {
	a := start(t, cdnsim.Options{})
	got := a.flow(flow2014, span(yesterday, yesterday.Add(fiveMinutes)))
	assert.Equal(t, []time.Time{yesterday.Add(fiveMinutes), yesterday}, got.order)
}

func TestTheSuccessorAnswersInBytesWithHTTPSPart(t *testing.T) {
	a := start(t, cdnsim.Options{})
	p := span18(yesterday, yesterday.Add(time.Hour), "DomainName", "img.example.com")
	got := a.flow(flow2018, p)
	require.Len(t, got.order, 13)
	for at, value := range got.values {
		assert.Equal(t, cdnsim.Traffic("img.example.com", at), value)
	}
	assert.Equal(t, "2024-05-14T00:00:00Z", got.body["StartTime"])
	first := got.body["SrcTrafficDataPerInterval"].(map[string]any)["DataModule"].([]any)[0].(map[string]any)
	assert.NotEmpty(t, first["HttpsValue"])
}

func TestTimesWithinASliceAreAlignedDown(t *testing.T) {
	a := start(t, cdnsim.Options{})
	got := a.flow(flow2014, span(yesterday.Add(2*time.Minute), yesterday.Add(12*time.Minute)))
	slices.SortFunc(got.order, time.Time.Compare)
	assert.Equal(t, []time.Time{yesterday, yesterday.Add(fiveMinutes), yesterday.Add(2 * fiveMinutes)}, got.order)
}

func TestTheSliceOfEndTimeMayBeExcluded(t *testing.T) {
	a := start(t, cdnsim.Options{EndExcluded: true})
	got := a.flow(flow2014, span(yesterday, yesterday.Add(time.Hour)))
	assert.Len(t, got.order, 12)
	assert.NotContains(t, got.values, yesterday.Add(time.Hour))
	got = a.flow(flow2014, span(yesterday, yesterday.Add(time.Hour+time.Minute)))
	assert.Len(t, got.order, 13, "a slice that has begun before EndTime stays")
}

func TestWithoutTimesTheLast24HoursAreAnswered(t *testing.T) {
	a := start(t, cdnsim.Options{})
	got := a.flow(flow2014, nil)
	assert.Len(t, got.order, 289)
	assert.Equal(t, "2024-05-14T12:02Z", got.body["StartTime"])
	assert.Equal(t, "2024-05-15T12:02Z", got.body["EndTime"])
}

func TestListsAndAllDomainsComeMerged(t *testing.T) {
	a := start(t, cdnsim.Options{Domains: cdnsim.ManyDomains(3)})
	from, to := yesterday, yesterday.Add(fiveMinutes)
	sum := func(names ...string) (total int64) {
		for _, n := range names {
			total += 8 * cdnsim.Traffic(n, from)
		}
		return total
	}
	const one, two, three = "site-00001.example.com", "site-00002.example.com", "site-00003.example.com"
	assert.Equal(t, sum(one, two), a.flow(flow2014, span(from, to, "DomainName", one+","+two)).values[from])
	assert.Equal(t, sum(one), a.flow(flow2014, span(from, to, "DomainName", one+","+one)).values[from], "each name counts once")
	assert.Equal(t, sum(one, two, three), a.flow(flow2014, span(from, to)).values[from])
}

func TestHoursAndDaysAreSumsOfTheirFiveMinutes(t *testing.T) {
	for name, tc := range map[string]struct {
		opts     cdnsim.Options
		interval string
		from     time.Time
		length   time.Duration
	}{
		"an hour":       {cdnsim.Options{}, "3600", yesterday, time.Hour},
		"a Beijing day": {cdnsim.Options{}, "86400", yesterday.Add(-8 * time.Hour), day},
		"a UTC day":     {cdnsim.Options{UTCDays: true}, "86400", yesterday.Add(-day), day},
	} {
		t.Run(name, func(t *testing.T) {
			a := start(t, tc.opts)
			got := a.flow(flow2014, span(tc.from, tc.from.Add(tc.length), "DomainName", "www.example.com", "Interval", tc.interval))
			var sum int64
			for at := tc.from; at.Before(tc.from.Add(tc.length)); at = at.Add(fiveMinutes) {
				sum += 8 * cdnsim.Traffic("www.example.com", at)
			}
			assert.Equal(t, tc.interval, got.interval)
			assert.Equal(t, sum, got.values[tc.from])
			assert.Len(t, got.values, 2)
		})
	}
}

func TestLostSlicesAreAbsentAndCountAsNothingInSums(t *testing.T) {
	a := start(t, cdnsim.Options{Missing: 0.5})
	one := params{"DomainName": "www.example.com"}
	p := func(more ...string) params {
		return span(yesterday, yesterday.Add(time.Hour), append(more, "DomainName", one["DomainName"])...)
	}
	fine := a.flow(flow2014, p())
	var sum int64
	for at, v := range fine.values {
		if at.Before(yesterday.Add(time.Hour)) {
			sum += v
		}
	}
	assert.Greater(t, len(fine.values), 0)
	assert.Less(t, len(fine.values), 13)
	assert.Equal(t, sum, a.flow(flow2014, p("Interval", "3600")).values[yesterday])

	filled := a.flow(flow2014, p("FixTimeGap", "true"))
	assert.Len(t, filled.values, 13)
	for at, v := range filled.values {
		assert.Equal(t, fine.values[at], v, "a filled slice is zero, the others are as before")
	}
	assert.Equal(t, fine.values, a.flow(flow2014, p("FixTimeGap", "false")).values)
}

func TestWrongQueriesGetTheDocumentedError(t *testing.T) {
	hour := yesterday.Add(time.Hour)
	many := strings.Repeat(",www.example.com", 200)
	more := strings.Repeat(",www.example.com", 500)
	ago := func(days int) time.Time { return noon.Truncate(time.Minute).Add(-time.Duration(days) * day) }
	for name, tc := range map[string]struct {
		operation string
		own       params
		want      string
	}{
		"StartTime alone":            {flow2014, params{"StartTime": "2024-05-14T00:00Z"}, "400 MissingParameter"},
		"EndTime alone":              {flow2014, params{"EndTime": "2024-05-14T00:00Z"}, "400 MissingParameter"},
		"StartTime alone in 2018":    {flow2018, params{"StartTime": "2024-05-14T00:00:00Z"}, "400 MissingTimeParameter"},
		"seconds in 2014":            {flow2014, span18(yesterday, hour), "400 InvalidStartTime.Malformed"},
		"minutes in 2018":            {flow2018, span(yesterday, hour), "400 InvalidStartTime.Malformed"},
		"another zone in 2018":       {flow2018, params{"StartTime": "2024-05-14T08:00:00+08:00", "EndTime": "2024-05-14T09:00:00+08:00"}, "400 InvalidStartTime.Malformed"},
		"malformed EndTime":          {flow2014, params{"StartTime": "2024-05-14T00:00Z", "EndTime": "2024-5-14T01:00Z"}, "400 InvalidEndTime.Malformed"},
		"EndTime equals StartTime":   {flow2014, span(yesterday, yesterday), "400 InvalidEndTime.Mismatch"},
		"EndTime before StartTime":   {flow2014, span(hour, yesterday), "400 InvalidEndTime.Mismatch"},
		"longer than a leap year":    {flow2018, span18(ago(300), ago(-67)), "400 InvalidEndTime.Mismatch"},
		"older than 90 days in 2014": {flow2014, span(ago(90), ago(89)), "400 InvalidStartTime.ValueNotSupported"},
		"older than 93 days at 5m":   {flow2018, span18(ago(93), ago(92)), "400 InvalidStartTime.ValueNotSupported"},
		"older than 186 days at 1h":  {flow2018, span18(ago(186), ago(185), "Interval", "3600"), "400 InvalidStartTime.ValueNotSupported"},
		"older than 366 days at 1d":  {flow2018, span18(ago(366), ago(365), "Interval", "86400"), "400 InvalidStartTime.ValueNotSupported"},
		"unknown interval in 2018":   {flow2018, span18(yesterday, hour, "Interval", "600"), "400 InvalidInterval.Malformed"},
		"unknown TimeMerge":          {flow2014, span(yesterday, hour, "TimeMerge", "yes"), "400 InvalidParameter"},
		"unknown FixTimeGap":         {flow2014, span(yesterday, hour, "FixTimeGap", "1"), "400 InvalidParameter"},
		"unknown domain":             {flow2014, span(yesterday, hour, "DomainName", "www.example.com,nobody.example"), "404 InvalidDomain.NotFound"},
		"a hole in the domain list":  {flow2014, span(yesterday, hour, "DomainName", "www.example.com,"), "400 InvalidDomainName.Malformed"},
		"a glob":                     {flow2014, span(yesterday, hour, "DomainName", "*.example.com"), "400 InvalidDomainName.Malformed"},
		"201 domains in 2014":        {flow2014, span(yesterday, hour, "DomainName", "www.example.com"+many), "400 InvalidDomainName.Overlimit"},
		"501 domains in 2018":        {flow2018, span18(yesterday, hour, "DomainName", "www.example.com"+more), "400 InvalidDomainName.Overlimit"},
	} {
		t.Run(name, func(t *testing.T) {
			a := start(t, cdnsim.Options{MaxURL: 1 << 20}) // 500 names are more than a gateway takes
			assert.Equal(t, tc.want, a.refused(tc.operation, tc.own))
		})
	}
}

func TestTheWholeHistoryCanBeAsked(t *testing.T) {
	a := start(t, cdnsim.Options{})
	within := func(days int) time.Time {
		return noon.Truncate(time.Minute).Add(time.Minute - time.Duration(days)*day)
	}
	a.flow(flow2014, span(within(90), within(89)))
	a.flow(flow2018, span18(within(93), within(92)))
	a.flow(flow2018, span18(within(186), within(185), "Interval", "3600"))
	a.flow(flow2018, span18(within(366), within(365), "Interval", "86400"))
}

func TestTheSpanDecidesTheInterval(t *testing.T) {
	const min = time.Minute
	for _, tc := range []struct {
		span       time.Duration
		params     params
		operations []string
		want       string
	}{
		{3*day - min, params{"Interval": "300"}, []string{flow2014, flow2018}, "300"},
		{3 * day, params{"Interval": "300"}, []string{flow2014, flow2018}, "3600"},
		{3 * day, nil, []string{flow2014, flow2018}, "3600"},
		{31*day - min, params{"Interval": "300"}, []string{flow2014, flow2018}, "3600"},
		{31 * day, params{"Interval": "300"}, []string{flow2014, flow2018}, "86400"},
		{time.Hour, params{"Interval": "3600"}, []string{flow2014, flow2018}, "3600"},
		{31 * day, params{"Interval": "3600"}, []string{flow2014, flow2018}, "86400"},
		{time.Hour, params{"Interval": "86400"}, []string{flow2014, flow2018}, "86400"},
		{89 * day, params{"Interval": "86400"}, []string{flow2014, flow2018}, "86400"},
		{365 * day, nil, []string{flow2018}, "86400"},
		{time.Hour, params{"Interval": "600"}, []string{flow2014}, "300"},
		{4 * day, params{"Interval": "600"}, []string{flow2014}, "3600"},
		{time.Hour, params{"TimeMerge": "true", "Interval": "86400"}, []string{flow2014}, "300"},
		{3 * day, params{"TimeMerge": "true"}, []string{flow2014}, "3600"},
		{31 * day, params{"TimeMerge": "on"}, []string{flow2014}, "86400"},
		{31*day - min, params{"TimeMerge": "false"}, []string{flow2014}, "300"},
		{31*day - min, params{"TimeMerge": "off", "Interval": "3600"}, []string{flow2014}, "300"},
		{31 * day, params{"TimeMerge": "false"}, []string{flow2014}, "86400"},
	} {
		for _, op := range tc.operations {
			t.Run(fmt.Sprint(op, tc.span, tc.params), func(t *testing.T) {
				a := start(t, cdnsim.Options{Domains: cdnsim.ManyDomains(1)})
				end := noon.Truncate(time.Minute)
				p := span(end.Add(-tc.span), end)
				if op == flow2018 {
					p = span18(end.Add(-tc.span), end)
				}
				for k, v := range tc.params {
					p[k] = v
				}
				assert.Equal(t, tc.want, a.flow(op, p).interval)
			})
		}
	}
}

func TestTheSpanLimitIsAnOption(t *testing.T) {
	a := start(t, cdnsim.Options{SpanLimit: map[time.Duration]time.Duration{fiveMinutes: 0}})
	hour := yesterday.Add(time.Hour)
	assert.Equal(t, "3600", a.flow(flow2014, span(yesterday, hour, "Interval", "300")).interval)
	assert.Equal(t, "3600", a.flow(flow2014, span(yesterday, hour, "TimeMerge", "false")).interval)

	a = start(t, cdnsim.Options{SpanLimit: map[time.Duration]time.Duration{fiveMinutes: 91 * day}})
	end := noon.Truncate(fiveMinutes)
	got := a.flow(flow2014, span(end.Add(fiveMinutes-90*day), end.Add(-fiveMinutes), "DomainName", "www.example.com"))
	assert.Len(t, got.order, 90*288-1)
}
