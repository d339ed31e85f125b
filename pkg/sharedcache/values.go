package sharedcache

import (
	"context"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
)

// Value is what is stored under a name.
type Value struct {
	// Data is nil if there is none that can be read: nothing is there, or what another version or somebody else wrote.
	Data []byte
	// Revision tells it from what is stored before and after; "" if nothing is there.
	Revision string
}

// Write is a value to be stored.
type Write struct {
	Name string
	Data []byte
	// Revision is what the value had that Data is made of, "" for none.
	Revision string
	// Unconditional writes it whatever is there.
	Unconditional bool
	// Expires is how long it is kept, at least a millisecond.
	Expires time.Duration
}

// Saved is what became of a write.
type Saved struct {
	// Conflict is what somebody else stored since; then nothing was written.
	Conflict *Value
	// Revision is that of what was written.
	Revision string
}

const (
	// keysAtOnce bounds what one command reads, and writesAtOnce what one script writes: the server does nothing else
	// meanwhile.
	keysAtOnce   = 2000
	writesAtOnce = 500
)

// Load reads values, in one round trip; they are in the order of names. It returns [ErrUnavailable] or the context's error.
func (c *Cache) Load(ctx context.Context, names []string) ([]Value, error) {
	if len(names) == 0 {
		return nil, nil
	}
	keys := c.seal.keys(valueKind, names)
	values := make([]Value, 0, len(names))
	err := c.do(ctx, c.timeout(len(names)), func(ctx context.Context) error {
		pipeline := c.client.Pipeline()
		var reads []*redis.SliceCmd
		for some := range slices.Chunk(keys, keysAtOnce) {
			reads = append(reads, pipeline.MGet(ctx, some...))
		}
		if _, err := pipeline.Exec(ctx); err != nil {
			return err
		}
		for _, read := range reads {
			for _, stored := range read.Val() {
				text, _ := stored.(string)
				values = append(values, c.value(keys[min(len(values), len(keys)-1)], text))
			}
		}
		if len(values) != len(names) {
			return errAnswer
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return values, nil
}

func (c *Cache) value(key, stored string) Value {
	return Value{Data: c.seal.open(key, stored), Revision: revision(stored)}
}

// Save stores each value unless somebody else stored one since it was read: what is there now has neither the revision
// that the write is made of, nor is it gone. It returns what became of each, or [ErrUnavailable] or the context's error:
// then some may have been stored.
func (c *Cache) Save(ctx context.Context, writes []Write) ([]Saved, error) {
	saved := make([]Saved, 0, len(writes))
	for some := range slices.Chunk(writes, writesAtOnce) {
		err := c.do(ctx, c.timeout(len(some)), func(ctx context.Context) error {
			more, err := c.save(ctx, some)
			saved = append(saved, more...)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return saved, nil
}

func (c *Cache) save(ctx context.Context, writes []Write) ([]Saved, error) {
	keys := make([]string, len(writes))
	saved := make([]Saved, len(writes))
	arguments := []any{revisionLength}
	for i, write := range writes {
		keys[i] = c.seal.key(valueKind, write.Name)
		sealed := c.seal.close(keys[i], write.Data)
		saved[i].Revision = string(sealed[:revisionLength])
		arguments = append(arguments,
			write.Revision, sealed, max(write.Expires, time.Millisecond).Milliseconds(), write.Unconditional)
	}
	found, err := saveScript.Run(ctx, c.client, keys, arguments...).Slice()
	if err != nil {
		return nil, err
	}
	if len(found) != len(writes) {
		return nil, errAnswer
	}
	for i := range found {
		if stored, ok := found[i].(string); ok {
			there := c.value(keys[i], stored)
			saved[i] = Saved{Conflict: &there}
		}
	}
	return saved, nil
}
