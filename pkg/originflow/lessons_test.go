package originflow

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// oddly answers the calls for slices of 5 minutes with hours as long as it lasts.
type oddly struct {
	mu    sync.Mutex
	often int
}

func (o *oddly) fault(call cdnsim.Call) *cdnsim.Fault {
	o.mu.Lock()
	defer o.mu.Unlock()
	if call.Params["Interval"] != "300" || o.often == 0 {
		return nil
	}
	o.often--
	return &cdnsim.Fault{Interval: time.Hour}
}

func TestOneOddAnswerIsForgotten(t *testing.T) {
	odd := &oddly{often: 1}
	inLab(t, cdnsim.Options{Fault: odd.fault}, func(l *lab) {
		request := last(25 * time.Minute)
		l.requireExact(l.read(request), at(t, "2000-01-01 12:05:00"), at(t, "2000-01-01 12:15:00"))
		assert.Equal(t, 2, l.calls(), "asked again")

		request = last(24*time.Hour, "img.example.com")
		l.read(request)
		assert.Equal(t, 1, l.calls(), "a cold day is one call, as before")
		request = last(30*24*time.Hour, "img.example.com")
		request.Granularity = 5 * time.Minute
		l.read(request)
		assert.Equal(t, 10, l.calls(), "and what is left of a month ten")
	})
}

func TestALengthThatIsNotServedIsALessonOfItsOwn(t *testing.T) {
	never := map[time.Duration]time.Duration{5 * time.Minute: 0}
	inLab(t, cdnsim.Options{SpanLimit: never}, func(l *lab) {
		look := func(domains ...string) Series {
			request := last(24*time.Hour, domains...)
			request.Granularity = 5 * time.Minute
			return l.read(request)
		}
		for range 6 {
			series := look()
			assert.True(t, series.Coarser)
			l.requireExact(series, at(t, "1999-12-31 12:00:00"), at(t, "2000-01-01 08:00:00"))
		}
		assert.Equal(t, 4, l.calls(), "three to be sure, one for the hour that the day begins in the middle of")
		look("img.example.com")
		assert.Equal(t, 1, l.calls(), "others need not find out")

		t.Log("within the hour it is tried again")
		l.sim.Change(func(o *cdnsim.Options) { o.SpanLimit = nil })
		time.Sleep(time.Hour + time.Minute)
		assert.Equal(t, 5*time.Minute, look().Step)
		assert.Equal(t, 1, l.calls())
	})
}

func TestAnAccidentDoesNotOutweighWhatWasServedJustNow(t *testing.T) {
	odd := &oddly{}
	inLab(t, cdnsim.Options{Fault: odd.fault}, func(l *lab) {
		l.read(last(24 * time.Hour))
		odd.often = 50
		request := last(24*time.Hour, "img.example.com")
		request.Granularity = 5 * time.Minute
		series := l.read(request)
		assert.True(t, series.Coarser, "this series has to do with what there is")
		assert.LessOrEqual(t, l.calls(), 6)

		odd.often = 0
		assert.Equal(t, 5*time.Minute, l.read(request).Step)
		l.calls()
		month := last(30*24*time.Hour, "video.example.com")
		month.Granularity = 5 * time.Minute
		l.read(month)
		assert.Equal(t, 11, l.calls(), "others pay nothing for it")
	})
}

func TestAHistoryShorterThanDocumentedIsClippedAndSaid(t *testing.T) {
	inLab(t, cdnsim.Options{History: 30 * 24 * time.Hour}, func(l *lab) {
		request := last(90 * 24 * time.Hour)
		request.Granularity = 5 * time.Minute
		result := l.reader.Read(context.Background(), request)
		require.NoError(t, result.Series[0].Err)
		assert.WithinDuration(t, time.Now().Add(-30*24*time.Hour), result.ClippedTo, 3*24*time.Hour)
		l.requireExact(result.Series[0], result.ClippedTo, at(t, "2000-01-01 12:15:00"))
	})
}

