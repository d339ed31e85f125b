package sharedcache

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// leaseFor is how long a lease lasts that nobody renews: what a process that died had under way, others wait for so long.
const leaseFor = 5 * time.Second

// ErrLost is the failure of whoever's lease another has: it was taken over, or ended while the server was out of reach.
var ErrLost = errors.New("the lease is another's")

// Lease says that something is under way, in this process and in no other. It lasts until it is released, taken over, or
// the process or the server ends. Leases of one process do not keep each other out.
type Lease struct {
	cache *Cache
	keys  []string
	lost  atomic.Bool // on renewal
}

// Take takes the leases of all names, or of none: then the lease is nil, as another has one of them. An urgent one takes
// over from those that are neither urgent nor used for a call. It returns [ErrUnavailable] or the context's error.
func (c *Cache) Take(ctx context.Context, names []string, urgent bool) (*Lease, error) {
	l := &Lease{cache: c, keys: c.seal.keys(leaseKind, names)}
	if len(names) == 0 {
		return l, nil
	}
	c.use(l.keys)
	taken := 0
	err := c.do(ctx, c.timeout(1), func(ctx context.Context) (err error) {
		taken, err = takeScript.Run(ctx, c.client, l.keys, c.id, urgent, leaseFor.Milliseconds()).Int()
		return err
	})
	switch {
	case err != nil:
		l.Release() // the server may have given it to whoever stopped waiting for the answer
		return nil, err
	case taken == 0:
		c.unuse(l.keys)
		return nil, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held[l] = struct{}{}
	return l, nil
}

// Raise makes the lease urgent: none that is urgent takes it over any more.
func (l *Lease) Raise() {
	_ = l.cache.do(context.Background(), l.cache.timeout(1), func(ctx context.Context) error {
		return raiseScript.Run(ctx, l.cache.client, l.keys, l.cache.id, leaseFor.Milliseconds()).Err()
	})
}

// Release gives up the lease, unless it is another's by now. It takes one round trip, and no time while the server cannot
// be used: then the lease ends by itself.
func (l *Lease) Release() {
	l.cache.mu.Lock()
	delete(l.cache.held, l)
	l.cache.mu.Unlock()
	free := l.cache.unuse(l.keys)
	if len(free) == 0 {
		return
	}
	_ = l.cache.do(context.Background(), l.cache.timeout(1), func(ctx context.Context) error {
		return releaseScript.Run(ctx, l.cache.client, free, l.cache.id).Err()
	})
}

// use notes that a lease of this process is, or is about to be, of some keys.
func (c *Cache) use(keys []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, key := range keys {
		c.uses[key]++
	}
}

// unuse takes that back, and returns those that no lease of this process is of any more.
func (c *Cache) unuse(keys []string) (free []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, key := range keys {
		if c.uses[key]--; c.uses[key] == 0 {
			delete(c.uses, key)
			free = append(free, key)
		}
	}
	return free
}
