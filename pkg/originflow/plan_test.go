package originflow

import (
	"cmp"
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// at reads a moment of the day that most tests take place on.
func at(t *testing.T, clock string) time.Time {
	t.Helper()
	moment, err := time.Parse("2006-01-02 15:04:05", clock)
	require.NoError(t, err)
	return moment
}

// noon is an unremarkable moment: a Sunday, not on a slice boundary.
const noon = "2026-11-22 12:07:30"

func planAt(t *testing.T, clock string, op *cdn.Operation, delay time.Duration, request Request) plan {
	t.Helper()
	now := at(t, clock).Unix()
	return makePlan(request, newLessons().offer(op, request, delay, 0, now), now)
}

// ago is a request for the time from a while ago until now.
func ago(t *testing.T, clock string, d time.Duration) Request {
	t.Helper()
	return Request{From: at(t, clock).Add(-d), To: at(t, clock), MaxDataPoints: 1000, TimeMerge: MergeAuto}
}

func TestTheShortestSlicesWhosePointsFitAreChosen(t *testing.T) {
	const hours, days = time.Hour, 24 * time.Hour
	for name, c := range map[string]struct {
		back        time.Duration
		maxPoints   int64
		interval    time.Duration
		granularity time.Duration
		timeMerge   TimeMerge
		op          *cdn.Operation
		base, step  time.Duration
	}{
		"a day fits as 5 minutes":                       {back: 24 * hours, base: 5 * time.Minute},
		"a day in 100 points is hours":                  {back: 24 * hours, maxPoints: 100, base: time.Hour},
		"a week is hours":                               {back: 7 * days, base: time.Hour},
		"a month is hours":                              {back: 30 * days, base: time.Hour},
		"60 days are days":                              {back: 60 * days, base: 24 * time.Hour},
		"60 days for an alert rule are 5 minutes":       {back: 60 * days, maxPoints: 43200, base: 5 * time.Minute},
		"a wide panel interval rolls up":                {back: 24 * hours, interval: time.Hour, base: 5 * time.Minute, step: time.Hour},
		"a crooked interval becomes a part of the day":  {back: 24 * hours, interval: 50 * time.Minute, base: 5 * time.Minute, step: time.Hour},
		"5 minutes over a month roll up to fit":         {back: 30 * days, granularity: 5 * time.Minute, base: 5 * time.Minute, step: 45 * time.Minute},
		"a panel interval does not change a set length": {back: 24 * hours, granularity: time.Hour, interval: 6 * time.Hour, base: time.Hour},
		"days that do not fit become several days":      {back: 90 * days, maxPoints: 30, granularity: 24 * time.Hour, base: 24 * time.Hour, step: 96 * time.Hour},
		"without time merge the slices stay 5 minutes":  {back: 30 * days, timeMerge: MergeOff, base: 5 * time.Minute, step: 45 * time.Minute},
		"whatever length is set beside it":              {back: 24 * hours, timeMerge: MergeOff, granularity: time.Hour, base: 5 * time.Minute},
		"with time merge no set length counts":          {back: 24 * hours, timeMerge: MergeOn, granularity: time.Hour, base: 5 * time.Minute},
		"with time merge the span decides, short":       {back: 2 * days, timeMerge: MergeOn, base: 5 * time.Minute},
		"with time merge the span decides, middle":      {back: 7 * days, timeMerge: MergeOn, base: time.Hour},
		"with time merge the span decides, long":        {back: 60 * days, timeMerge: MergeOn, base: 24 * time.Hour},
		"the history of 5 minutes ends first":           {back: 120 * days, maxPoints: 100000, op: cdn.SrcTrafficData, base: time.Hour},
		"the history of hours ends next":                {back: 300 * days, maxPoints: 100000, op: cdn.SrcTrafficData, base: 24 * time.Hour},
		"no maximum is a sensible one":                  {back: 90 * days, maxPoints: -1, base: time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			request := ago(t, noon, c.back)
			request.Interval, request.Granularity, request.TimeMerge = c.interval, c.granularity, c.timeMerge
			if c.maxPoints != 0 {
				request.MaxDataPoints = c.maxPoints
			}
			op := c.op
			if op == nil {
				op = cdn.SrcFlowData
			}
			p := planAt(t, noon, op, 15*time.Minute, request)
			if c.step == 0 {
				c.step = c.base
			}
			assert.Equal(t, seconds(c.base), p.base.length)
			assert.Equal(t, seconds(c.step), p.step.length)
			if request.MaxDataPoints > 0 {
				assert.LessOrEqual(t, (p.shown.to-p.shown.from)/p.step.length, request.MaxDataPoints)
			}
		})
	}
}

