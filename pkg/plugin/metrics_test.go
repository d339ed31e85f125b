package plugin

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
)

func TestEveryMetricOfTheCatalogueHasItsTruth(t *testing.T) {
	var names []string
	for _, m := range originflow.Metrics {
		names = append(names, m.Name)
		assert.Equal(t, metricTruths[m.Name].units, m.Units, m.Name)
	}
	assert.ElementsMatch(t, slices.Collect(maps.Keys(metricTruths)), names)
	assert.ElementsMatch(t, values(unitIDs), values(units))
}

// walkSource is where values come from, and what of them is lost.
type walkSource struct {
	setup
	lost func(domain string, t time.Time) bool
}

func TestEveryValueOfEveryMetricIsTheTruth(t *testing.T) {
	demo := cdnsim.DemoOptions()
	for name, source := range map[string]walkSource{
		"over HTTP": {setup: setup{json: map[string]any{"callsPerSecond": 100}}},
		"over HTTP, with gaps": {
			setup{api: cdnsim.Options{Missing: 0.05, LooseTypes: true}, json: map[string]any{"callsPerSecond": 100}}, lossOf(t, 0.05),
		},
		"demo": {
			setup{json: map[string]any{"authType": "demo", "endpoint": "", "callsPerSecond": 100}, secrets: map[string]string{}},
			lossOf(t, demo.Missing),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, truth := newLab(t, source.setup), &oracle{lost: source.lost}
			for metric, m := range metricTruths {
				ways := []string{""}
				if m.codes != nil {
					ways = []string{"class", "code"}
				}
				for _, unit := range m.units {
					for _, by := range ways {
						for granularity, span := range truthSpans {
							for selected, s := range selections {
								t.Run(strings.Join([]string{metric, unit, by, granularity, selected}, "/"), func(t *testing.T) {
									q := span.question
									q.query = fmt.Sprintf(`{"queryType":%q,"unit":%q,"statusBy":%q,"granularity":%q,%s}`, metric, unit, by, granularity, s.json)
									frames := l.frames(q)
									requireTruth(t, metric, unit, truth.lines(metric, unit, by, s.series, span), frames)
									for _, f := range frames {
										require.Equal(t, float64(span.length.Milliseconds()), f.Fields[0].Config.Interval)
										custom := f.Meta.Custom.(frameMeta)
										require.Equal(t, m.operation, custom.Operation)
										require.Equal(t, span.seconds, custom.GranularitySeconds)
										require.Empty(t, f.Meta.Notices)
									}
								})
							}
						}
					}
				}
			}
		})
	}
}

func TestMergingByTimeIsRightForEveryMetric(t *testing.T) {
	l, truth := newLab(t, setup{json: map[string]any{"callsPerSecond": 100}}), &oracle{}
	fourDays := question{from: 4 * 24 * time.Hour, points: 2000}
	for metric, m := range metricTruths {
		for name, span := range map[string]truthSpan{
			"off": {fourDays, noon.Add(-96*time.Hour - 2*time.Minute), noon.Add(-17 * time.Minute), 5 * time.Minute, 300},
			"on":  truthSpans["5m"],
		} {
			t.Run(metric+"/"+name, func(t *testing.T) {
				q := span.question
				q.query = fmt.Sprintf(`{"queryType":%q,"timeMerge":%q,"domains":["www.example.com"]}`, metric, name)
				requireTruth(t, metric, m.units[0], truth.lines(metric, m.units[0], "class", singles("www.example.com"), span), l.frames(q))
			})
		}
	}
}

func TestARatioIsOfSlicesThatBothOperationsHave(t *testing.T) {
	ten := noon.Add(-127 * time.Minute)
	gone := ten.Add(30 * time.Minute)
	for operation, metrics := range map[string][]string{
		edge: {"hitRatio", "originShare"}, flow: {"originShare"}, "DescribeDomainHitRateData": {"hitRatio"},
		"DescribeDomainQpsData": {"requestHitRatio"}, "DescribeDomainReqHitRateData": {"requestHitRatio"},
	} {
		for _, metric := range metrics {
			for step, span := range map[string]truthSpan{
				"5m":  {question{from: 127 * time.Minute, points: 1000}, ten, lastHour.to, 5 * time.Minute, 300},
				"10m": {question{from: 127 * time.Minute, interval: 10 * time.Minute, points: 1000}, ten, lastHour.to, 10 * time.Minute, 300},
				"1h":  {question{from: 127 * time.Minute, points: 1000}, ten, lastHour.from, time.Hour, 3600},
			} {
				t.Run(metric+" without one of "+operation+", by "+step, func(t *testing.T) {
					l := newLab(t, setup{api: cdnsim.Options{Fault: func(call cdnsim.Call) *cdnsim.Fault {
						if call.Operation != operation {
							return nil
						}
						return &cdnsim.Fault{Edit: func(body []byte) []byte {
							return []byte(strings.Replace(string(body), gone.Format(time.RFC3339), gone.Add(-time.Hour*24).Format(time.RFC3339), 1))
						}}
					}}})
					truth := &oracle{lost: func(_ string, t time.Time) bool { return t.Equal(gone) }}
					q := span.question
					q.query = `{"queryType":"` + metric + `","granularity":"` + strings.Replace(step, "10m", "auto", 1) + `","domains":["video.example.com"]}`
					requireTruth(t, metric, "percent", truth.lines(metric, "percent", "", singles("video.example.com"), span), l.frames(q))
				})
			}
		}
	}
}
