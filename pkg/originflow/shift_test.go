package originflow

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// shifted asks for the same range, of so much earlier.
func shifted(by time.Duration, request Request) Request {
	request.Shift = by
	return request
}

// earlier is a series as if it had not been moved.
func earlier(series Series, by time.Duration) Series {
	back := func(line Line) Line {
		slices, missing := line.Slices, line.Missing
		line.Slices, line.Missing = nil, nil
		for _, s := range slices {
			s.Start = s.Start.Add(-by)
			line.Slices = append(line.Slices, s)
		}
		for _, start := range missing {
			line.Missing = append(line.Missing, start.Add(-by))
		}
		return line
	}
	series.Line = back(series.Line)
	codes := series.Codes
	series.Codes = nil
	for _, c := range codes {
		series.Codes = append(series.Codes, CodeLine{c.Code, back(c.Line)})
	}
	return series
}

func TestTheSeriesOfAnEarlierTimeStandInThePlaceOfThisOne(t *testing.T) {
	for by, c := range map[time.Duration]struct{ from, to string }{
		24 * time.Hour:     {"1999-12-31 06:30:00", "1999-12-31 12:30:00"},
		7 * 24 * time.Hour: {"1999-12-25 06:30:00", "1999-12-25 12:30:00"},
		90 * time.Minute:   {"2000-01-01 05:00:00", "2000-01-01 11:00:00"},
		7 * time.Minute:    {"2000-01-01 06:20:00", "2000-01-01 12:15:00"}, // whose newest slices are not final
	} {
		t.Run(by.String(), func(t *testing.T) {
			inLab(t, cdnsim.Options{}, func(l *lab) {
				from, to := at(t, c.from), at(t, c.to)
				flow := l.read(shifted(by, last(6*time.Hour)))
				assert.Equal(t, from.Add(by), flow.Slices[0].Start)
				l.requireExact(earlier(flow, by), from, to)

				l.requireCounts(earlier(l.read(shifted(by, of("edgeStatus", last(6*time.Hour)))), by), "edgeStatus", []string{domain}, from, to, nil)
				for metric := range quotients {
					l.requireQuotient(earlier(l.read(shifted(by, of(metric, last(6*time.Hour)))), by), metric, []string{domain}, from, to, nil)
				}
				l.calls()
				l.read(shifted(by, last(6*time.Hour)))
				assert.Zero(t, l.calls())
			})
		})
	}
}

func TestTheSlicesOfAnEarlierTimeAreThoseThatAreHeld(t *testing.T) {
	inLab(t, cdnsim.Options{}, func(l *lab) {
		l.read(last(48 * time.Hour))
		l.calls()
		l.read(shifted(24*time.Hour, last(24*time.Hour)))
		assert.Zero(t, l.calls())
	})
}

func TestMissingSlicesAreMovedWithTheOthers(t *testing.T) {
	const by = 24 * time.Hour
	inLab(t, cdnsim.Options{Missing: 0.2}, func(l *lab) {
		yesterday := last(6 * time.Hour)
		yesterday.From, yesterday.To = yesterday.From.Add(-by), yesterday.To.Add(-by)
		want, got := l.read(yesterday), l.read(shifted(by, last(6*time.Hour)))
		require.NotEmpty(l, want.Missing)
		assert.Equal(t, want.Line, earlier(got, by).Line)
	})
}

func TestLongSlicesOfAnEarlierTimeStartWhereTheyDid(t *testing.T) {
	const by = 90 * time.Minute
	inLab(t, cdnsim.Options{}, func(l *lab) {
		series := l.read(shifted(by, in(time.Hour, last(24*time.Hour))))
		assert.Equal(t, at(t, "1999-12-31 12:30:00"), series.Slices[0].Start, "11:00, and an hour and a half")
		l.requireExact(earlier(series, by), at(t, "1999-12-31 11:00:00"), at(t, "2000-01-01 11:00:00"))
	})
}

func TestWhatIsFinalIsJudgedByTheEarlierTime(t *testing.T) {
	inLab(t, cdnsim.Options{}, func(l *lab) {
		ten := func(by time.Duration) Request {
			request := shifted(by, last(10*time.Minute))
			request.Alert = true
			return request
		}
		t.Log("an alert rule's range of yesterday is final, and stays where it is")
		result := l.reader.Read(context.Background(), ten(24*time.Hour))
		l.requireExact(earlier(result.Series[0], 24*time.Hour), at(t, "1999-12-31 12:20:00"), at(t, "1999-12-31 12:30:00"))
		assert.False(t, result.Unfinal)
		assert.Equal(t, at(t, "2000-01-01 12:15:00"), result.SettledUntil)

		t.Log("that of five minutes ago is not, and is moved back")
		series := l.read(ten(5 * time.Minute))
		l.requireExact(earlier(series, 5*time.Minute), at(t, "2000-01-01 12:05:00"), at(t, "2000-01-01 12:15:00"))

		t.Log("and a panel of it has nothing to show, which is said")
		result = l.reader.Read(context.Background(), shifted(5*time.Minute, last(5*time.Minute)))
		assert.Empty(t, result.Series[0].Slices)
		assert.True(t, result.Unfinal)
	})
}

func TestTheProvisionalSlicesOfTodayAreFinalYesterday(t *testing.T) {
	const by = 24 * time.Hour
	inLab(t, cdnsim.Options{}, func(l *lab) {
		request := last(time.Hour)
		request.Provisional = true
		today := l.read(request)
		yesterday := earlier(l.read(shifted(by, request)), by)
		l.requireExact(yesterday, at(t, "1999-12-31 11:30:00"), at(t, "1999-12-31 12:30:00"))
		assert.Len(t, today.Slices, 12)
		request.Provisional = false
		l.requireExact(earlier(l.read(shifted(by, request)), by), at(t, "1999-12-31 11:30:00"), at(t, "1999-12-31 12:30:00"))
	})
}

func TestAnEarlierTimeBeforeTheHistoryIsClipped(t *testing.T) {
	const by = 60 * 24 * time.Hour
	inLab(t, cdnsim.Options{}, func(l *lab) {
		request := shifted(by, in(24*time.Hour, last(60*24*time.Hour)))
		result := l.reader.Read(context.Background(), request)
		require.NoError(l, result.Series[0].Err)
		assert.Equal(t, at(t, "1999-10-03 16:00:00"), result.ClippedTo, "90 days back, by the time that is read")
		l.requireExact(earlier(result.Series[0], by), at(t, "1999-10-03 16:00:00"), at(t, "1999-11-02 16:00:00"))
	})
}
