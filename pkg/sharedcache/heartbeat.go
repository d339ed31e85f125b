package sharedcache

import (
	"context"
	"time"
)

const (
	// beatEvery is the time between two heartbeats.
	beatEvery = time.Second
	// replicaFor is how long a replica counts that was not heard of.
	replicaFor = 10 * time.Second
)

// live beats until the context ends. It is the one that finds out that the server can be used again.
func (c *Cache) live(ctx context.Context) {
	defer close(c.stopped)
	ticker := time.NewTicker(beatEvery)
	defer ticker.Stop()
	c.beat(ctx)
	close(c.started)
	for {
		select {
		case <-ticker.C:
			c.beat(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// beat says that this replica lives, and renews its leases.
func (c *Cache) beat(ctx context.Context) {
	bounded, cancel := context.WithTimeout(ctx, connectTimeout+c.timeout(1))
	defer cancel()

	keys := []string{c.replicaSet, c.trial}
	arguments := []any{c.id, replicaFor.Milliseconds(), leaseFor.Milliseconds()}
	var leases []*Lease // of each key
	for _, l := range c.leases() {
		for _, key := range l.keys {
			keys = append(keys, key)
			leases = append(leases, l)
		}
	}
	answer, err := beatScript.Run(bounded, c.client, keys, arguments...).Slice()
	if err == nil {
		err = c.hear(answer, leases)
	}
	if err != nil && ctx.Err() == nil {
		c.blame(err)
	}
}

func (c *Cache) leases() []*Lease {
	c.mu.Lock()
	defer c.mu.Unlock()
	leases := make([]*Lease, 0, len(c.held))
	for l := range c.held {
		leases = append(leases, l)
	}
	return leases
}

// hear takes what the server answers to a beat: from now on it can be used.
func (c *Cache) hear(answer []any, leases []*Lease) error {
	if len(answer) != 4 {
		return errAnswer
	}
	seconds, ok1 := answer[0].(int64)
	microseconds, ok2 := answer[1].(int64)
	replicas, ok3 := answer[2].(int64)
	lost, ok4 := answer[3].([]any)
	if !ok1 || !ok2 || !ok3 || !ok4 || len(lost) != len(leases) {
		return errAnswer
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, l := range leases {
		if lost[i] == int64(1) {
			l.lost.Store(true)
			delete(c.held, l)
		}
	}
	c.clock, c.heard = time.UnixMicro(seconds*1e6+microseconds), time.Now()
	c.replicas = int(replicas)
	if c.trouble != "" {
		c.trouble = ""
		c.down = make(chan struct{})
	}
	return nil
}
