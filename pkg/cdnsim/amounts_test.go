package cdnsim_test

import (
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

func TestHeldIsAskedForEachAmountOfASlice(t *testing.T) {
	status := make([]int64, len(known))
	for i, code := range known {
		status[i] = cdnsim.OriginStatus(www, yesterday)[code]
	}
	for operation, want := range map[string][]int64{
		flow2018:                       {cdnsim.Traffic(www, yesterday)},
		"DescribeDomainTrafficData":    {cdnsim.EdgeTraffic(www, yesterday)},
		"DescribeDomainSrcQpsData":     {cdnsim.OriginRequests(www, yesterday)},
		"DescribeDomainQpsData":        {cdnsim.EdgeRequests(www, yesterday)},
		srcStatus:                      status,
		hitRate:                        {cdnsim.EdgeTraffic(www, yesterday), cdnsim.Traffic(www, yesterday)},
		"DescribeDomainReqHitRateData": {cdnsim.EdgeRequests(www, yesterday), cdnsim.OriginRequests(www, yesterday)},
	} {
		var mu sync.Mutex
		var asked []int64
		a := start(t, cdnsim.Options{Held: func(domain string, slice time.Time, age time.Duration, final int64) (int64, bool) {
			mu.Lock()
			defer mu.Unlock()
			assert.Equal(t, www, domain)
			assert.Equal(t, noon.Sub(slice)-fiveMinutes, age)
			asked = append(asked, final)
			return final, true
		}})
		a.tell(operation, span18(yesterday, yesterday.Add(time.Minute), "DomainName", www))
		assert.Equal(t, want, asked, operation)
	}
}

func TestASliceOfWhichHeldDeniesAnAmountIsAbsent(t *testing.T) {
	for name, denied := range map[string]int64{
		"the first": cdnsim.EdgeTraffic(www, yesterday), "the last": cdnsim.Traffic(www, yesterday),
	} {
		a := start(t, cdnsim.Options{Held: func(_ string, _ time.Time, _ time.Duration, final int64) (int64, bool) {
			return final, final != denied
		}})
		got := a.tell(hitRate, span18(yesterday, yesterday.Add(fiveMinutes), "DomainName", www))
		assert.Equal(t, []time.Time{yesterday.Add(fiveMinutes)}, slices.Collect(maps.Keys(got.points)), name)
		// Of an hour, what is denied counts as nothing.
		got = a.tell(hitRate, span18(yesterday, yesterday.Add(time.Minute), "DomainName", www, "Interval", "3600"))
		rest := stretch{[]string{www}, yesterday.Add(fiveMinutes), time.Hour - fiveMinutes}
		ratios(t, rest.sum(cdnsim.Traffic), rest.sum(cdnsim.EdgeTraffic), got.points[yesterday])
	}
}

func TestWhatHeldSaysOfAmountsIsAnswered(t *testing.T) {
	half := func(_ string, _ time.Time, _ time.Duration, final int64) (int64, bool) { return final / 2, true }
	a := start(t, cdnsim.Options{Held: half})
	p := span18(yesterday, yesterday.Add(fiveMinutes), "DomainName", www)
	want := map[int]int64{}
	for code, count := range cdnsim.OriginStatus(www, yesterday) {
		if count > 1 {
			want[code] = count / 2
		}
	}
	statuses(t, want, a.tell(srcStatus, p).points[yesterday])
	ratios(t, cdnsim.Traffic(www, yesterday)/2, cdnsim.EdgeTraffic(www, yesterday)/2, a.tell(hitRate, p).points[yesterday])
}

func TestLateAmountsArePartialZeroOrAbsent(t *testing.T) {
	newest := noon.Truncate(fiveMinutes).Add(-fiveMinutes) // has ended, but is not final
	p := span18(newest, newest.Add(time.Minute), "DomainName", www)
	partial := start(t, cdnsim.Options{})
	final := cdnsim.OriginStatus(www, newest)
	some := counts(t, partial.tell(srcStatus, p).points[newest])
	require.NotEmpty(t, some)
	for code, count := range some {
		assert.Less(t, count, final[code], "every count is too low")
	}
	// Both amounts lack the same part, so the ratio is about what it will be.
	ratio, _ := cdnsim.HitRatio(www, newest)
	assert.InDelta(t, ratio, decimal(t, partial.tell(hitRate, p).points[newest]["Value"]), 0.01)
	assert.Positive(t, ratio)

	zero := start(t, cdnsim.Options{Late: cdnsim.LateZero})
	assert.Equal(t, map[string]any{"CodeProportionData": []any{}}, zero.tell(srcStatus, p).points[newest]["Value"])
	assert.Equal(t, "0", zero.tell(hitRate, p).points[newest]["Value"])

	absent := start(t, cdnsim.Options{Late: cdnsim.LateAbsent})
	assert.Empty(t, absent.tell(srcStatus, p).points)
	assert.Empty(t, absent.tell(hitRate, p).points)
}

func TestASliceThatIsLostIsLostToEveryOperation(t *testing.T) {
	a := start(t, cdnsim.Options{Missing: 0.5})
	p := span18(yesterday, yesterday.Add(time.Hour), "DomainName", www)
	want := slices.SortedFunc(maps.Keys(a.tell(flow2018, p).points), time.Time.Compare)
	require.NotEmpty(t, want)
	require.Less(t, len(want), 13)
	kept := map[int]int64{}
	var origin, edge int64
	for _, at := range want {
		if at.Before(yesterday.Add(time.Hour)) {
			origin, edge = origin+cdnsim.Traffic(www, at), edge+cdnsim.EdgeTraffic(www, at)
			for code, count := range cdnsim.OriginStatus(www, at) {
				kept[code] += count
			}
		}
	}
	for operation := range metrics {
		assert.Equal(t, want, slices.SortedFunc(maps.Keys(a.tell(operation, p).points), time.Time.Compare), operation)
	}
	p["Interval"] = "3600"
	statuses(t, kept, a.tell(srcStatus, p).points[yesterday])
	ratios(t, origin, edge, a.tell(hitRate, p).points[yesterday])
}

func TestAnAnswerWithoutPointsTakesTheAskedFormWhateverTheMetric(t *testing.T) {
	for name, tc := range map[string]struct {
		empty cdnsim.Empty
		want  func(list string) any
	}{
		"list":    {cdnsim.EmptyList, func(list string) any { return map[string]any{list: []any{}} }},
		"null":    {cdnsim.EmptyNull, func(list string) any { return map[string]any{list: nil} }},
		"missing": {cdnsim.EmptyMissing, func(string) any { return nil }},
	} {
		a := start(t, cdnsim.Options{Empty: tc.empty, Domains: []cdnsim.Domain{}})
		for operation, at := range metrics {
			_, body := a.ask(operation, span18(yesterday, yesterday.Add(time.Hour)))
			got, present := body[at.container]
			assert.Equal(t, tc.want(at.list), got, "%s %s", name, operation)
			assert.Equal(t, tc.empty != cdnsim.EmptyMissing, present, "%s %s", name, operation)
		}
	}
}

func TestCountsAndRatiosCanComeAsNumbers(t *testing.T) {
	a := start(t, cdnsim.Options{LooseTypes: true})
	p := span18(yesterday, yesterday.Add(fiveMinutes), "DomainName", www)
	list := codes(t, a.tell(srcStatus, p).points[yesterday])
	require.NotEmpty(t, list)
	for _, c := range list {
		assert.IsType(t, "", c.Code)
		assert.IsType(t, 0.0, c.Count)
		assert.IsType(t, 0.0, c.Proportion)
	}
	ratio, _ := cdnsim.HitRatio(www, yesterday)
	assert.Equal(t, ratio, a.tell(hitRate, p).points[yesterday]["Value"])
	assert.IsType(t, 0.0, a.tell("DescribeDomainSrcQpsData", p).points[yesterday]["Value"])
}

func TestDaysOfStatusAndRatioMayBeThoseOfUTC(t *testing.T) {
	a := start(t, cdnsim.Options{UTCDays: true})
	from := yesterday.Add(-day)
	p := span18(from, from.Add(time.Minute), "DomainName", www, "Interval", "86400")
	s := stretch{[]string{www}, from, day}
	status, ratio := a.tell(srcStatus, p), a.tell(hitRate, p)
	require.Len(t, status.points, 1)
	statuses(t, s.status(cdnsim.OriginStatus), status.points[from])
	ratios(t, s.sum(cdnsim.Traffic), s.sum(cdnsim.EdgeTraffic), ratio.points[from])
}

func TestTheWireShapeOfOtherMetricsIsTheDocumentedOne(t *testing.T) {
	const silent = "legacy.example.org"
	a := start(t, cdnsim.Options{RequestID: func() string { return "R-1" }})
	for operation, want := range map[string]string{
		srcStatus:                  `"HttpCodeData": {"UsageData": [{"TimeStamp": "2024-05-14T00:00:00Z", "Value": {"CodeProportionData": []}}]}`,
		hitRate:                    `"HitRateInterval": {"DataModule": [{"TimeStamp": "2024-05-14T00:00:00Z", "Value": "0", "HttpsValue": "0"}]}`,
		"DescribeDomainSrcQpsData": `"SrcQpsDataPerInterval": {"DataModule": [{"TimeStamp": "2024-05-14T00:00:00Z", "Value": "0"}]}`,
	} {
		_, text := a.get(a.query(operation, span18(yesterday, yesterday.Add(time.Minute), "DomainName", silent)))
		assert.JSONEq(t, `{`+want+`, "DataInterval": "300", "RequestId": "R-1", "DomainName": "`+silent+`",
			"StartTime": "2024-05-14T00:00:00Z", "EndTime": "2024-05-14T00:01:00Z"}`, text)
	}
}

func TestDemoModeAnswersEveryOperation(t *testing.T) {
	a := start(t, cdnsim.DemoOptions())
	for operation := range metrics {
		assert.NotEmpty(t, a.tell(operation, nil).points, operation)
	}
}