func TestAlertWindowsEndAtTheNewestFinalSlice(t *testing.T) {
	for name, c := range map[string]struct {
		now, from, to  string
		delay          time.Duration
		granularity    time.Duration
		provisional    bool
		wantFrom, want string
	}{
		"ten minutes until now": {
			now: "2026-11-22 12:07:30", from: "2026-11-22 11:57:30", to: "2026-11-22 12:07:30", delay: 15 * time.Minute,
			wantFrom: "2026-11-22 11:40:00", want: "2026-11-22 11:50:00",
		},
		"a window of one slice": {
			now: "2026-11-22 12:07:30", from: "2026-11-22 12:02:30", to: "2026-11-22 12:07:30", delay: 15 * time.Minute,
			wantFrom: "2026-11-22 11:45:00", want: "2026-11-22 11:50:00",
		},
		"a window that is no whole number of slices": {
			now: "2026-11-22 12:07:30", from: "2026-11-22 11:55:30", to: "2026-11-22 12:07:30", delay: 15 * time.Minute,
			wantFrom: "2026-11-22 11:35:00", want: "2026-11-22 11:50:00",
		},
		"on the minute that a slice becomes final": {
			now: "2026-11-22 12:05:00", from: "2026-11-22 11:55:00", to: "2026-11-22 12:05:00", delay: 15 * time.Minute,
			wantFrom: "2026-11-22 11:40:00", want: "2026-11-22 11:50:00",
		},
		"a second before": {
			now: "2026-11-22 12:04:59", from: "2026-11-22 11:54:59", to: "2026-11-22 12:04:59", delay: 15 * time.Minute,
			wantFrom: "2026-11-22 11:35:00", want: "2026-11-22 11:45:00",
		},
		"no delay at all": {
			now: "2026-11-22 12:07:30", from: "2026-11-22 11:57:30", to: "2026-11-22 12:07:30",
			wantFrom: "2026-11-22 11:55:00", want: "2026-11-22 12:05:00",
		},
		"a range that is final stays": {
			now: "2026-11-22 12:07:30", from: "2026-11-21 11:07:30", to: "2026-11-21 12:07:30", delay: 15 * time.Minute,
			wantFrom: "2026-11-21 11:05:00", want: "2026-11-21 12:10:00",
		},
		"hours": {
			now: "2026-11-22 12:07:30", from: "2026-11-22 10:07:30", to: "2026-11-22 12:07:30", delay: 15 * time.Minute,
			granularity: time.Hour, wantFrom: "2026-11-22 09:00:00", want: "2026-11-22 11:00:00",
		},
		"days, which start at Beijing midnight": {
			now: "2026-11-22 12:07:30", from: "2026-11-21 12:07:30", to: "2026-11-22 12:07:30", delay: 15 * time.Minute,
			granularity: 24 * time.Hour, wantFrom: "2026-11-20 16:00:00", want: "2026-11-21 16:00:00",
		},
		"moments inside a second": {
			now: "2026-11-22 12:07:30.25", from: "2026-11-22 11:57:30.25", to: "2026-11-22 12:07:30.25", delay: 15 * time.Minute,
			wantFrom: "2026-11-22 11:40:00", want: "2026-11-22 11:50:00",
		},
		"provisional data is asked for, so nothing moves": {
			now: "2026-11-22 12:07:30", from: "2026-11-22 11:57:30", to: "2026-11-22 12:07:30", delay: 15 * time.Minute,
			provisional: true, wantFrom: "2026-11-22 11:55:00", want: "2026-11-22 12:10:00",
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := planAt(t, c.now, cdn.SrcFlowData, c.delay, Request{
				From: at(t, c.from), To: at(t, c.to), Alert: true, MaxDataPoints: 43200,
				Granularity: c.granularity, Provisional: c.provisional,
			})
			assert.Equal(t, at(t, c.wantFrom), instant(p.shown.from))
			assert.Equal(t, at(t, c.want), instant(p.shown.to))
			assert.False(t, p.unfinal)
		})
	}
}

