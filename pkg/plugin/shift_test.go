package plugin

import (
	"fmt"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

func TestAShiftedSeriesIsTheEarlierOneMovedForward(t *testing.T) {
	const day = 24 * time.Hour
	demo := []truthSeries{{"static.example.com", []string{"static.example.com"}}, {"docs.example.org", []string{"docs.example.org"}}}
	l := newLab(t, setup{json: map[string]any{"callsPerSecond": 100}})
	for name, c := range map[string]struct {
		shift time.Duration
		span  truthSpan
	}{
		// Of an earlier time all slices of the range are final.
		"1d":  {day, truthSpan{question{from: 67 * time.Minute}, noon.Add(-67 * time.Minute), noon.Add(3 * time.Minute), 5 * time.Minute, 300}},
		"7d":  {7 * day, truthSpan{question{from: 67 * time.Minute}, noon.Add(-67 * time.Minute), noon.Add(3 * time.Minute), 5 * time.Minute, 300}},
		"1w":  {7 * day, truthSpan{question{from: 9 * time.Hour}, noon.Add(-9*time.Hour - 2*time.Minute), noon.Add(3 * time.Minute), 5 * time.Minute, 300}},
		"90m": {90 * time.Minute, truthSpan{question{from: 67 * time.Minute}, noon.Add(-67 * time.Minute), noon.Add(3 * time.Minute), 5 * time.Minute, 300}},
		// A part of the earlier time is not final yet either.
		"10m": {10 * time.Minute, truthSpan{question{from: 67 * time.Minute}, noon.Add(-67 * time.Minute), noon.Add(-7 * time.Minute), 5 * time.Minute, 300}},
		"2d":  {2 * day, truthSpan{question{from: 7 * time.Hour, interval: time.Hour}, noon.Add(-7*time.Hour - 7*time.Minute), noon.Add(53 * time.Minute), time.Hour, 300}},
	} {
		for metric, m := range metricTruths {
			t.Run(name+"/"+metric, func(t *testing.T) {
				q := c.span.question
				q.query = fmt.Sprintf(`{"queryType":%q,"timeShift":%q,"domains":["static.example.com","docs.example.org"]}`, metric, name)
				earlier := c.span
				earlier.from, earlier.to = earlier.from.Add(-c.shift), earlier.to.Add(-c.shift)
				want := new(oracle).lines(metric, m.units[0], "class", demo, earlier)
				for i := range want {
					for j := range want[i].times {
						want[i].times[j] = want[i].times[j].Add(c.shift)
					}
				}
				frames := l.frames(q)
				requireTruth(t, metric, m.units[0], want, frames)
				for _, f := range frames {
					assert.Contains(t, f.Fields[1].Config.DisplayNameFromDS, " (-"+name+")")
					assert.Contains(t, f.Meta.Custom.(frameMeta).SettledUntil, "2024-05-15T11:", "true times, not moved ones")
				}
			})
		}
	}
}

func TestTheGapsOfAShiftedSeriesAreMovedForwardToo(t *testing.T) {
	lost := lossOf(t, 0.3)
	for metric := range metricTruths {
		t.Run(metric, func(t *testing.T) {
			l := newLab(t, setup{api: cdnsim.Options{Missing: 0.3}})
			frames := l.frames(hour(`{"queryType":"` + metric + `","timeShift":"1d","gapFill":"null","domains":["www.example.com"]}`))
			require.NotEmpty(t, frames)
			for _, f := range frames {
				require.Equal(t, 14, f.Rows())
				gaps := 0
				for row := range f.Rows() {
					start := lastHour.from.Add(time.Duration(row) * 5 * time.Minute)
					require.Equal(t, start, f.Fields[0].At(row))
					_, hasValue := f.Fields[1].ConcreteAt(row)
					assert.Equal(t, !lost("www.example.com", start.Add(-24*time.Hour)), hasValue, start)
					if !hasValue {
						gaps++
					}
				}
				assert.Positive(t, gaps)
			}
		})
	}
}

func TestAnEvaluationMovesOnlyWhatIsNotFinal(t *testing.T) {
	// At 12:00 sharp, ten minutes are two slices.
	l := newLab(t, setup{now: noon.Add(-7 * time.Minute)})
	for metric, m := range metricTruths {
		t.Run(metric, func(t *testing.T) {
			query := `{"queryType":"` + metric + `","domains":["static.example.com"]%s}`
			request := l.request(question{query: fmt.Sprintf(query, ""), from: 10 * time.Minute, alert: true})
			for refID, extra := range map[string]string{"B": `,"timeShift":"1d"`, "C": `,"timeShift":"10m"`} {
				another := request.Queries[0]
				another.RefID, another.JSON = refID, []byte(fmt.Sprintf(query, extra))
				request.Queries = append(request.Queries, another)
			}
			response, err := l.source.QueryData(t.Context(), request)
			require.NoError(t, err)
			now := l.now()
			for refID, c := range map[string]struct{ shift, before time.Duration }{
				"A": {0, 25 * time.Minute},                // of 11:35 to 11:45, which are final
				"B": {24 * time.Hour, 10 * time.Minute},   // of yesterday, all of it final
				"C": {10 * time.Minute, 15 * time.Minute}, // of 11:35 to 11:45 as well, as 11:50 is not final yet
			} {
				answer := response.Responses[refID]
				require.NoError(t, answer.Error)
				require.Equal(t, backend.StatusOK, answer.Status)
				from := now.Add(-c.before)
				earlier := truthSpan{from: from.Add(-c.shift), to: from.Add(10*time.Minute - c.shift), length: 5 * time.Minute}
				want := new(oracle).lines(metric, m.units[0], "class", singles("static.example.com"), earlier)
				for i := range want {
					for j := range want[i].times {
						want[i].times[j] = want[i].times[j].Add(c.shift)
					}
				}
				requireTruth(t, metric, m.units[0], want, answer.Frames)
				assert.Equal(t, []time.Time{from, from.Add(5 * time.Minute)}, []time.Time{
					answer.Frames[0].Fields[0].At(0).(time.Time), answer.Frames[0].Fields[0].At(1).(time.Time),
				})
				assert.Empty(t, noticesOf(answer.Frames))
			}
		})
	}
}

func TestAShiftBeforeTheHistoryIsClipped(t *testing.T) {
	l := newLab(t, setup{})
	frames := l.frames(hour(`{"domains":["www.example.com"],"timeShift":"200d"}`))
	require.Len(t, frames, 1)
	assert.Empty(t, frames[0].Fields)
	require.NotEmpty(t, noticesOf(frames))
	assert.Contains(t, noticesOf(frames)[0], "DescribeDomainSrcFlowData has no older data than 2024-02-1")
}

func TestARangeBeforeTheHistoryOfTwoOperationsIsClipped(t *testing.T) {
	l := newLab(t, setup{})
	notices := noticesOf(l.frames(question{
		query: `{"queryType":"originShare","granularity":"1d","domains":["www.example.com"]}`, from: 100 * 24 * time.Hour, to: 85 * 24 * time.Hour,
	}))
	require.Len(t, notices, 1)
	assert.Equal(t, "DescribeDomainSrcFlowData and DescribeDomainTrafficData have no older data than 2024-02-15 16:00 UTC: the range begins there.",
		notices[0])
}

func TestAShiftedSeriesUsesWhatIsCached(t *testing.T) {
	l := newLab(t, setup{})
	yesterday := question{query: `{"domains":["www.example.com"]}`, from: 25*time.Hour + 7*time.Minute, to: 24 * time.Hour}
	l.frames(yesterday)
	l.sim.Reset()
	shifted := l.frames(question{query: `{"domains":["www.example.com"],"timeShift":"1d"}`, from: 67 * time.Minute, points: 1000})
	assert.Empty(t, l.sim.Calls())
	assert.Equal(t, 14, shifted[0].Rows())
}
