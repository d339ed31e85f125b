package cdn_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

var flowOperations = []*cdn.Operation{cdn.SrcFlowData, cdn.SrcTrafficData}

func TestEveryParameterIsSentAsDocumented(t *testing.T) {
	from := settled()
	beijing := from.In(time.FixedZone("UTC+8", 8*3600))
	date := from.Format("2006-01-02")
	all := cdn.Request{
		DomainName: "www.example.com,img.example.com", Start: from, End: from.Add(time.Hour), Interval: 5 * time.Minute,
		TimeMerge: cdn.True, FixTimeGap: cdn.False,
	}
	for name, c := range map[string]struct {
		operation *cdn.Operation
		request   cdn.Request
		want      map[string]string
	}{
		"2014-11-11, nothing":   {cdn.SrcFlowData, cdn.Request{}, map[string]string{}},
		"2018-05-10, nothing":   {cdn.SrcTrafficData, cdn.Request{}, map[string]string{}},
		"2014-11-11, no merge":  {cdn.SrcFlowData, cdn.Request{TimeMerge: cdn.False}, map[string]string{"TimeMerge": "false"}},
		"2014-11-11, fill gaps": {cdn.SrcFlowData, cdn.Request{FixTimeGap: cdn.True}, map[string]string{"FixTimeGap": "true"}},
		"an hour a slice":       {cdn.SrcTrafficData, cdn.Request{Interval: time.Hour}, map[string]string{"Interval": "3600"}},
		"a day a slice":         {cdn.SrcTrafficData, cdn.Request{Interval: 24 * time.Hour}, map[string]string{"Interval": "86400"}},
		"times of another zone": {cdn.SrcFlowData, cdn.Request{Start: beijing, End: beijing.Add(time.Hour)}, map[string]string{
			"StartTime": date + "T00:00Z", "EndTime": date + "T01:00Z",
		}},
		"2014-11-11, everything": {cdn.SrcFlowData, all, map[string]string{
			"DomainName": "www.example.com,img.example.com", "StartTime": date + "T00:00Z", "EndTime": date + "T01:00Z",
			"Interval": "300", "TimeMerge": "true", "FixTimeGap": "false",
		}},
		"2018-05-10, everything it has": {cdn.SrcTrafficData, all, map[string]string{
			"DomainName": "www.example.com,img.example.com", "StartTime": date + "T00:00:00Z", "EndTime": date + "T01:00:00Z",
			"Interval": "300",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			api := start(t, cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault { return &cdnsim.Fault{Body: `{"RequestId":"1"}`} }})
			_, err := api.Describe(t.Context(), c.operation, c.request)
			require.NoError(t, err)
			calls := api.sim.Calls()
			require.Len(t, calls, 1)
			assert.Equal(t, c.operation.Name(), calls[0].Operation)
			assert.Equal(t, c.operation.Version(), calls[0].Version)
			assert.Equal(t, c.want, calls[0].Params)
		})
	}
}

// Nothing but the answer's own units, and each slice once: what the simulated traffic is, the client must hand on.
func TestPointsComeThroughAsTheyWereAnswered(t *testing.T) {
	const domain = "www.example.com"
	from := settled()
	for name, options := range map[string]cdnsim.Options{
		"as documented":              {},
		"numbers in place of text":   {LooseTypes: true},
		"the other container's name": {OldContainer: true},
	} {
		for _, operation := range flowOperations {
			t.Run(operation.Name()+", "+name, func(t *testing.T) {
				api := start(t, options)
				flow, err := api.Describe(t.Context(), operation, cdn.Request{
					DomainName: domain, Start: from, End: from.Add(6 * time.Hour), Interval: 5 * time.Minute,
				})
				require.NoError(t, err)
				assert.Equal(t, 5*time.Minute, flow.Interval)
				assert.Equal(t, api.sim.Calls()[0].RequestID, flow.RequestID)
				assert.False(t, slices.IsSortedFunc(flow.Points, byStart), "the simulated API does not sort, and neither does the client")

				want := make([]cdn.Point, 0, 6*12+1)
				for at := from; !at.After(from.Add(6 * time.Hour)); at = at.Add(5 * time.Minute) {
					want = append(want, cdn.Point{Start: at.Unix(), Value: unitsPerByte[operation.Unit] * float64(cdnsim.Traffic(domain, at))})
				}
				slices.SortFunc(flow.Points, byStart)
				assert.Equal(t, want, flow.Points)
			})
		}
	}
}

var unitsPerByte = map[cdn.Unit]float64{cdn.Bit: 8, cdn.Byte: 1}

func byStart(a, b cdn.Point) int { return int(a.Start - b.Start) }

func TestTheIntervalIsTheAnsweredNotTheAskedOne(t *testing.T) {
	coarse := cdnsim.Options{SpanLimit: map[time.Duration]time.Duration{5 * time.Minute: time.Hour}}
	for _, operation := range flowOperations {
		t.Run(operation.Name(), func(t *testing.T) {
			flow, err := start(t, coarse).Describe(t.Context(), operation, cdn.Request{
				DomainName: "www.example.com", Start: settled(), End: settled().Add(4 * time.Hour), Interval: 5 * time.Minute,
			})
			require.NoError(t, err)
			assert.Equal(t, time.Hour, flow.Interval)
			assert.Len(t, flow.Points, 5)
		})
	}
}

