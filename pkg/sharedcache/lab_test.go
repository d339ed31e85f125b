package sharedcache

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/sharedcache/servertest"
)

// soon is how long a test waits for what takes a second or two, on a machine that has much else to do.
const soon = 20 * time.Second

var identity = []byte("an identity of 32 bytes or so ...")

// configOf says how to use a server.
func configOf(server *servertest.Server) Config {
	return Config{URL: server.URL(), Prefix: DefaultPrefix, Identity: identity}
}

// open opens a cache that is closed when the test ends.
func open(t *testing.T, config Config) *Cache {
	t.Helper()
	c, err := Open(config)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// ready opens a cache and waits until it is used.
func ready(t *testing.T, server *servertest.Server) *Cache {
	t.Helper()
	c := open(t, configOf(server))
	eventually(t, c, "")
	return c
}

// eventually waits until the cache is in a trouble.
func eventually(t *testing.T, c *Cache, want Trouble) {
	t.Helper()
	require.Eventually(t, func() bool { return c.State().Trouble == want }, soon, 5*time.Millisecond,
		"trouble is not %q", want)
}

// save stores a value whatever is there, and returns its revision.
func save(t *testing.T, c *Cache, name, data string) string {
	t.Helper()
	saved, err := c.Save(t.Context(), []Write{{Name: name, Data: []byte(data), Unconditional: true, Expires: time.Minute}})
	require.NoError(t, err)
	require.Len(t, saved, 1)
	require.Nil(t, saved[0].Conflict)
	return saved[0].Revision
}

// load reads one value.
func load(t *testing.T, c *Cache, name string) Value {
	t.Helper()
	values, err := c.Load(t.Context(), []string{name})
	require.NoError(t, err)
	require.Len(t, values, 1)
	return values[0]
}

// take takes leases, nil if another has one.
func take(t *testing.T, c *Cache, urgent bool, names ...string) *Lease {
	t.Helper()
	l, err := c.Take(context.Background(), names, urgent)
	require.NoError(t, err)
	return l
}
