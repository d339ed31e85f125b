package sharedcache

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/sharedcache/servertest"
)

// turn is when somebody had one: the server gave it between asked and heard.
type turn struct {
	asked, heard time.Time
}

// turns has callers, of which some are urgent, take turns on caches until there were so many.
func turns(t *testing.T, caches []*Cache, pace Pace, callers, urgent, wanted int) []turn {
	t.Helper()
	ctx, enough := context.WithCancel(t.Context())
	defer enough()
	var mu sync.Mutex
	var had []turn
	var everybody sync.WaitGroup
	for i := range callers {
		everybody.Go(func() {
			for ctx.Err() == nil {
				asked := time.Now()
				wait, err := caches[i%len(caches)].ask(ctx, nil, i < urgent, pace)
				if errors.Is(err, ErrUnavailable) {
					continue // on a busy machine the server may be too slow for a moment
				}
				if err != nil && ctx.Err() == nil {
					t.Error(err)
				}
				if err != nil {
					return
				}
				if wait > 0 {
					select {
					case <-time.After(wait):
					case <-ctx.Done():
					}
					continue
				}
				mu.Lock()
				had = append(had, turn{asked: asked, heard: time.Now()})
				if len(had) == wanted {
					enough()
				}
				mu.Unlock()
			}
		})
	}
	everybody.Wait()
	return had
}

// wantWithin expects that in no time there were more turns than the pace allows.
func wantWithin(t *testing.T, had []turn, pace Pace) {
	t.Helper()
	for _, first := range had {
		for _, last := range had {
			from, to := first.asked, last.heard
			within := 0
			for _, one := range had {
				if !one.asked.Before(from) && !one.heard.After(to) {
					within++
				}
			}
			allowed := float64(pace.Burst) + float64(pace.PerSecond)*to.Sub(from).Seconds()
			if within > 0 && float64(within) > allowed {
				t.Fatalf("%d turns in %v, of %.2f", within, to.Sub(from), allowed)
			}
		}
	}
}

func TestAllReplicasTogetherKeepToTheBudget(t *testing.T) {
	t.Parallel()
	server := servertest.Start(t)
	var caches []*Cache
	for range 5 {
		caches = append(caches, ready(t, server))
	}
	for _, pace := range []Pace{{PerSecond: 40, Burst: 10}, {PerSecond: 20, Burst: 1}} {
		server.Wipe()
		started := time.Now()
		had := turns(t, caches, pace, 10, 3, 2*pace.PerSecond)
		wantWithin(t, had, pace)
		require.Less(t, time.Since(started), 10*time.Second, "two seconds' turns")
	}
}

func TestUrgentOnesGoFirstButNotOnly(t *testing.T) {
	t.Parallel()
	server := servertest.Start(t)
	alerts, panels, raw := ready(t, server), ready(t, server), server.Client()
	pace := Pace{PerSecond: 1, Burst: 1}
	goes := func(c *Cache, urgent bool) bool {
		wait, err := c.ask(t.Context(), nil, urgent, pace)
		require.NoError(t, err)
		return wait == 0
	}
	set := func(field string, value int) {
		require.NoError(t, raw.HSet(t.Context(), alerts.budget, field, value).Err())
	}
	wait := func() {
		set("tokens", 0)
		require.False(t, goes(panels, false))
		require.False(t, goes(alerts, true))
	}
	for range 2 {
		for range 3 {
			wait()
			set("tokens", 1)
			require.False(t, goes(panels, false), "an urgent one waits")
			require.True(t, goes(alerts, true))
		}
		wait()
		set("tokens", 1)
		require.False(t, goes(alerts, true), "three went in a row, and a panel waits")
		require.True(t, goes(panels, false))
	}
	for range 5 {
		set("tokens", 1)
		require.True(t, goes(alerts, true), "nobody else waits")
	}
	for range 5 {
		set("tokens", 1)
		require.True(t, goes(panels, false), "nobody else waits")
	}
	wait()
	set("tokens", 1)
	set("urgent", 1)
	require.True(t, goes(panels, false), "the urgent one came back no more")
}

func TestATurnWaitsNoLongerThanItsContextAndTheServer(t *testing.T) {
	t.Parallel()
	server := servertest.Start(t)
	c := ready(t, server)
	slow := Pace{PerSecond: 1, Burst: 1}
	require.NoError(t, c.Turn(t.Context(), nil, false, slow))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, c.Turn(ctx, nil, false, slow), context.DeadlineExceeded)
	require.Empty(t, c.State().Trouble, "that is not the server's fault")

	started := time.Now()
	require.NoError(t, c.Turn(t.Context(), nil, false, slow))
	require.Less(t, time.Since(started), 3*time.Second)

	waited := make(chan error)
	go func() { waited <- c.Turn(context.Background(), nil, false, slow) }()
	waits := func() bool { return server.Client().HGet(t.Context(), c.budget, "other").Val() != "0" }
	require.Eventually(t, waits, soon, 5*time.Millisecond)
	started = time.Now()
	c.fail(Unreachable)
	require.ErrorIs(t, <-waited, ErrUnavailable)
	require.Less(t, time.Since(started), atOnce)
}

