package plugin

import (
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

func TestAFrameHoldsWhatTheContractSays(t *testing.T) {
	for name, c := range map[string]struct {
		unit, id string
		// scale is what a byte of a 5-minute slice is in the unit.
		scale float64
	}{
		"bits":             {"bits", "decbits", 8},
		"bytes":            {"bytes", "decbytes", 1},
		"bits per second":  {"bitsPerSecond", "bps", 8.0 / 300},
		"bytes per second": {"bytesPerSecond", "Bps", 1.0 / 300},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, setup{})
			domains := []string{"www.example.com", "img.example.com"}
			frames := l.frames(hour(`{"domains":["www.example.com","img.example.com"],"unit":"` + c.unit + `","legendFormat":"{{domain}}!"}`))
			require.Len(t, frames, 2, "one frame per series")
			for i, f := range frames {
				require.Len(t, f.Fields, 2)
				times, values := f.Fields[0], f.Fields[1]

				assert.Equal(t, "Time", times.Name)
				assert.Equal(t, data.FieldTypeTime, times.Type())
				assert.Empty(t, times.Labels)
				assert.Equal(t, time.UTC, times.At(0).(time.Time).Location())
				assert.Equal(t, &data.FieldConfig{Interval: 300_000}, times.Config, "in milliseconds")

				assert.Equal(t, "Value", values.Name)
				assert.Equal(t, data.FieldTypeFloat64, values.Type())
				assert.Equal(t, data.Labels{"domain": domains[i]}, values.Labels, "in the order asked for")
				assert.Equal(t, &data.FieldConfig{Unit: c.id, DisplayNameFromDS: domains[i] + "!"}, values.Config)
				requireSlices(t, f, domains[i:i+1], noon.Add(-67*time.Minute), noon.Add(-17*time.Minute), 5*time.Minute, c.scale)

				assert.Equal(t, data.FrameTypeTimeSeriesMulti, f.Meta.Type)
				assert.Equal(t, data.FrameTypeVersion{0, 1}, f.Meta.TypeVersion)
				assert.Equal(t, data.TimeSeriesTypeWide, f.TimeSeriesSchema().Type, "what alerting wants")
				assert.Equal(t, "DescribeDomainSrcFlowData 2014-11-11 DomainName="+domains[i]+
					" StartTime=2024-05-15T11:00:00Z EndTime=2024-05-15T11:50:00Z Interval=300", f.Meta.ExecutedQueryString)
				assert.JSONEq(t, `{"operation":"DescribeDomainSrcFlowData","granularitySeconds":300,"calls":1,"slicesFetched":10,
					"slicesCached":0,"settledUntil":"2024-05-15T11:50:00Z","requestIds":["`+sampleRequestID+`"]}`,
					string(mustJSON(t, f.Meta.Custom)))
				assert.Empty(t, f.Meta.Notices)
			}
		})
	}
}

func TestAFrameFromTheCacheSaysSo(t *testing.T) {
	l := newLab(t, setup{})
	l.frames(hour(`{"domains":["www.example.com"]}`))
	l.sim.Reset()
	f := l.frames(hour(`{"domains":["www.example.com"],"unit":"bytesPerSecond","gapFill":"null"}`))[0]
	assert.Empty(t, l.sim.Calls())
	assert.Empty(t, f.Meta.ExecutedQueryString)
	assert.JSONEq(t, `{"operation":"DescribeDomainSrcFlowData","granularitySeconds":300,"calls":0,"slicesFetched":0,
		"slicesCached":10,"settledUntil":"2024-05-15T11:50:00Z","requestIds":[]}`, string(mustJSON(t, f.Meta.Custom)))
	assert.Equal(t, data.FieldTypeNullableFloat64, f.Fields[1].Type(), "gapFill null makes the values nullable")
}

func TestOneLineOfTheExecutedQueryStandsForOneCall(t *testing.T) {
	l := newLab(t, setup{})
	f := l.frames(question{query: `{"domains":["www.example.com"],"granularity":"5m"}`, from: 7 * 24 * time.Hour})[0]
	lines := strings.Split(f.Meta.ExecutedQueryString, "\n")
	calls := l.calls(flow)
	require.Len(t, calls, 3, "each span is below 3 days")
	require.Len(t, lines, len(calls))
	for _, call := range calls {
		minutes := strings.TrimSuffix(call.Params["StartTime"], "Z")
		assert.Contains(t, f.Meta.ExecutedQueryString, "StartTime="+minutes+":00Z")
	}
}

