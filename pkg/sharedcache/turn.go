package sharedcache

import (
	"context"
	"strconv"
	"time"
)

// Pace is how fast the account's API may be called.
type Pace struct {
	// PerSecond is the number of calls in a second, at least 1.
	PerSecond int
	// Burst is how many calls may be made at once after a while without any, at least 1.
	Burst int
}

const (
	// askAgain bounds the time between two asks for a turn, so that a lost lease shows soon.
	askAgain = time.Second
	// recoverAfter and recoverStep are those of budget.lua.
	recoverAfter = 5 * time.Second
	recoverStep  = 0.1
)

// sighting is the part of the full rate that the API let pass, and when the server said so.
type sighting struct {
	part float64
	at   time.Time
}

// Turn returns nil when a call may be made, and then has counted it: over any time of T seconds, all replicas make
// pace.Burst + T·pace.PerSecond calls at most. Urgent ones go first, but of four one that is not.
//
// The lease that the call is made under, if any, is then one that nobody takes over; [ErrLost] says that it is another's.
// Other errors are [ErrUnavailable] and the context's.
func (c *Cache) Turn(ctx context.Context, lease *Lease, urgent bool, pace Pace) error {
	for {
		wait, err := c.ask(ctx, lease, urgent, pace)
		if err != nil || wait == 0 {
			return err
		}
		timer := time.NewTimer(min(wait, askAgain))
		select {
		case <-timer.C:
		case <-c.broken():
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// ask returns how long to wait before asking again, 0 if the turn has come.
func (c *Cache) ask(ctx context.Context, lease *Lease, urgent bool, pace Pace) (wait time.Duration, err error) {
	keys := []string{c.budget}
	holder := ""
	if lease != nil {
		if lease.lost.Load() {
			return 0, ErrLost
		}
		keys = append(keys, lease.keys...)
		holder = c.id
	}
	var microseconds int64
	err = c.do(ctx, c.timeout(1), func(ctx context.Context) (err error) {
		answer, err := turnScript.Run(ctx, c.client, keys,
			max(pace.PerSecond, 1), max(pace.Burst, 1), urgent, holder, leaseFor.Milliseconds()).Slice()
		if err == nil {
			microseconds, err = c.see(answer)
		}
		return err
	})
	if err == nil && microseconds < 0 {
		return 0, ErrLost
	}
	return time.Duration(microseconds) * time.Microsecond, err
}

// Throttled says that the API refused a call since the account calls too much: the rate is halved, for all replicas, at
// most once in a second. It rises again by itself.
func (c *Cache) Throttled(ctx context.Context, pace Pace) {
	_ = c.do(ctx, c.timeout(1), func(ctx context.Context) error {
		answer, err := throttleScript.Run(ctx, c.client, []string{c.budget},
			max(pace.PerSecond, 1), max(pace.Burst, 1)).Slice()
		if err == nil {
			_, err = c.see(answer)
		}
		return err
	})
}

// see reads what the scripts of the budget answer.
func (c *Cache) see(answer []any) (microseconds int64, err error) {
	if len(answer) != 2 {
		return 0, errAnswer
	}
	microseconds, ok := answer[0].(int64)
	text, _ := answer[1].(string)
	part, err := strconv.ParseFloat(text, 64)
	if !ok || err != nil {
		return 0, errAnswer
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen = sighting{part: part, at: time.Now()}
	return microseconds, nil
}

// Share is how many calls in a second this process may make by itself while the server cannot be used: its part of what
// the account may, by the number of replicas that the server last counted, and by how much it was throttled.
func (c *Cache) Share(pace Pace) float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	steps := time.Since(c.seen.at) / recoverAfter
	part := min(c.seen.part+float64(steps)*recoverStep, 1)
	return float64(max(pace.PerSecond, 1)) * part / float64(max(c.replicas, 1))
}
