package originflow

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// TestADayMinuteByMinute walks a day and a bit: at every minute each granularity shows exactly the final slices, each
// alert window holds the right ones, and no value ever changes after it was shown.
func TestADayMinuteByMinute(t *testing.T) {
	for name, c := range map[string]struct {
		delay time.Duration
		api   string
		late  cdnsim.Late
		// lost is the share of slices that the API has nothing for: which are left is then not looked at, only that no
		// value changes.
		lost float64
	}{
		"with slices that grow until they are final": {delay: 15 * time.Minute},
		"with slices that are zero until then":       {delay: 15 * time.Minute, late: cdnsim.LateZero},
		"with slices that are absent until then":     {delay: 15 * time.Minute, late: cdnsim.LateAbsent},
		"with a longer delay":                        {delay: 35 * time.Minute},
		"with slices that the API has lost":          {delay: 15 * time.Minute, lost: 0.1},
		"with the successor, in byte":                {delay: 15 * time.Minute, api: cdn.SrcTrafficData.Version()},
	} {
		t.Run(name, func(t *testing.T) {
			inLab(t, cdnsim.Options{Late: c.late, Missing: c.lost}, func(l *lab) {
				l.reader.DataDelay, l.reader.APIVersion = c.delay, c.api
				shown := map[time.Duration]map[time.Time]float64{}
				for range 25 * 60 {
					for length, back := range map[time.Duration]time.Duration{
						5 * time.Minute: 2 * time.Hour,
						time.Hour:       12 * time.Hour,
						24 * time.Hour:  4 * 24 * time.Hour,
					} {
						if shown[length] == nil {
							shown[length] = map[time.Time]float64{}
						}
						l.walkStep(length, back, c.delay, c.lost == 0, shown[length])
					}
					time.Sleep(time.Minute)
				}
			})
		})
	}
}

// walkStep looks at a panel and an alert window with slices of one length.
func (l *lab) walkStep(length, back, delay time.Duration, exact bool, shown map[time.Time]float64) {
	slices := grid{length: seconds(length)}
	if length == 24*time.Hour {
		slices.phase = beijingMidnight
	}
	settled := instant(slices.floor(time.Now().Add(-delay).Unix()))

	panel := last(back)
	panel.Granularity = length
	series := l.read(panel)
	alert := last(2 * length)
	alert.Granularity, alert.Alert = length, true
	window := l.read(alert)
	if exact {
		l.requireExact(series, instant(slices.floor(panel.From.Unix())), settled)
		l.requireExact(window, settled.Add(-2*length), settled)
	}

	for _, s := range append(series.Slices, window.Slices...) {
		if before, seen := shown[s.Start]; seen {
			require.Equal(l, before, s.Volume, "the slice of %s changed after it was shown", s.Start)
		}
		shown[s.Start] = s.Volume
	}
}

// TestRatesDoNotJump compares the rates of one stretch of time in slices of every length: the same bytes per second on
// average, within the difference of which slices the range holds.
func TestRatesDoNotJumpWithTheGranularity(t *testing.T) {
	inLab(t, cdnsim.Options{}, func(l *lab) {
		day := span{grid{length: daySeconds, phase: beijingMidnight}.floor(time.Now().Add(-72 * time.Hour).Unix()), 0}
		day.to = day.from + daySeconds
		var averages []float64
		for _, length := range []time.Duration{5 * time.Minute, time.Hour, 24 * time.Hour} {
			series := l.read(Request{
				Targets: []Target{{domain, []string{domain}}}, From: instant(day.from), To: instant(day.to), Granularity: length,
			})
			var sum float64
			for _, s := range series.Slices {
				sum += s.PerSecond
			}
			averages = append(averages, sum/float64(len(series.Slices)))
		}
		require.InEpsilon(l, averages[0], averages[1], 1e-9)
		require.InEpsilon(l, averages[0], averages[2], 1e-9)
	})
}
