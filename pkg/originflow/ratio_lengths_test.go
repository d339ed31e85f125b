package originflow

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

func TestARatioIsOfTheSlicesThatBothOperationsServe(t *testing.T) {
	for metric, second := range map[string]string{
		"hitRatio": cdn.TrafficData.Name(), "requestHitRatio": cdn.QPSData.Name(), "originShare": cdn.TrafficData.Name(),
	} {
		t.Run(metric+", days that start at different times are put together from hours", func(t *testing.T) {
			inLab(t, cdnsim.Options{}, func(l *lab) {
				l.divert(second, cdnsim.Options{UTCDays: true})
				for range 2 {
					series := l.read(in(24*time.Hour, of(metric, last(5*24*time.Hour))))
					assert.Equal(t, 24*time.Hour, series.Step)
					assert.Equal(t, time.Hour, series.Granularity)
					l.requireQuotient(series, metric, []string{domain}, at(t, "1999-12-26 16:00:00"), at(t, "1999-12-31 16:00:00"), nil)
				}
			})
		})
		t.Run(metric+", where the second serves no 5 minutes it is of hours", func(t *testing.T) {
			inLab(t, cdnsim.Options{}, func(l *lab) {
				l.divert(second, cdnsim.Options{SpanLimit: map[time.Duration]time.Duration{5 * time.Minute: 0}})
				for range 2 {
					series := l.read(of(metric, last(24*time.Hour)))
					assert.Equal(t, time.Hour, series.Step)
					assert.True(t, series.Coarser)
					l.requireQuotient(series, metric, []string{domain}, at(t, "1999-12-31 12:00:00"), at(t, "2000-01-01 08:00:00"), nil)
				}
			})
		})
		t.Run(metric+", the shorter history counts", func(t *testing.T) {
			inLab(t, cdnsim.Options{}, func(l *lab) {
				l.divert(second, cdnsim.Options{History: 10 * 24 * time.Hour})
				request := in(5*time.Minute, of(metric, last(20*24*time.Hour)))
				result := l.reader.Read(context.Background(), request)
				assert.NoError(t, result.Series[0].Err)
				assert.WithinDuration(t, at(t, "1999-12-22 12:30:00"), result.ClippedTo, 5*24*time.Hour)
				l.requireQuotient(result.Series[0], metric, []string{domain}, result.ClippedTo, at(t, "2000-01-01 12:15:00"), nil)
			})
		})
	}
}

// The ratio of an hour is not the sum of twelve, nor their average.
func TestRatiosOfShorterSlicesThanAskedForAreNotAddedUp(t *testing.T) {
	shorter := cdnsim.Fault{Interval: 5 * time.Minute}
	for metric, first := range map[string]string{
		"hitRatio": cdn.HitRateData.Name(), "requestHitRatio": cdn.ReqHitRateData.Name(),
	} {
		inLab(t, cdnsim.Options{Fault: func(call cdnsim.Call) *cdnsim.Fault {
			if call.Operation == first {
				return &shorter
			}
			return nil
		}}, func(l *lab) {
			failure := l.fails(in(time.Hour, of(metric, last(24*time.Hour))))
			assert.Equal(t, cdn.Malformed, failure.Kind())
			assert.Equal(t, first, failure.Operation)

			series := l.read(of(metric, last(24*time.Hour)))
			l.requireQuotient(series, metric, []string{domain}, at(t, "1999-12-31 12:30:00"), at(t, "2000-01-01 12:15:00"), nil)
		})
	}
	t.Run("but what they are ratios of is", func(t *testing.T) {
		inLab(t, cdnsim.Options{Fault: func(call cdnsim.Call) *cdnsim.Fault {
			if call.Operation == cdn.TrafficData.Name() {
				return &shorter
			}
			return nil
		}}, func(l *lab) {
			for _, metric := range []string{"hitRatio", "originShare"} {
				series := l.read(in(time.Hour, of(metric, last(24*time.Hour))))
				l.requireQuotient(series, metric, []string{domain}, at(t, "1999-12-31 12:00:00"), at(t, "2000-01-01 12:00:00"), nil)
			}
		})
	})
}
