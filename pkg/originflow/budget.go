package originflow

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// budget paces the calls of one account. It hands out one call at a time, to alert evaluations first, and slows down
// when the API says that the account calls too much: the other tools of the account take from the same allowance.
type budget struct {
	limiter *rate.Limiter

	mu      sync.Mutex
	full    rate.Limit
	waiting []*ticket // in the order of arrival
	serving bool
	changed time.Time // when the rate last changed
}

// ticket is a place in the queue.
type ticket struct {
	urgent *atomic.Bool
	turn   chan struct{}
}

const (
	// recoverAfter is how long the API must be content before the rate rises again, and between two rises.
	recoverAfter = 5 * time.Second
	// recoverSteps is how many rises lead from nothing to the full rate.
	recoverSteps = 10
	// slowest is the part of the full rate that throttling does not go below.
	slowest = 1.0 / 64
	// throttleGrace lumps together the calls that were under way when the API first said no.
	throttleGrace = time.Second
)

func newBudget(callsPerSecond int) *budget {
	full := rate.Limit(callsPerSecond)
	return &budget{limiter: rate.NewLimiter(full, burst(callsPerSecond)), full: full}
}

// burst is how many calls may go at once, so that a small dashboard does not queue: a quarter of a second's.
func burst(callsPerSecond int) int { return max(callsPerSecond/4, 1) }

// setFull changes the rate to fall back to when the API is content, in calls per second.
func (b *budget) setFull(callsPerSecond int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	full := rate.Limit(callsPerSecond)
	if full == b.full {
		return // keep what throttling taught
	}
	b.full = full
	b.limiter.SetLimit(full)
	b.limiter.SetBurst(burst(callsPerSecond))
}

// wait returns when it is the caller's turn to call, or with the context's error or [ErrBudget]. Whoever has urgent set goes before
// who has not; it may be set while waiting.
func (b *budget) wait(ctx context.Context, urgent *atomic.Bool) error {
	t := &ticket{urgent: urgent, turn: make(chan struct{})}
	b.mu.Lock()
	b.waiting = append(b.waiting, t)
	b.serveNext()
	b.mu.Unlock()

	select {
	case <-t.turn:
	case <-ctx.Done():
		b.leave(t)
		return ctx.Err()
	}
	defer b.release()
	if err := b.limiter.Wait(ctx); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return ErrBudget // the limiter knows that the deadline comes first
	}
	return nil
}

// serveNext gives the turn to the first urgent ticket, or else to the first.
func (b *budget) serveNext() {
	if b.serving || len(b.waiting) == 0 {
		return
	}
	next := max(slices.IndexFunc(b.waiting, func(t *ticket) bool { return t.urgent.Load() }), 0)
	b.serving = true
	close(b.waiting[next].turn)
	b.waiting = slices.Delete(b.waiting, next, next+1)
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

// throttled halves the rate.
func (b *budget) throttled() {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	if b.slow() && now.Sub(b.changed) < throttleGrace {
		return
	}
	b.changed = now
	b.limiter.SetLimit(max(b.limiter.Limit()/2, b.full*slowest))
}

// content raises the rate by a step, if it has been low for a while.
func (b *budget) content() {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	if !b.slow() || now.Sub(b.changed) < recoverAfter {
		return
	}
	b.changed = now
	b.limiter.SetLimit(min(b.limiter.Limit()+b.full/recoverSteps, b.full))
}

func (b *budget) slow() bool { return b.limiter.Limit() < b.full }