func TestThrottlingSeenByOneSlowsAllAndPasses(t *testing.T) {
	t.Parallel()
	server := servertest.Start(t)
	one, another := ready(t, server), ready(t, server)
	counted := func() bool { return one.State().Replicas == 2 && another.State().Replicas == 2 }
	require.Eventually(t, counted, soon, 5*time.Millisecond)
	pace := Pace{PerSecond: 100, Burst: 25}
	raw := server.Client()
	part := func() float64 {
		require.NoError(t, another.Turn(t.Context(), nil, false, pace))
		return another.Share(pace) * 2 / float64(pace.PerSecond)
	}
	// earlier has the last change of the rate be some time ago.
	earlier := func(seconds float64) {
		changed, err := raw.HGet(t.Context(), one.budget, "changed").Float64()
		require.NoError(t, err)
		text := strconv.FormatFloat(changed-seconds*1e6, 'f', 0, 64)
		require.NoError(t, raw.HSet(t.Context(), one.budget, "changed", text).Err())
	}

	require.InDelta(t, 1, part(), 1e-9)
	one.Throttled(t.Context(), pace)
	one.Throttled(t.Context(), pace) // about a call that was under way
	require.InDelta(t, 0.5, part(), 1e-9)
	require.InDelta(t, 25, one.Share(pace), 1e-9)
	earlier(1)
	another.Throttled(t.Context(), pace)
	require.InDelta(t, 0.25, part(), 1e-9)

	server.Client().HSet(t.Context(), one.budget, "tokens", "0")
	started := time.Now()
	for range 5 {
		require.NoError(t, another.Turn(t.Context(), nil, false, pace))
	}
	require.Greater(t, time.Since(started), 150*time.Millisecond, "five turns at 25 a second")

	earlier(5)
	require.InDelta(t, 0.35, part(), 1e-9)
	earlier(13)
	require.InDelta(t, 0.55, part(), 1e-9)
	earlier(60)
	require.InDelta(t, 1, part(), 1e-9)

	for range 20 {
		one.Throttled(t.Context(), pace)
		earlier(1)
	}
	require.InDelta(t, 1.0/64, part(), 1e-9)
	slow := Pace{PerSecond: 1, Burst: 1}
	earlier(3600)
	for range 20 {
		one.Throttled(t.Context(), slow)
		earlier(1)
	}
	require.InDelta(t, 0.1, one.Share(slow), 1e-9, "a call in five seconds, of two replicas")
}

func TestAWipedServerHandsOutNoSecondBurst(t *testing.T) {
	t.Parallel()
	server := servertest.Start(t)
	c := ready(t, server)
	for range 3 {
		server.Wipe()
		require.NoError(t, c.Turn(t.Context(), nil, false, Pace{PerSecond: 1, Burst: 10}))
		wait, err := c.ask(t.Context(), nil, false, Pace{PerSecond: 1, Burst: 10})
		require.NoError(t, err)
		require.Positive(t, wait)
	}
}

func TestWhateverStandsInTheBudgetATurnComes(t *testing.T) {
	t.Parallel()
	server := servertest.Start(t)
	c, raw := ready(t, server), server.Client()
	slow := Pace{PerSecond: 10, Burst: 2}
	far := strconv.FormatInt(time.Now().Add(1000*time.Hour).UnixMicro(), 10)
	values := []string{"", "x", "nan", "-nan", "inf", "-inf", "1e300", "-1e300", "-1", "0", "1", "0x7fffffff", far}
	for _, field := range []string{"tokens", "at", "part", "changed", "urgent", "other", "row"} {
		for _, value := range values {
			for _, urgent := range []bool{false, true} {
				if urgent {
					require.NoError(t, raw.HSet(t.Context(), c.budget, "row", 3).Err())
				}
				require.NoError(t, raw.HSet(t.Context(), c.budget, field, value).Err())
				var waits []time.Duration
				for range 4 {
					wait, err := c.ask(t.Context(), nil, urgent, slow)
					require.NoError(t, err)
					waits = append(waits, wait)
				}
				require.Positive(t, slices.Max(waits), "%s = %q hands out more than a burst", field, value)
				require.LessOrEqual(t, slices.Max(waits), 5*time.Second, "%s = %q", field, value)

				ctx, cancel := context.WithTimeout(t.Context(), soon)
				require.NoError(t, c.Turn(ctx, nil, urgent, fast), "%s = %q", field, value)
				cancel()
				require.NoError(t, raw.Del(t.Context(), c.budget).Err())
			}
		}
	}
	require.NoError(t, raw.SAdd(t.Context(), c.budget, "a set").Err())
	require.NoError(t, c.Turn(t.Context(), nil, false, slow))
	require.NoError(t, raw.Set(t.Context(), c.budget, "text", 0).Err())
	c.Throttled(t.Context(), slow)
	require.NoError(t, c.Turn(t.Context(), nil, false, slow))
	require.Empty(t, c.State().Trouble)
}
