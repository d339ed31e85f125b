package cdn_test

import (
	"cmp"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// counted has a truth that is counted in the place of one with a value.
func counted(count func(string, time.Time) int64) func(string, time.Time) (float64, bool) {
	return func(domain string, slice time.Time) (float64, bool) { return float64(count(domain, slice)), true }
}

// monitored are the operations beside those of origin flow with one number a slice: what the simulated API answers at 5
// minutes.
var monitored = []struct {
	op    *cdn.Operation
	unit  cdn.Unit
	truth func(domain string, slice time.Time) (float64, bool)
}{
	{cdn.TrafficData, cdn.Byte, counted(cdnsim.EdgeTraffic)},
	{cdn.QPSData, cdn.Count, counted(cdnsim.EdgeRequests)},
	{cdn.SrcQPSData, cdn.Count, counted(cdnsim.OriginRequests)},
	{cdn.HitRateData, cdn.Percent, cdnsim.HitRatio},
	{cdn.ReqHitRateData, cdn.Percent, cdnsim.RequestHitRatio},
}

// byCode are the operations by status code.
var byCode = []struct {
	op    *cdn.Operation
	truth func(domain string, slice time.Time) map[int]int64
}{
	{cdn.HTTPCodeData, cdnsim.EdgeStatus},
	{cdn.SrcHTTPCodeData, cdnsim.OriginStatus},
}

func TestEveryMonitoringOperationIsAskedInTheSameWay(t *testing.T) {
	ops := []*cdn.Operation{cdn.HTTPCodeData, cdn.SrcHTTPCodeData}
	for _, m := range monitored {
		ops = append(ops, m.op)
	}
	from := settled()
	date := from.Format("2006-01-02")
	for _, op := range ops {
		t.Run(op.Name(), func(t *testing.T) {
			api := start(t, cdnsim.Options{})
			_, err := api.Describe(t.Context(), op, cdn.Request{
				DomainName: "www.example.com,img.example.com", Start: from, End: from.Add(time.Hour), Interval: time.Hour,
				TimeMerge: cdn.True, FixTimeGap: cdn.True, // which it does not have
			})
			require.NoError(t, err)
			calls := api.sim.Calls()
			require.Len(t, calls, 1)
			assert.Equal(t, op.Name(), calls[0].Operation)
			assert.Equal(t, "2018-05-10", calls[0].Version)
			assert.Equal(t, map[string]string{
				"DomainName": "www.example.com,img.example.com",
				"StartTime":  date + "T00:00:00Z", "EndTime": date + "T01:00:00Z", "Interval": "3600",
			}, calls[0].Params)
		})
	}
}

func TestEveryMonitoringOperationIsReadAsItWasAnswered(t *testing.T) {
	const domain = "static.example.com" // whose cache breaks every hour
	from := settled()
	request := cdn.Request{DomainName: domain, Start: from, End: from.Add(6 * time.Hour), Interval: 5 * time.Minute}
	for name, options := range map[string]cdnsim.Options{"as documented": {}, "numbers in place of text": {LooseTypes: true}} {
		for _, m := range monitored {
			t.Run(m.op.Name()+", "+name, func(t *testing.T) {
				answer, err := start(t, options).Describe(t.Context(), m.op, request)
				require.NoError(t, err)
				assert.Equal(t, m.unit, m.op.Unit)
				assert.Equal(t, 5*time.Minute, answer.Interval)
				assert.Equal(t, m.op == cdn.SrcQPSData, answer.PerSecond)
				slices.SortFunc(answer.Points, byStart)
				require.Len(t, answer.Points, 6*12+1)
				for i, point := range answer.Points {
					slice := from.Add(time.Duration(i) * 5 * time.Minute)
					want, ok := m.truth(domain, slice)
					require.True(t, ok)
					require.Equal(t, slice.Unix(), point.Start)
					if answer.PerSecond {
						want /= 300
					}
					require.InDelta(t, want, point.Value, 1e-6)
				}
				assert.Empty(t, answer.Codes)
				assert.Zero(t, answer.Unreadable)
			})
		}
		for _, m := range byCode {
			t.Run(m.op.Name()+", "+name, func(t *testing.T) {
				answer, err := start(t, options).Describe(t.Context(), m.op, request)
				require.NoError(t, err)
				assert.True(t, m.op.ByCode())
				assert.Equal(t, cdn.Count, m.op.Unit)
				assert.Equal(t, 5*time.Minute, answer.Interval)
				assert.Zero(t, answer.Unreadable)
				slices.SortFunc(answer.Points, byStart)
				slices.SortFunc(answer.Codes, func(a, b cdn.CodeCount) int {
					return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.Code, b.Code))
				})
				var points []cdn.Point
				var codes []cdn.CodeCount
				for slice := from; !slice.After(from.Add(6 * time.Hour)); slice = slice.Add(5 * time.Minute) {
					truth, sum := m.truth(domain, slice), 0.0
					for _, code := range slices.Sorted(maps.Keys(truth)) {
						codes = append(codes, cdn.CodeCount{Start: slice.Unix(), Code: code, Count: float64(truth[code])})
						sum += float64(truth[code])
					}
					points = append(points, cdn.Point{Start: slice.Unix(), Value: sum})
				}
				assert.Equal(t, points, answer.Points)
				assert.Equal(t, codes, answer.Codes)
			})
		}
	}
}

func TestNoMonitoringOperationTakesAnErrorUnderHTTP200ForAnAnswer(t *testing.T) {
	client := fixed(t, cdnsim.Fault{Body: `{"RequestId":"1","Code":"Throttling","Message":"slow down"}`})
	for _, op := range []*cdn.Operation{cdn.HTTPCodeData, cdn.QPSData, cdn.SrcQPSData, cdn.HitRateData} {
		_, err := client.Describe(t.Context(), op, cdn.Request{})
		assert.Equal(t, cdn.Throttled, failure(t, err).Kind(), op.Name())
	}
}

func TestTheLimitsOfEveryMonitoringOperationAreThoseOfTheAPI(t *testing.T) {
	ops := []*cdn.Operation{cdn.HTTPCodeData, cdn.SrcHTTPCodeData}
	for _, m := range monitored {
		ops = append(ops, m.op)
	}
	now := time.Now().UTC().Truncate(time.Minute)
	for _, op := range ops {
		t.Run(op.Name(), func(t *testing.T) {
			api := start(t, cdnsim.Options{})
			for _, slice := range op.Slices {
				oldest := now.Add(-slice.History)
				ask := func(start time.Time, span time.Duration) (cdn.Answer, error) {
					return api.Describe(t.Context(), op, cdn.Request{
						DomainName: "www.example.com", Start: start, End: start.Add(span), Interval: slice.Length,
					})
				}
				_, err := ask(oldest.Add(-time.Minute), time.Hour)
				assert.Equal(t, cdn.TooOld, failure(t, err).Kind(), "%s: beyond the history", slice.Length)
				answer, err := ask(oldest.Add(2*time.Minute), min(slice.MaxSpan, slice.History)-10*time.Minute)
				require.NoError(t, err)
				assert.Equal(t, slice.Length, answer.Interval, "%s: just below the longest span", slice.Length)
			}
		})
	}
}
