package sharedcache

import (
	"runtime"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/sharedcache/servertest"
)

// wantReplicas waits until a cache has counted so many.
func wantReplicas(t *testing.T, c *Cache, want int) {
	t.Helper()
	require.Eventually(t, func() bool { return c.State().Replicas == want }, soon, 5*time.Millisecond)
}

func TestReplicasAreCountedWhileTheyLive(t *testing.T) {
	t.Parallel()
	server := servertest.Start(t)
	caches := []*Cache{ready(t, server), ready(t, server), ready(t, server)}
	stranger := configOf(server)
	stranger.Identity = []byte("another account")
	eventually(t, open(t, stranger), "")
	for _, c := range caches {
		wantReplicas(t, c, 3)
	}
	require.InDelta(t, 10, caches[0].Share(Pace{PerSecond: 30, Burst: 1}), 1e-9)

	caches[2].Close()
	raw := server.Client()
	require.EqualValues(t, 2, raw.ZCard(t.Context(), caches[0].replicaSet).Val())
	wantReplicas(t, caches[0], 2)

	// One that died was last heard of some time ago.
	caches[1].die()
	aged := redis.Z{Score: float64(time.Now().Add(-replicaFor).UnixMilli() - 1), Member: caches[1].id}
	require.NoError(t, raw.ZAdd(t.Context(), caches[0].replicaSet, aged).Err())
	wantReplicas(t, caches[0], 1)

	// What somebody else puts there counts for no longer.
	forever := redis.Z{Score: float64(time.Now().Add(time.Hour).UnixMilli()), Member: "for ever"}
	require.NoError(t, raw.ZAdd(t.Context(), caches[0].replicaSet, forever).Err())
	require.Eventually(t, func() bool { return raw.ZCard(t.Context(), caches[0].replicaSet).Val() == 1 },
		soon, 5*time.Millisecond)
	require.NoError(t, raw.Set(t.Context(), caches[0].replicaSet, "text", 0).Err())
	require.Eventually(t, func() bool { return raw.ZCard(t.Context(), caches[0].replicaSet).Val() == 1 },
		soon, 5*time.Millisecond)
	require.Equal(t, State{Replicas: 1}, caches[0].State())
}

func TestTheTimeIsTheServers(t *testing.T) {
	t.Parallel()
	server := servertest.Start(t)
	c := ready(t, server)
	before := server.Client().Time(t.Context()).Val()
	shown, ok := c.Time()
	require.True(t, ok)
	after := server.Client().Time(t.Context()).Val()
	require.False(t, shown.After(after))
	require.Less(t, before.Sub(shown), 2*time.Second)

	server.Stop()
	eventually(t, c, Unreachable)
	_, ok = c.Time()
	require.False(t, ok)
}

func TestNothingRunsOnAfterClose(t *testing.T) { // alone: it counts goroutines
	server := servertest.Start(t, servertest.WithCluster())
	before := runtime.NumGoroutine()
	for _, parameters := range []string{"", "?addr=" + server.Address(), "?master_name=none"} {
		config := configOf(server)
		config.URL += parameters
		c, err := Open(config)
		require.NoError(t, err)
		_, err = c.Load(t.Context(), []string{"a"})
		require.Equal(t, parameters == "?master_name=none", err != nil)
		c.Close()
		c.Close()
		_, err = c.Load(t.Context(), []string{"a"})
		require.ErrorIs(t, err, ErrUnavailable)
	}
	c, err := Open(configOf(server))
	require.NoError(t, err)
	c.Close() // before it answered

	raw := server.Client()
	alone := func() bool { return raw.InfoMap(t.Context(), "clients").Val()["Clients"]["connected_clients"] == "1" }
	require.Eventually(t, alone, soon, 5*time.Millisecond, "connections are left")
	require.NoError(t, raw.Close())
	// require.Eventually would be a goroutine of its own.
	for deadline := time.Now().Add(soon); runtime.NumGoroutine() > before; {
		if time.Now().After(deadline) {
			stacks := make([]byte, 1<<20)
			t.Fatalf("%s", stacks[:runtime.Stack(stacks, true)])
		}
		time.Sleep(5 * time.Millisecond)
	}
}
