package originflow

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/originflow/aliyuncdn-datasource/pkg/sharedcache"
)

// budget paces the calls of one account. It hands out one call at a time: alert evaluations go first, and among equals
// whoever had the fewest turns, so that a small panel does not wait for all the calls of a large one. It slows down when
// the API says that the account calls too much: the other tools of the account take from the same allowance.
type budget struct {
	limiter *rate.Limiter
	// replicas is where the budget is kept that other processes take from, too; nil, or nil in it, for none.
	replicas *atomic.Pointer[sharedcache.Cache]

	mu sync.Mutex
	// callsPerSecond is what the account may do, and full what this process may of it when the API is content.
	callsPerSecond int
	full           rate.Limit
	waiting        []*ticket // in the order of arrival
	serving        bool
	changed        time.Time // when the rate last changed
	// turns is how many the last served asker had: a newcomer starts there, or it would be owed all the past.
	turns int64
	// urgent is how many urgent calls went before others in a row.
	urgent int
}

// asker is whoever shares in the turns: a query, with all its calls.
type asker struct {
	turns int64 // taken so far, guarded by budget.mu
}

// ticket is a place in the queue.
type ticket struct {
	*errand
	turn chan struct{}
}

const (
	// recoverAfter is how long the API must not complain before the rate rises again, and between two rises.
	recoverAfter = 5 * time.Second
	// recoverSteps is how many rises lead from nothing to the full rate.
	recoverSteps = 10
	// slowest is the part of the full rate that throttling does not go below, nor below a call in five seconds: whoever
	// waits for the turn after it must see the API recover.
	slowest      = 1.0 / 64
	slowestCalls = rate.Limit(0.2)
	// throttleGrace lumps together the calls that were under way when the API first said no.
	throttleGrace = time.Second
	// urgentInARow is how many calls of alert evaluations go before one of a panel that waits: first, not only.
	urgentInARow = 3
)

func newBudget(callsPerSecond int) *budget {
	full := rate.Limit(callsPerSecond)
	return &budget{limiter: rate.NewLimiter(full, burst(full)), callsPerSecond: callsPerSecond, full: full}
}

// burst is how many calls may go at once, so that a small dashboard does not queue: a quarter of a second's.
func burst(callsPerSecond rate.Limit) int { return max(int(callsPerSecond/4), 1) }

// setCallsPerSecond changes what the account may do.
func (b *budget) setCallsPerSecond(callsPerSecond int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.callsPerSecond = callsPerSecond
	b.setFull(rate.Limit(callsPerSecond))
}

// setFull changes the rate to fall back to when the API is content, in calls per second. The caller holds b.mu.
func (b *budget) setFull(full rate.Limit) {
	if full == b.full {
		return // keep what throttling taught
	}
	b.full = full
	b.limiter.SetLimit(full)
	b.limiter.SetBurst(burst(full))
}

// wait returns when it is the errand's turn to call, or with the context's error or [ErrBudget].
func (b *budget) wait(ctx context.Context, e *errand) error {
	t := &ticket{errand: e, turn: make(chan struct{})}
	b.enter(t)
	select {
	case <-t.turn:
	case <-ctx.Done():
		b.leave(t)
		return ctx.Err()
	}
	defer b.release()
	if err := b.turnOfAll(ctx, e); !errors.Is(err, sharedcache.ErrUnavailable) {
		return err
	}
	if err := b.limiter.Wait(ctx); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return ErrBudget // the limiter knows that the deadline comes first
	}
	return nil
}

