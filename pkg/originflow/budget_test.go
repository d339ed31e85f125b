package originflow

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// take waits for a number of turns and tells how long that took.
func take(t *testing.T, b *budget, turns int) time.Duration {
	t.Helper()
	start := time.Now()
	for range turns {
		require.NoError(t, b.wait(context.Background(), new(atomic.Bool)))
	}
	return time.Since(start)
}

func TestTheBudgetPacesCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(20)
		assert.Zero(t, take(t, b, 5), "a small dashboard does not queue")
		assert.Equal(t, time.Second, take(t, b, 20))
	})
}

func TestAlertEvaluationsGoFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(1)
		take(t, b, 1)
		var order []string
		var mu sync.Mutex
		var waiters sync.WaitGroup
		queue := func(name string, urgent *atomic.Bool) {
			waiters.Go(func() {
				if b.wait(context.Background(), urgent) == nil {
					mu.Lock()
					defer mu.Unlock()
					order = append(order, name)
				}
			})
			synctest.Wait()
		}
		becomesUrgent := new(atomic.Bool)
		urgent := new(atomic.Bool)
		urgent.Store(true)
		queue("panel whose turn it is", new(atomic.Bool))
		queue("panel", new(atomic.Bool))
		queue("panel that an alert comes to wait for", becomesUrgent)
		queue("alert", urgent)
		becomesUrgent.Store(true)
		waiters.Wait()
		assert.Equal(t, []string{
			"panel whose turn it is", "panel that an alert comes to wait for", "alert", "panel",
		}, order)
	})
}

func TestThrottlingHalvesTheRateWhichRecoversStepByStep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(100)
		rate := func() float64 { return float64(b.limiter.Limit()) }
		b.throttled()
		assert.Equal(t, 50.0, rate())
		b.throttled()
		assert.Equal(t, 50.0, rate(), "calls that were under way count once")
		time.Sleep(throttleGrace)
		b.throttled()
		assert.Equal(t, 25.0, rate())

		b.content()
		assert.Equal(t, 25.0, rate(), "not at once")
		for _, step := range []float64{35, 45, 55, 65, 75, 85, 95, 100, 100} {
			time.Sleep(recoverAfter)
			b.content()
			b.content()
			assert.InDelta(t, step, rate(), 1e-9)
		}
		for range 20 {
			time.Sleep(throttleGrace)
			b.throttled()
		}
		assert.Equal(t, 100*slowest, rate(), "but never to a standstill")
	})
}

func TestWhoeverLeavesTheQueueMakesRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(1)
		take(t, b, 1)
		for range 5 {
			ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
			assert.Error(t, b.wait(ctx, new(atomic.Bool)))
			cancel()
		}
		assert.LessOrEqual(t, take(t, b, 1), time.Second)
		assert.Empty(t, b.waiting)
		assert.False(t, b.serving)
	})
}

func TestDataSourcesOfOneAccountShareIt(t *testing.T) {
	var accounts Accounts
	first, closeFirst := accounts.Open("a", Limits{CallsPerSecond: 50, CacheBytes: 1 << 20})
	second, closeSecond := accounts.Open("a", Limits{CallsPerSecond: 10, CacheBytes: 8 << 20})
	other, closeOther := accounts.Open("b", Limits{CallsPerSecond: 10, CacheBytes: 1 << 20})
	assert.Same(t, first, second)
	assert.NotSame(t, first, other)
	assert.EqualValues(t, 10, first.budget.full, "the lower rate")

	closeSecond()
	assert.EqualValues(t, 50, first.budget.full)
	closeFirst()
	closeFirst()
	fresh, closeFresh := accounts.Open("a", Limits{CallsPerSecond: 50, CacheBytes: 1 << 20})
	assert.NotSame(t, first, fresh, "forgotten with its last user")
	closeFresh()
	closeOther()
	assert.Empty(t, accounts.open)
}
