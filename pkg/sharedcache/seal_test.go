package sharedcache

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/sharedcache/servertest"
)

func TestWhatSomebodyElseWroteIsNotReadAndIsReplaced(t *testing.T) {
	t.Parallel()
	server := servertest.Start(t)
	c, raw := ready(t, server), server.Client()
	const name = "a"
	key := c.seal.key(valueKind, name)
	sealed := c.seal.close(key, []byte("data"))
	stranger, err := newSeal(DefaultPrefix, []byte("another identity"))
	require.NoError(t, err)

	poison := map[string][]byte{
		"empty":            {},
		"text":             []byte("some text that is not ours at all, and long enough"),
		"of another key":   c.seal.close(c.seal.key(valueKind, "b"), []byte("data")),
		"of a stranger":    stranger.close(key, []byte("data")),
		"with more behind": append(bytes.Clone(sealed), 0),
	}
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		poison["changed at "+string(rune('a'+i))] = changed
		poison["cut at "+string(rune('a'+i))] = sealed[:i]
	}
	for what, stored := range poison {
		require.NoError(t, raw.Set(t.Context(), key, stored, 0).Err())
		value := load(t, c, name)
		require.Nil(t, value.Data, what)
		require.Equal(t, len(stored) == 0, value.Revision == "", what)

		saved, err := c.Save(t.Context(), []Write{
			{Name: name, Data: []byte("new"), Revision: value.Revision, Expires: time.Minute},
		})
		require.NoError(t, err)
		require.Nil(t, saved[0].Conflict, what)
		require.Equal(t, "new", string(load(t, c, name).Data), what)
		require.Positive(t, raw.PTTL(t.Context(), key).Val(), what)
	}
	require.NoError(t, raw.Set(t.Context(), key, sealed, 0).Err())
	require.Equal(t, "data", string(load(t, c, name).Data))

	require.NoError(t, raw.Del(t.Context(), key).Err())
	require.NoError(t, raw.LPush(t.Context(), key, "a list").Err())
	require.Equal(t, Value{}, load(t, c, name))
	save(t, c, name, "new")
	require.Equal(t, "new", string(load(t, c, name).Data))
	require.Empty(t, c.State().Trouble)
}

func TestValuesOfAnotherVersionAreNotRead(t *testing.T) {
	s, err := newSeal(DefaultPrefix, identity)
	require.NoError(t, err)
	for version := range 256 {
		stored := s.aead.Seal([]byte{byte(version)}, nil, []byte("data"), append([]byte("key"), byte(version)))
		require.Equal(t, version == formatVersion, s.open("key", string(stored)) != nil)
	}
}

func TestTheServerLearnsNeitherNamesNorDataNorTheIdentity(t *testing.T) {
	t.Parallel()
	server := servertest.Start(t)
	c, raw := ready(t, server), server.Client()
	save(t, c, "a.name.of.a.domain", "what it is about")
	save(t, c, "another.name.of.a.domain", "what it is about")
	require.NotNil(t, take(t, c, false, "a.name.of.a.domain"))
	require.NoError(t, c.Turn(t.Context(), nil, false, Pace{PerSecond: 1, Burst: 1}))

	keys, err := raw.Keys(t.Context(), "*").Result()
	require.NoError(t, err)
	require.Len(t, keys, 6, "two values, a lease, the budget, the replicas, and the trial of the heartbeat")
	sealed := map[string]bool{}
	for _, key := range keys {
		require.True(t, strings.HasPrefix(key, c.seal.prefix), key)
		dump, err := raw.Dump(t.Context(), key).Result()
		require.NoError(t, err)
		for _, secret := range []string{"name", "domain", "what", "about", "identity"} {
			require.NotContains(t, key, secret)
			require.NotContains(t, dump, secret)
		}
		sealed[dump] = true
		require.Positive(t, raw.PTTL(t.Context(), key).Val(), "%s stays for ever", key)
	}
	require.Len(t, sealed, len(keys), "equal data does not look equal")

	stranger, err := newSeal(DefaultPrefix, []byte("another identity"))
	require.NoError(t, err)
	require.NotEqual(t, stranger.prefix, c.seal.prefix)
	require.NotEqual(t, stranger.hash(valueKind, "a"), c.seal.hash(valueKind, "a"))
}
