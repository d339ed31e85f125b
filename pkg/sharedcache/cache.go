package sharedcache

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// Cache is the shared cache of one account. Its methods may be called at the same time.
type Cache struct {
	client redis.UniversalClient
	seal   *seal
	id     string // of this replica
	// The keys that there is one of.
	budget, replicaSet, trial string

	timeout func(values int) time.Duration // of an operation

	stop    context.CancelFunc // ends the heartbeat
	stopped chan struct{}      // closed when it ended
	started chan struct{}      // closed after its first beat
	closing sync.Once

	mu       sync.Mutex
	trouble  Trouble
	down     chan struct{} // closed while there is trouble
	replicas int
	clock    time.Time // of the server, when it answered at heard
	heard    time.Time
	held     map[*Lease]struct{}
	uses     map[string]int // of the keys of leases, by leases of this process
	seen     sighting
}

// Open returns the shared cache of an account. It does not wait for the server: the first operations do, for a moment.
// The errors are those of [CheckURL].
func Open(config Config) (*Cache, error) {
	sealed, err := newSeal(config.Prefix, config.Identity)
	if err != nil {
		return nil, err
	}
	client, err := connect(config)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	c := &Cache{
		client:     client,
		timeout:    config.timeout,
		seal:       sealed,
		id:         random(),
		budget:     sealed.prefix + "budget",
		replicaSet: sealed.prefix + "replicas",
		trial:      sealed.prefix + "trial",
		stop:       stop,
		stopped:    make(chan struct{}),
		started:    make(chan struct{}),
		trouble:    Starting,
		down:       make(chan struct{}),
		held:       map[*Lease]struct{}{},
		uses:       map[string]int{},
		seen:       sighting{part: 1},
	}
	close(c.down)
	go c.live(ctx)
	return c, nil
}

// Close ends the use of the shared cache; operations return [ErrUnavailable] from then on. It takes a second at most.
func (c *Cache) Close() {
	c.closing.Do(func() {
		c.die()
		_ = c.do(context.Background(), c.timeout(1), func(ctx context.Context) error {
			return c.client.ZRem(ctx, c.replicaSet, c.id).Err()
		})
		c.fail(Unreachable)
		_ = c.client.Close()
	})
}

// die ends the heartbeat, as the end of the process would.
func (c *Cache) die() {
	c.stop()
	<-c.stopped
}

// State is how the shared cache does.
func (c *Cache) State() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	return State{Trouble: c.trouble, Replicas: c.replicas}
}

// Time is what the server's clock shows, or showed no longer than a round trip ago; ok only while the server is used.
func (c *Cache) Time() (t time.Time, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.clock.Add(time.Since(c.heard)), c.trouble == ""
}

// do runs an operation if the server can be used. Whatever goes wrong but with the caller's own context ends the use of
// the server, for all, until it answers the heartbeat: nobody else waits for what just failed.
func (c *Cache) do(ctx context.Context, timeout time.Duration, operation func(context.Context) error) error {
	if err := c.wait(ctx); err != nil {
		return err
	}
	bounded, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	err := operation(bounded)
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	// A connection may know that time is up before the context does.
	if deadline, ok := ctx.Deadline(); ok && !time.Now().Before(deadline) {
		return context.DeadlineExceeded
	}
	c.blame(err)
	return ErrUnavailable
}

// wait returns nil if the server can be used. After the start it waits for the first beat, but not for long, so that the
// first queries are served of what is shared.
func (c *Cache) wait(ctx context.Context) error {
	select {
	case <-c.started:
	default:
		timer := time.NewTimer(c.timeout(1))
		defer timer.Stop()
		select {
		case <-c.started:
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if c.State().Trouble != "" {
		return ErrUnavailable
	}
	return nil
}

// broken is closed as soon as the server cannot be used.
func (c *Cache) broken() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.down
}

// blame ends the use of the server for what it, or the way to it, did wrong. That all connections are in use is only that
// this process asks much at once.
func (c *Cache) blame(err error) {
	if !errors.Is(err, redis.ErrPoolTimeout) {
		c.fail(troubleOf(err))
	}
}

// fail ends the use of the server.
func (c *Cache) fail(why Trouble) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.trouble == "" {
		close(c.down)
	}
	c.trouble = why
}
