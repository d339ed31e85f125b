package plugin

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
)

// ledger counts what a lease opens and closes.
type ledger struct {
	mu             sync.Mutex
	opened, closed int
}

func (l *ledger) open() (*originflow.Account, func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.opened++
	return originflow.NewAccount(originflow.Limits{CallsPerSecond: 1, CacheBytes: 1}), sync.OnceFunc(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.closed++
	})
}

// counts is how often the account is open, and how often it was opened.
func (l *ledger) counts() (held, opened int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.opened - l.closed, l.opened
}

// pass lets time pass, and what is due happen.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func TestALease(t *testing.T) {
	for name, c := range map[string]struct {
		test         func(*lease)
		held, opened int
	}{
		"holds the account from the start": {func(*lease) {}, 1, 1},
		"holds it for a day":               {func(*lease) { pass(idleAfter - 1) }, 1, 1},
		"lets go of it after an idle day":  {func(*lease) { pass(idleAfter) }, 0, 1},
		"lets go of it once":               {func(*lease) { pass(24 * idleAfter) }, 0, 1},
		"holds it as long as it is used": {func(l *lease) {
			for range 48 {
				pass(idleAfter / 2)
				l.use()
			}
		}, 1, 1},
		"lets go of it a day after the last use": {func(l *lease) {
			pass(idleAfter / 2)
			l.use()
			pass(idleAfter)
		}, 0, 1},
		"opens it again with the next use": {func(l *lease) {
			pass(2 * idleAfter)
			l.use()
		}, 1, 2},
		"lets go of it again": {func(l *lease) {
			pass(2 * idleAfter)
			l.use()
			pass(idleAfter)
		}, 0, 2},
		"lets go of it when disposed of": {func(l *lease) { l.dispose() }, 0, 1},
		"has nothing left to let go of when disposed of after an idle day": {func(l *lease) {
			pass(idleAfter)
			l.dispose()
		}, 0, 1},
		"does not end twice": {func(l *lease) {
			l.dispose()
			pass(idleAfter)
			l.dispose()
		}, 0, 1},
		"has no timer once disposed of": {func(l *lease) {
			l.dispose()
			pass(24 * idleAfter)
			l.use() // is of the account from before, which is not opened again
		}, 0, 1},
		"leaves nothing open to a late use": {func(l *lease) {
			l.dispose()
			l.use()
			l.use()
		}, 0, 1},
		"leaves nothing open to a use after an idle day and the end": {func(l *lease) {
			pass(idleAfter)
			l.dispose()
			l.use()
			l.use()
		}, 0, 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var book ledger
				c.test(newLease(book.open))
				held, opened := book.counts()
				assert.Equal(t, c.held, held, "held")
				assert.Equal(t, c.opened, opened, "opened")
			})
		})
	}
}

func TestAUseGetsTheAccountOfTheLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var book ledger
		l := newLease(book.open)
		first := l.use()
		pass(idleAfter / 2)
		assert.Same(t, first, l.use())
		pass(idleAfter)
		second := l.use()
		assert.NotSame(t, first, second, "what was let go of may be anybody's")
		l.dispose()
		assert.Same(t, second, l.use(), "a query under way asks twice")
	})
}

// A timer that has fired cannot be called back. Here it has, and waits for the use that came first.
func TestAUseInTheLastMomentKeepsTheAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var book ledger
		l := newLease(book.open)
		account := l.use()
		pass(idleAfter - 1)
		l.use()
		l.expire()
		held, _ := book.counts()
		assert.Equal(t, 1, held)
		assert.Same(t, account, l.use())
		pass(idleAfter)
		held, _ = book.counts()
		assert.Zero(t, held)
	})
}

func TestUsesAndTheEndOfAnHourMayMeet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var book ledger
		l := newLease(book.open)
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() {
				for range 20 {
					time.Sleep(idleAfter) // all of them, and the timer, at the same time
					assert.NotNil(t, l.use())
				}
			})
		}
		group.Wait()
		l.dispose()
		held, opened := book.counts()
		assert.Zero(t, held)
		assert.Positive(t, opened)
	})
}

func TestADataSourceThatNobodyUsesLetsGoOfItsSlices(t *testing.T) {
	query := func(l *lab) { l.frames(hour(`{"domains":["www.example.com"]}`)) }
	for name, use := range map[string]func(*lab){
		"queries":        query,
		"health checks":  func(l *lab) { l.health() },
		"resource calls": func(l *lab) { l.listed("domains") },
	} {
		t.Run("which "+name+" keep", func(t *testing.T) {
			inBubble(t, setup{}, func(l *lab) {
				query(l)
				for range 6 {
					pass(idleAfter / 2)
					use(l)
				}
				l.sim.Reset()
				query(l)
				assert.Empty(l, l.sim.Calls())

				pass(idleAfter)
				query(l)
				assert.Len(l, l.calls(flow), 1, "nothing was left")
			})
		})
	}
}

func TestTheLimitsOfADeletedDataSourceEnd(t *testing.T) {
	inBubble(t, setup{json: map[string]any{"callsPerSecond": 100}}, func(l *lab) {
		deleted := newDatasource(l.Context(), l.instance(setup{json: map[string]any{"callsPerSecond": 1}}), l.now)
		defer deleted.Dispose()
		burst := func() time.Duration {
			start := time.Now()
			l.frames(hour(`{"domainMode":"all"}`))
			return time.Since(start)
		}
		assert.Greater(l, burst(), 10*time.Second, "the lower rate applies to both")
		pass(idleAfter / 2)
		_, err := l.source.CheckHealth(l.Context(), &backend.CheckHealthRequest{})
		require.NoError(l, err)
		pass(idleAfter / 2)
		l.later(24 * idleAfter)
		assert.Less(l, burst(), time.Second)
	})
}