func TestPointsStayWithinMaxDataPointsAndNothingIsLost(t *testing.T) {
	for name, c := range map[string]struct {
		unit  string
		scale func(step time.Duration) float64
	}{
		"volumes are summed":   {"bytes", func(time.Duration) float64 { return 1 }},
		"rates are averaged":   {"bytesPerSecond", func(step time.Duration) float64 { return 1 / step.Seconds() }},
		"and so are bit rates": {"bitsPerSecond", func(step time.Duration) float64 { return 8 / step.Seconds() }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, setup{})
			f := l.frames(question{
				query: `{"domains":["www.example.com"],"granularity":"5m","unit":"` + c.unit + `"}`, from: 24 * time.Hour, points: 100,
			})[0]
			step := time.Duration(f.Fields[0].Config.Interval) * time.Millisecond
			assert.Equal(t, 15*time.Minute, step)
			assert.LessOrEqual(t, f.Rows(), 100)
			requireSlices(t, f, []string{"www.example.com"},
				noon.Add(-24*time.Hour-7*time.Minute), noon.Add(-22*time.Minute), step, c.scale(step))
		})
	}
}

func TestTheNewestHoursAreRolledUpFromFinalShorterSlices(t *testing.T) {
	l := newLab(t, setup{})
	f := l.frames(question{query: `{"domains":["www.example.com"],"granularity":"1h","unit":"bytes"}`, from: 12 * time.Hour})[0]
	requireSlices(t, f, []string{"www.example.com"}, noon.Add(-12*time.Hour-7*time.Minute), noon.Add(-67*time.Minute), time.Hour, 1)
}

func TestAMergedSeriesIsTheSumOfItsDomains(t *testing.T) {
	var all []string
	for _, domain := range cdnsim.DemoDomains() {
		all = append(all, domain.Name)
	}
	for name, c := range map[string]struct {
		query, label string
		domains      []string
	}{
		"list":  {`{"domains":["www.example.com","IMG.example.com"],"mergeDomains":true}`, "www.example.com,img.example.com", []string{"www.example.com", "img.example.com"}},
		"all":   {`{"domainMode":"all","mergeDomains":true}`, "*", all},
		"regex": {`{"domainMode":"regex","domainPattern":"^cdn\\.|^api","mergeDomains":true}`, `^cdn\.|^api`, []string{"cdn.example.net", "api.example.com"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, setup{})
			frames := l.frames(hour(c.query))
			require.Len(t, frames, 1)
			assert.Equal(t, data.Labels{"domain": c.label}, frames[0].Fields[1].Labels)
			requireSlices(t, frames[0], c.domains, noon.Add(-67*time.Minute), noon.Add(-17*time.Minute), 5*time.Minute, 8)
			assert.Len(t, l.calls(flow), 1)
		})
	}
}

func TestTheUnitOf2014IsASetting(t *testing.T) {
	bit := newLab(t, setup{}).frames(hour(`{"domains":["www.example.com"]}`))[0]
	bytes := newLab(t, setup{json: map[string]any{"flowUnit2014": "byte"}}).frames(hour(`{"domains":["www.example.com"]}`))[0]
	for i := range bit.Rows() {
		assert.InEpsilon(t, 8*bit.Fields[1].At(i).(float64), bytes.Fields[1].At(i), 1e-9)
	}
}

func TestADomainWithoutDataHasNoFrame(t *testing.T) {
	l := newLab(t, setup{api: cdnsim.Options{Missing: 1}})
	frames := l.frames(hour(`{"domains":["www.example.com","img.example.com"]}`))
	require.Len(t, frames, 1, "a typed frame without fields says so")
	assert.Empty(t, frames[0].Fields)
	assert.Equal(t, data.FrameTypeTimeSeriesMulti, frames[0].Meta.Type)
	assert.Empty(t, noticesOf(frames))
}

func TestSlicesLongerThanAskedForAreNotShownBeforeTheyAreFinal(t *testing.T) {
	for name, late := range map[string]cdnsim.Late{"growing": cdnsim.LatePartial, "zero": cdnsim.LateZero} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, setup{api: cdnsim.Options{
				Late: late, SpanLimit: map[time.Duration]time.Duration{5 * time.Minute: time.Hour},
			}})
			for range 3 {
				f := l.frames(question{query: `{"domains":["www.example.com"],"granularity":"5m","unit":"bytes"}`, from: 8 * time.Hour})[0]
				length := time.Duration(f.Fields[0].Config.Interval) * time.Millisecond
				for i := range f.Rows() {
					start := f.Fields[0].At(i).(time.Time)
					require.Equal(t, bytesOf([]string{"www.example.com"}, start, length), f.Fields[1].At(i), "slice %s", start)
				}
			}
		})
	}
}

func TestThatOneOfAllDomainsIsOfflineIsNoNews(t *testing.T) {
	l := newLab(t, setup{api: cdnsim.Options{Fault: func(call cdnsim.Call) *cdnsim.Fault {
		if call.Params["DomainName"] != "legacy.example.org" {
			return nil
		}
		return &cdnsim.Fault{Error: &cdnsim.Error{Status: 404, Code: "InvalidDomain.Offline"}}
	}}})
	frames := l.frames(hour(`{"domainMode":"all"}`))
	assert.Len(t, frames, len(cdnsim.DemoDomains())-1)
	assert.Empty(t, noticesOf(frames))

	named := l.frames(hour(`{"domains":["www.example.com","legacy.example.org"]}`))
	require.Len(t, noticesOf(named), 1)
	assert.Contains(t, noticesOf(named)[0], "InvalidDomain.Offline")
}