func TestAnAnswerWithoutPointsIsNoError(t *testing.T) {
	for name, empty := range map[string]cdnsim.Empty{
		"[]": cdnsim.EmptyList, "null": cdnsim.EmptyNull, "no container": cdnsim.EmptyMissing,
	} {
		for _, operation := range flowOperations {
			t.Run(operation.Name()+", "+name, func(t *testing.T) {
				api := start(t, cdnsim.Options{Empty: empty, Domains: []cdnsim.Domain{}})
				flow, err := api.Describe(t.Context(), operation, cdn.Request{})
				require.NoError(t, err)
				assert.Empty(t, flow.Points)
				assert.NotEmpty(t, flow.RequestID)
			})
		}
	}
}

func TestTheLimitsThatAreStatedAreThoseOfTheAPI(t *testing.T) {
	names := func(n int) string { return strings.TrimSuffix(strings.Repeat("www.example.com,", n), ",") }
	for _, operation := range flowOperations {
		t.Run(operation.Name(), func(t *testing.T) {
			api := start(t, cdnsim.Options{MaxURL: -1}) // a list of 500 names is more than its default
			_, err := api.Describe(t.Context(), operation, cdn.Request{DomainName: names(operation.MaxDomains)})
			require.NoError(t, err)
			_, err = api.Describe(t.Context(), operation, cdn.Request{DomainName: names(operation.MaxDomains + 1)})
			assert.Equal(t, cdn.TooManyDomains, failure(t, err).Kind())

			now := time.Now().UTC().Truncate(time.Minute)
			for _, slice := range operation.Slices {
				oldest := now.Add(-slice.History)
				ask := func(start time.Time, span time.Duration) (cdn.Answer, error) {
					return api.Describe(t.Context(), operation, cdn.Request{
						DomainName: "www.example.com", Start: start, End: start.Add(span), Interval: slice.Length,
					})
				}
				_, err := ask(oldest.Add(-time.Minute), time.Hour)
				assert.Equal(t, cdn.TooOld, failure(t, err).Kind(), "%s: beyond the history", slice.Length)
				flow, err := ask(oldest.Add(2*time.Minute), min(slice.MaxSpan, slice.History)-10*time.Minute)
				require.NoError(t, err)
				assert.Equal(t, slice.Length, flow.Interval, "%s: just below the longest span", slice.Length)
			}
		})
	}
}

func TestOneClientServesManyCallsAtOnce(t *testing.T) {
	api := start(t, cdnsim.Options{})
	from := settled()
	var group sync.WaitGroup
	for i, domain := range cdnsim.DemoDomains() {
		if domain.Status == "offline" {
			continue
		}
		group.Go(func() {
			for _, operation := range flowOperations {
				flow, err := api.Describe(t.Context(), operation, cdn.Request{
					DomainName: domain.Name, Start: from, End: from.Add(time.Duration(i+1) * time.Hour),
				})
				if !assert.NoError(t, err) {
					return
				}
				assert.Len(t, flow.Points, (i+1)*12+1)
				for _, point := range flow.Points {
					want := unitsPerByte[operation.Unit] * float64(cdnsim.Traffic(domain.Name, time.Unix(point.Start, 0)))
					assert.Equal(t, want, point.Value)
				}
			}
		})
	}
	group.Wait()
}

func TestAnAnswerAboutAnotherDomainIsRefused(t *testing.T) {
	const one, two = "www.example.com", "img.example.com"
	for name, c := range map[string]struct {
		asked, answered string
		refused         bool
	}{
		"the one asked for":         {one, `"www.example.com"`, false},
		"another":                   {one, `"img.example.com"`, true},
		"another beside it":         {one, `"www.example.com,img.example.com"`, true},
		"a part of its name":        {one, `"example.com"`, true},
		"another case":              {one, `"WWW.Example.COM"`, false},
		"blanks and a last dot":     {one, `" www.example.com. "`, false},
		"nobody":                    {one, `""`, false},
		"null":                      {one, `null`, false},
		"a number":                  {one, `7`, false},
		"a list in another order":   {one + "," + two, `"img.example.com, www.example.com"`, false},
		"one of a list":             {one + "," + two, `"img.example.com"`, false},
		"a list with a stranger":    {one + "," + two, `"www.example.com,api.example.com"`, true},
		"one when asked for all":    {"", `"img.example.com"`, false},
		"a wildcard with its star":  {".example.com", `"*.example.com"`, false},
		"a name in another writing": {"例子.example.com", `"xn--fsqu00a.example.com"`, false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, op := range flowOperations {
				client := fixed(t, cdnsim.Fault{Body: `{"RequestId":"1","DomainName":` + c.answered + `,"DataInterval":"300"}`})
				_, err := client.Describe(t.Context(), op, cdn.Request{DomainName: c.asked})
				if c.refused {
					assert.ErrorIs(t, err, cdn.ErrMalformed)
					continue
				}
				assert.NoError(t, err)
			}
		})
	}
}
