package sharedcache

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/sharedcache/servertest"
)

func TestWhatOneStoresAnotherReads(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]servertest.Option{"a server": nil, "a Cluster": {servertest.WithCluster()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := servertest.Start(t, options...)
			config := configOf(server)
			if options != nil {
				config.URL += "?addr=" + server.Address()
			}
			one, another := open(t, config), open(t, config)
			revision := save(t, one, "a", "data of a")
			save(t, one, "b", "")

			values, err := another.Load(t.Context(), []string{"b", "none", "a"})
			require.NoError(t, err)
			require.Equal(t, []byte{}, values[0].Data, "there, and empty")
			require.Equal(t, Value{}, values[1])
			require.Equal(t, Value{Data: []byte("data of a"), Revision: revision}, values[2])

			lease := take(t, one, true, "x", "y")
			require.Nil(t, take(t, another, true, "y"))
			require.NoError(t, one.Turn(t.Context(), lease, true, Pace{PerSecond: 10, Burst: 1}))
			lease.Release()
			require.NotNil(t, take(t, another, false, "y"))
		})
	}
}

func TestNobodyOverwritesWhatTheyHaveNotSeen(t *testing.T) {
	t.Parallel()
	server := servertest.Start(t)
	one, another := ready(t, server), ready(t, server)
	write := func(c *Cache, data, revision string) Saved {
		saved, err := c.Save(t.Context(), []Write{
			{Name: "a", Data: []byte(data), Revision: revision, Expires: time.Minute},
		})
		require.NoError(t, err)
		return saved[0]
	}
	first := write(one, "first", "")
	require.Nil(t, first.Conflict)

	conflict := write(another, "second", "").Conflict
	require.NotNil(t, conflict)
	require.Equal(t, Value{Data: []byte("first"), Revision: first.Revision}, *conflict)
	require.Equal(t, "first", string(load(t, one, "a").Data))

	second := write(another, "second", conflict.Revision)
	require.Nil(t, second.Conflict)
	require.NotNil(t, write(one, "third", first.Revision).Conflict)
	require.Equal(t, Value{Data: []byte("second"), Revision: second.Revision}, load(t, one, "a"))

	server.Wipe()
	require.Nil(t, write(one, "third", second.Revision).Conflict, "what is gone is no conflict")
	require.Equal(t, "third", string(load(t, one, "a").Data))
}