func TestPanelsStopAtTheNewestFinalSliceAndAreNotMoved(t *testing.T) {
	p := planAt(t, noon, cdn.SrcFlowData, 15*time.Minute, ago(t, noon, time.Hour))
	assert.Equal(t, at(t, "2026-11-22 11:05:00"), instant(p.shown.from))
	assert.Equal(t, at(t, "2026-11-22 11:50:00"), instant(p.shown.to))

	p = planAt(t, noon, cdn.SrcFlowData, 15*time.Minute, ago(t, noon, 10*time.Minute))
	assert.Empty(t, p.layers(""))
	assert.True(t, p.unfinal)
	assert.Equal(t, at(t, "2026-11-22 11:50:00"), instant(p.finalUntil))
}

func TestMissingNewestSlicesAreSuppliedByShorterOnes(t *testing.T) {
	type supply struct {
		length   time.Duration
		from, to string
	}
	for name, c := range map[string]struct {
		granularity time.Duration
		back        time.Duration
		delay       time.Duration
		provisional bool
		timeMerge   TimeMerge
		want        []supply
	}{
		"hours": {
			granularity: time.Hour, back: 24 * time.Hour,
			want: []supply{
				{time.Hour, "2026-11-21 12:00:00", "2026-11-21 17:00:00"},
				{5 * time.Minute, "2026-11-21 17:00:00", "2026-11-22 11:00:00"},
			},
		},
		"hours that the API is no later with than the settings are": {
			granularity: time.Hour, back: 24 * time.Hour, delay: 6 * time.Hour,
			want: []supply{{time.Hour, "2026-11-21 12:00:00", "2026-11-22 06:00:00"}},
		},
		"days": {
			granularity: 24 * time.Hour, back: 5 * 24 * time.Hour,
			want: []supply{
				{24 * time.Hour, "2026-11-16 16:00:00", "2026-11-20 16:00:00"},
				{time.Hour, "2026-11-20 16:00:00", "2026-11-21 16:00:00"},
			},
		},
		"days with provisional ones": {
			granularity: 24 * time.Hour, back: 5 * 24 * time.Hour, provisional: true,
			want: []supply{
				{24 * time.Hour, "2026-11-16 16:00:00", "2026-11-20 16:00:00"},
				{time.Hour, "2026-11-20 16:00:00", "2026-11-21 17:00:00"},
				{5 * time.Minute, "2026-11-21 17:00:00", "2026-11-22 12:10:00"},
			},
		},
		"5 minutes": {
			granularity: 5 * time.Minute, back: time.Hour,
			want: []supply{{5 * time.Minute, "2026-11-22 11:05:00", "2026-11-22 11:50:00"}},
		},
		"the one call of a time merge has one length": {
			timeMerge: MergeOn, back: 7 * 24 * time.Hour,
			want: []supply{{time.Hour, "2026-11-15 12:00:00", "2026-11-22 08:00:00"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			request := ago(t, noon, c.back)
			request.Granularity, request.Provisional, request.TimeMerge = c.granularity, c.provisional, c.timeMerge
			p := planAt(t, noon, cdn.SrcFlowData, cmp.Or(c.delay, 15*time.Minute), request)
			var got []supply
			for _, l := range p.layers("") {
				got = append(got, supply{
					time.Duration(l.length) * time.Second,
					instant(l.from).Format("2006-01-02 15:04:05"), instant(l.to).Format("2006-01-02 15:04:05"),
				})
			}
			assert.Equal(t, c.want, got)
		})
	}
}

func TestRangesOlderThanTheHistoryAreClipped(t *testing.T) {
	p := planAt(t, noon, cdn.SrcFlowData, 15*time.Minute, ago(t, noon, 120*24*time.Hour))
	assert.Equal(t, at(t, "2026-08-24 16:00:00"), instant(p.shown.from))
	assert.Equal(t, p.shown.from, p.clippedTo)

	t.Run("but not for the part of a slice that the margin costs", func(t *testing.T) {
		p := planAt(t, noon, cdn.SrcFlowData, 15*time.Minute, ago(t, noon, 90*24*time.Hour))
		assert.Zero(t, p.clippedTo)
		assert.Greater(t, p.shown.from, at(t, noon).Add(-90*24*time.Hour).Unix(), "a call must stay inside the history")
	})
	t.Run("and keep their points for what is left", func(t *testing.T) {
		p := planAt(t, noon, cdn.SrcFlowData, 15*time.Minute, ago(t, noon, 10*365*24*time.Hour))
		assert.EqualValues(t, daySeconds, p.step.length)
	})
	t.Run("and empty if they end before it begins", func(t *testing.T) {
		request := ago(t, "2026-01-01 00:00:00", time.Hour)
		p := planAt(t, noon, cdn.SrcFlowData, 15*time.Minute, request)
		assert.Empty(t, p.layers(""))
		assert.NotZero(t, p.clippedTo)
		assert.False(t, p.unfinal)
	})
}

func TestNothingIsPlannedForTheFuture(t *testing.T) {
	for _, provisional := range []bool{true, false} {
		request := Request{From: at(t, noon).Add(time.Hour), To: at(t, noon).Add(2 * time.Hour), Provisional: provisional}
		assert.Empty(t, planAt(t, noon, cdn.SrcFlowData, 0, request).layers(""))
	}
}

func TestSpansAreSplitEvenlyAndStayBelowTheBound(t *testing.T) {
	g := grid{length: 300}
	bound := seconds(3 * 24 * time.Hour)
	month := span{0, 30 * daySeconds}
	parts := month.split(g, bound)
	require.Len(t, parts, 11)
	at := month.from
	for _, p := range parts {
		assert.Equal(t, at, p.from, "no gap and no overlap")
		assert.Less(t, p.to-p.from, bound)
		assert.Greater(t, p.to-p.from, bound*8/10, "no sliver")
		at = p.to
	}
	assert.Equal(t, month.to, at)

	assert.Len(t, span{0, bound - 300}.split(g, bound), 1)
	assert.Len(t, span{0, bound}.split(g, bound), 2)
	assert.Len(t, month.split(g, endless), 1)
	assert.Empty(t, span{300, 300}.split(g, bound))
}

func TestWithoutTakesSpansAway(t *testing.T) {
	whole := span{0, 100}
	assert.Equal(t, []span{{0, 100}}, whole.without(nil))
	assert.Equal(t, []span{{0, 10}, {20, 50}, {70, 100}}, whole.without([]span{{50, 70}, {10, 20}}))
	assert.Empty(t, whole.without([]span{{-5, 40}, {30, 200}}))
	assert.Equal(t, []span{{40, 100}}, whole.without([]span{{-5, 40}, {-5, 20}, {200, 300}}))
}

// TestAnHourThatPassesMakesNoCalls looks at a week of hours for a day: what the hours of the last half day or so hold is known
// from shorter slices, and each domain has its turn to have hours fetched in place of them.
func TestAnHourThatPassesMakesNoCalls(t *testing.T) {
	const many, turnsADay = 40, 4
	inLab(t, cdnsim.Options{Domains: domainsOf(many)}, func(l *lab) {
		request := in(time.Hour, last(7*24*time.Hour, names(many)...))
		read := func() {
			for _, series := range l.reader.Read(context.Background(), request).Series {
				require.NoError(t, series.Err)
			}
		}
		read()
		assert.Equal(t, 2*many, l.calls(), "one for the hours, one for what is newer")
		total, most := 0, 0
		for range 24 * 12 {
			time.Sleep(5 * time.Minute)
			request.From, request.To = request.From.Add(5*time.Minute), request.To.Add(5*time.Minute)
			read()
			calls := l.calls()
			total += calls
			if time.Now().Add(-15*time.Minute).Minute() == 0 { // an hour is final
				calls -= many
			}
			most = max(most, calls)
		}
		assert.Equal(t, many*(24+turnsADay), total, "an hour is a call for its 5-minute slices")
		assert.LessOrEqual(t, most, many/8, "not all have their turn at once")
	})
}

func TestEveryTurnComesOnceInSixHours(t *testing.T) {
	hour := level{grid: grid{length: 3600}, delay: 4 * 3600}
	day := level{grid: grid{length: daySeconds, phase: beijingMidnight}, delay: daySeconds}
	for turn := int64(0); turn < handEvery; turn += turnEvery {
		for _, l := range []level{hour, day} {
			moved := 0
			before := l.handedUntil(0, turn)
			for now := int64(0); now <= 7*daySeconds; now += turnEvery {
				until := l.handedUntil(now, turn)
				assert.Zero(t, l.rest(until), "whole slices")
				assert.LessOrEqual(t, until, l.sealedUntil(now))
				assert.Greater(t, until, now-l.delay-sealAfter-max(handEvery, l.length)-min(handEvery, l.length))
				if until != before {
					moved++
				}
				before = until
			}
			assert.Equal(t, int(7*daySeconds/max(handEvery, l.length)), moved)
		}
	}
}
