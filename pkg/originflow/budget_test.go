package originflow

import (
	"context"
	"sync"
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
		require.NoError(t, b.wait(context.Background(), new(errand)))
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

// queue is a budget of one call a second whose turns are noted in the order in which they are given.
type queue struct {
	*budget
	waiters sync.WaitGroup
	mu      sync.Mutex
	order   []string
}

func newQueue(t *testing.T) *queue {
	q := &queue{budget: newBudget(1)}
	take(t, q.budget, 1)
	return q
}

// add has an errand wait for its turn on behalf of an asker.
func (q *queue) add(name string, who *asker, urgent bool) *errand {
	e := new(errand)
	q.join(e, who, urgent)
	q.waiters.Go(func() {
		if q.wait(context.Background(), e) == nil {
			q.mu.Lock()
			defer q.mu.Unlock()
			q.order = append(q.order, name)
		}
	})
	synctest.Wait()
	return e
}

func TestAlertEvaluationsGoFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t)
		q.add("panel whose turn it is", new(asker), false)
		q.add("panel", new(asker), false)
		joined := q.add("panel that an alert comes to wait for", new(asker), false)
		q.add("alert", new(asker), true)
		q.join(joined, new(asker), true)
		q.waiters.Wait()
		assert.Equal(t, []string{
			"panel whose turn it is", "panel that an alert comes to wait for", "alert", "panel",
		}, q.order)
	})
	t.Run("but do not keep panels from their turn for ever", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			q := newQueue(t)
			q.add("first", new(asker), false)
			q.add("panel", new(asker), false)
			rules := new(asker)
			for range 8 {
				q.add("alert", rules, true)
			}
			q.waiters.Wait()
			assert.Equal(t, "panel", q.order[1+urgentInARow], "%v", q.order)
		})
	})
}

func TestEveryQueryHasItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t)
		large, small, latest := new(asker), new(asker), new(asker)
		for range 6 {
			q.add("large", large, false)
		}
		last := q.add("large, and somebody joins it", large, false)
		q.add("small", small, false)
		time.Sleep(2500 * time.Millisecond)
		q.join(last, latest, false)
		q.add("latest", latest, false)
		q.waiters.Wait()
		assert.Equal(t, []string{
			"large", "small", "large", "large, and somebody joins it", "large", "latest", "large", "large", "large",
		}, q.order)
	})
}

func TestThrottlingHalvesTheRateWhichRecoversStepByStep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(100)
		rate := func() float64 { return float64(b.limiter.Limit()) }
		rise := func() {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.rise()
		}
		b.throttled(t.Context())
		assert.Equal(t, 50.0, rate())
		b.throttled(t.Context())
		assert.Equal(t, 50.0, rate(), "calls that were under way count once")
		time.Sleep(throttleGrace)
		b.throttled(t.Context())
		assert.Equal(t, 25.0, rate())

		rise()
		assert.Equal(t, 25.0, rate(), "not at once")
		for _, step := range []float64{35, 45, 55, 65, 75, 85, 95, 100, 100} {
			time.Sleep(recoverAfter)
			rise()
			rise()
			assert.InDelta(t, step, rate(), 1e-9)
		}
		for range 20 {
			time.Sleep(throttleGrace)
			b.throttled(t.Context())
		}
		assert.Equal(t, 100*slowest, rate(), "but never to a standstill")

		time.Sleep(time.Minute)
		rise()
		assert.Equal(t, 100.0, rate(), "and a minute later it is as ever, though nobody called meanwhile")
	})
}

func TestWhoeverLeavesTheQueueMakesRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(1)
		take(t, b, 1)
		for range 5 {
			ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
			assert.Error(t, b.wait(ctx, new(errand)))
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