func TestAnAnswerThatDoesNotTellTheLengthOfItsSlices(t *testing.T) {
	inLab(t, cdnsim.Options{NoInterval: true, Missing: 0.3}, func(l *lab) {
		for _, length := range []time.Duration{5 * time.Minute, time.Hour} {
			request := last(48 * time.Hour)
			request.Granularity = length
			series := l.read(request)
			assert.Equal(t, length, series.Step)
			for _, s := range series.Slices {
				assert.LessOrEqual(t, s.Volume, traffic(domain, s.Start, s.Start.Add(length)))
			}
		}
	})
	t.Run("and they are shorter than asked for", func(t *testing.T) {
		shorter := func(call cdnsim.Call) *cdnsim.Fault {
			if call.Params["Interval"] == "3600" {
				return &cdnsim.Fault{Interval: 5 * time.Minute}
			}
			return nil
		}
		inLab(t, cdnsim.Options{NoInterval: true, Fault: shorter}, func(l *lab) {
			request := last(24 * time.Hour)
			request.Granularity = time.Hour
			l.requireExact(l.read(request), at(t, "1999-12-31 12:00:00"), at(t, "2000-01-01 12:00:00"))
		})
	})
	t.Run("and they are longer", func(t *testing.T) {
		inLab(t, cdnsim.Options{NoInterval: true, SpanLimit: map[time.Duration]time.Duration{5 * time.Minute: 0}}, func(l *lab) {
			request := last(24 * time.Hour)
			request.Granularity = 5 * time.Minute
			series := l.read(request)
			assert.Equal(t, time.Hour, series.Step)
			l.requireExact(series, at(t, "1999-12-31 12:00:00"), at(t, "2000-01-01 08:00:00"))
		})
	})
	t.Run("and one of them has a single longer one, once", func(t *testing.T) {
		odd := &oddly{}
		inLab(t, cdnsim.Options{NoInterval: true, EndExcluded: true, Fault: odd.fault}, func(l *lab) {
			l.read(last(time.Hour)) // 5-minute slices are served
			for i, length := range []time.Duration{time.Hour, 5 * time.Minute} {
				odd.often = 1
				past := last(0)
				past.From = at(t, "1999-12-20 20:00:00").Add(time.Duration(-i) * 5 * 24 * time.Hour)
				past.To = past.From.Add(length)
				l.calls()
				l.requireExact(l.read(past), past.From, past.To)
				assert.Equal(t, 2, l.calls(), "what looks like that is asked for again")
			}
		})
	})
	t.Run("and a domain is idle but for one slice", func(t *testing.T) {
		only := at(t, "1999-12-20 20:00:00")
		held := func(_ string, slice time.Time, _ time.Duration, final int64) (int64, bool) {
			return final, slice.Equal(only) || slice.After(at(t, "2000-01-01 00:00:00"))
		}
		inLab(t, cdnsim.Options{NoInterval: true, EndExcluded: true, Held: held}, func(l *lab) {
			l.read(last(time.Hour))
			past := last(0)
			past.From, past.To = only, only.Add(time.Hour)
			series := l.read(past)
			require.Len(t, series.Slices, 1)
			assert.InDelta(t, traffic(domain, only, only.Add(5*time.Minute)), series.Slices[0].Volume, 0.5)
		})
	})
}

// points are those of an answer, at minutes of an hour.
func points(minutes ...int64) (list []cdn.Point) {
	for _, m := range minutes {
		list = append(list, cdn.Point{Start: 946_728_000 + m*60, Value: 1})
	}
	return list
}

func TestTheLengthOfAnsweredSlicesIsToldByThePoints(t *testing.T) {
	for name, c := range map[string]struct {
		asked, hours int64
		said         time.Duration
		points       []cdn.Point
		want         int64 // 0: refused
	}{
		"said":                        {asked: 300, hours: 12, said: time.Hour, points: points(0, 60), want: 3600},
		"nothing said, nothing there": {asked: 300, hours: 12, want: 300},
		"as asked for":                {asked: 300, hours: 1, points: points(0, 5, 20), want: 300},
		"shorter than asked for":      {asked: 3600, hours: 2, points: points(0, 5, 10), want: 300},
		"hours without a gap":         {asked: 300, hours: 4, points: points(0, 60, 120, 180), want: 3600},
		"hours, of which the newest are not there yet": {asked: 300, hours: 48, points: points(0, 60, 120), want: 3600},
		"on the hour by chance":                        {asked: 300, hours: 12, points: points(0, 60), want: 300},
		"one point in many hours":                      {asked: 300, hours: 12, points: points(60), want: 300},
		"one point that could be an hour":              {asked: 300, hours: 1, points: points(0)},
		"one point inside of an hour":                  {asked: 300, hours: 1, points: points(5), want: 300},
		"hours said, 5 minutes there":                  {asked: 3600, hours: 2, said: time.Hour, points: points(0, 5, 65), want: 300},
		"5 minutes said, hours there":                  {asked: 300, hours: 4, said: 5 * time.Minute, points: points(0, 60, 120), want: 300},
		"a length that no clock has":                   {asked: 300, hours: 4, said: 7 * time.Minute, points: points(0, 7)},
	} {
		t.Run(name, func(t *testing.T) {
			from := points(0)[0].Start
			w := window{
				op: cdn.SrcTrafficData, track: track{grid: grid{length: c.asked}}, span: span{from, from + c.hours*3600},
			}
			g, ok := w.answeredGrid(cdn.Answer{Interval: c.said, Points: c.points}, false)
			require.Equal(t, c.want != 0, ok)
			if ok {
				assert.Equal(t, c.want, g.length)
			}
		})
	}
}