// turnOfAll returns when the replicas' common budget has room for the errand, or with the context's error,
// [sharedcache.ErrLost] where another replica is at it now, or [sharedcache.ErrUnavailable] where there is no such budget:
// then this process has its share of it.
func (b *budget) turnOfAll(ctx context.Context, e *errand) error {
	cache, pace := b.common()
	if cache == nil {
		return sharedcache.ErrUnavailable
	}
	err := cache.Turn(ctx, e.lease, b.isUrgent(e), pace)
	share := rate.Limit(pace.PerSecond)
	if errors.Is(err, sharedcache.ErrUnavailable) {
		share = rate.Limit(cache.Share(pace))
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.setFull(share)
	return err
}

// common is where the replicas' budget is, nil for nowhere, and what it allows.
func (b *budget) common() (*sharedcache.Cache, sharedcache.Pace) {
	b.mu.Lock()
	defer b.mu.Unlock()
	pace := sharedcache.Pace{PerSecond: b.callsPerSecond, Burst: burst(rate.Limit(b.callsPerSecond))}
	if b.replicas == nil {
		return nil, pace
	}
	return b.replicas.Load(), pace
}

// isUrgent tells whether an alert evaluation waits for the errand.
func (b *budget) isUrgent(e *errand) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return e.urgent
}

// enter takes a place in the queue.
func (b *budget) enter(t *ticket) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(t.askers) == 0 { // on nobody's behalf but its own
		t.askers = []*asker{{turns: b.turns}}
	}
	b.waiting = append(b.waiting, t)
	b.serveNext()
}

// join has one more asker wait for an errand: from now on, it goes when it is the turn of any of them.
func (b *budget) join(e *errand, who *asker, urgent bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	who.turns = max(who.turns, b.turns)
	e.askers = append(e.askers, who)
	e.urgent = e.urgent || urgent
}

// serveNext gives the turn to the first in line.
func (b *budget) serveNext() {
	if b.serving || len(b.waiting) == 0 {
		return
	}
	b.rise()
	first := map[bool]int{false: -1, true: -1} // by urgency
	for i, t := range b.waiting {
		if best := first[t.urgent]; best < 0 || t.leastTurns() < b.waiting[best].leastTurns() {
			first[t.urgent] = i
		}
	}
	urgent := first[true] >= 0 && (first[false] < 0 || b.urgent < urgentInARow)
	if b.urgent++; !urgent {
		b.urgent = 0
	}
	next := b.waiting[first[urgent]]
	b.turns = next.leastTurns()
	for _, who := range next.askers {
		if who.turns == b.turns {
			who.turns++
			break
		}
	}
	b.serving = true
	close(next.turn)
	b.waiting = slices.Delete(b.waiting, first[urgent], first[urgent]+1)
}

// leastTurns is how many turns the asker had who had the fewest.
func (e *errand) leastTurns() int64 {
	least := int64(math.MaxInt64)
	for _, who := range e.askers {
		least = min(least, who.turns)
	}
	return least
}

// leave gives up the place in the queue, or the turn if it came meanwhile.
func (b *budget) leave(t *ticket) {
	b.mu.Lock()
	i := slices.Index(b.waiting, t)
	if i >= 0 {
		b.waiting = slices.Delete(b.waiting, i, i+1)
	}
	b.mu.Unlock()
	if i < 0 {
		b.release()
	}
}

func (b *budget) release() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.serving = false
	b.serveNext()
}

// throttled halves the rate, that of all replicas and our own.
func (b *budget) throttled(ctx context.Context) {
	if cache, pace := b.common(); cache != nil {
		cache.Throttled(ctx, pace)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	if b.slow() && now.Sub(b.changed) < throttleGrace {
		return
	}
	b.changed = now
	b.limiter.SetLimit(max(b.limiter.Limit()/2, b.full*slowest, min(b.full, slowestCalls)))
}

// rise raises the rate by a step for each while that the API did not complain, whether or not it was called: where
// calls are few, it would take hours otherwise.
func (b *budget) rise() {
	now := time.Now()
	steps := now.Sub(b.changed) / recoverAfter
	if !b.slow() || steps == 0 {
		return
	}
	b.changed = b.changed.Add(steps * recoverAfter)
	b.limiter.SetLimit(min(b.limiter.Limit()+rate.Limit(steps)*b.full/recoverSteps, b.full))
}

func (b *budget) slow() bool { return b.limiter.Limit() < b.full }
