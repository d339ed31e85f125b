package sharedcache

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/sharedcache/servertest"
)

// fast is a pace at which no test waits for its turn.
var fast = Pace{PerSecond: 1000, Burst: 1000}

// wantLost expects that a lease is another's by now.
func wantLost(t *testing.T, l *Lease) {
	t.Helper()
	require.ErrorIs(t, l.cache.Turn(t.Context(), l, false, fast), ErrLost)
}

func TestOfAllThatWantALeaseOneHasIt(t *testing.T) {
	t.Parallel()
	server := servertest.Start(t)
	var holders, turns atomic.Int32
	var everybody sync.WaitGroup
	for i := range 4 {
		c := ready(t, server)
		names := []string{"a", "b", "c"}[i%2 : i%2+2] // a and b, or b and c
		everybody.Go(func() {
			for had := 0; had < 10; {
				l, err := c.Take(context.Background(), names, false)
				if err != nil {
					t.Error(err)
					return
				}
				if l == nil {
					continue
				}
				if holders.Add(1) != 1 {
					t.Error("two have b")
				}
				had++
				turns.Add(1)
				holders.Add(-1)
				l.Release()
			}
		})
	}
	everybody.Wait()
	require.EqualValues(t, 40, turns.Load())
}

func TestLeasesOfOneProcessDoNotKeepEachOtherOut(t *testing.T) {
	t.Parallel()
	server := servertest.Start(t)
	one, another := ready(t, server), ready(t, server)
	first, second := take(t, one, false, "a", "b"), take(t, one, false, "b", "c")
	require.NotNil(t, second)
	first.Release()
	require.NotNil(t, take(t, another, false, "a"))
	require.Nil(t, take(t, another, false, "b"), "the second is still of it")
	require.NoError(t, second.cache.Turn(t.Context(), second, false, fast))
	second.Release()
	require.NotNil(t, take(t, another, false, "b", "c"))
}

func TestLeasesAreTakenAllOrNone(t *testing.T) {
	t.Parallel()
	server := servertest.Start(t)
	one, another := ready(t, server), ready(t, server)
	l := take(t, one, false, "b")
	require.NotNil(t, l)
	require.Nil(t, take(t, another, false, "a", "b", "c"))
	for _, name := range []string{"a", "c"} {
		free := take(t, another, false, name)
		require.NotNil(t, free, name)
		free.Release()
	}
	l.Release()
	require.NotNil(t, take(t, another, false, "a", "b", "c"))
}

func TestAnUrgentOneTakesOverWhatIsNeitherUrgentNorUsed(t *testing.T) {
	t.Parallel()
	server := servertest.Start(t)
	one, another := ready(t, server), ready(t, server)

	loose := take(t, one, false, "loose", "too")
	over := take(t, another, true, "loose")
	require.NotNil(t, over)
	wantLost(t, loose)
	loose.Release()
	loose.Raise()
	require.Nil(t, take(t, one, true, "loose"), "the other's lease is still there")
	require.NoError(t, another.Turn(t.Context(), over, true, fast))

	used := take(t, one, false, "used")
	require.NoError(t, one.Turn(t.Context(), used, false, fast))
	require.Nil(t, take(t, another, true, "used"))

	raised := take(t, one, false, "raised")
	raised.Raise()
	require.Nil(t, take(t, another, true, "raised"))

	urgent := take(t, one, true, "urgent")
	require.Nil(t, take(t, another, true, "urgent"))
	urgent.Release()
	require.NotNil(t, take(t, another, false, "urgent"))
}

func TestALeaseLastsWhileItsHolderLivesAndNoLonger(t *testing.T) {
	t.Parallel()
	server := servertest.Start(t)
	one, another := ready(t, server), ready(t, server)
	l := take(t, one, true, "a")
	raw, key := server.Client(), l.keys[0]
	require.NoError(t, raw.PExpire(t.Context(), key, leaseFor/2).Err())
	require.Eventually(t, func() bool { return raw.PTTL(t.Context(), key).Val() > leaseFor/2 }, soon, 5*time.Millisecond,
		"it is renewed")

	one.die()
	died := time.Now()
	require.Nil(t, take(t, another, true, "a"))
	require.Eventually(t, func() bool { return take(t, another, false, "a") != nil }, soon, 20*time.Millisecond)
	require.Less(t, time.Since(died), leaseFor+2*time.Second)
	wantLost(t, l)
}

func TestALeaseThatIsGoneIsNotedOnRenewal(t *testing.T) {
	t.Parallel()
	server := servertest.Start(t)
	c := ready(t, server)
	wiped, kept := take(t, c, true, "a"), take(t, c, true, "b")
	require.NoError(t, server.Client().Del(t.Context(), wiped.keys...).Err())
	require.Eventually(t, wiped.lost.Load, soon, 5*time.Millisecond)
	wantLost(t, wiped)
	require.False(t, kept.lost.Load())
	require.NoError(t, c.Turn(t.Context(), kept, true, fast))

	server.Wipe()
	wantLost(t, kept)
	require.NotNil(t, take(t, c, false, "b"))
}

func TestWhatIsNoLeaseKeepsNobodyFromTakingOne(t *testing.T) {
	t.Parallel()
	server := servertest.Start(t)
	c, raw := ready(t, server), server.Client()
	token := "!" + random()
	for what, poison := range map[string]func(key string) error{
		"a lease for ever": func(key string) error { return raw.Set(t.Context(), key, token, 0).Err() },
		"a lease too long": func(key string) error { return raw.Set(t.Context(), key, token, time.Hour).Err() },
		"text":             func(key string) error { return raw.Set(t.Context(), key, "!", time.Second).Err() },
		"a list":           func(key string) error { return raw.LPush(t.Context(), key, token).Err() },
		"a set":            func(key string) error { return raw.SAdd(t.Context(), key, token).Err() },
	} {
		require.NoError(t, poison(c.seal.key(leaseKind, what)))
		l := take(t, c, false, what)
		require.NotNil(t, l, what)
		require.NoError(t, c.Turn(t.Context(), l, false, fast), what)

		require.NoError(t, raw.Del(t.Context(), l.keys...).Err())
		require.NoError(t, poison(l.keys[0]))
		wantLost(t, l)
		l.Raise()
		l.Release()
		require.EqualValues(t, 1, raw.Exists(t.Context(), l.keys...).Val(), "%s is not ours to delete", what)
	}
	require.Empty(t, c.State().Trouble)
}
