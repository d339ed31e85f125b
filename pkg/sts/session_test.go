package sts_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/originflow/aliyuncdn-datasource/pkg/guard"
	"github.com/originflow/aliyuncdn-datasource/pkg/rpc"
	"github.com/originflow/aliyuncdn-datasource/pkg/sts"
)

// office gives out keys: one after the other, each for an hour. It takes its time.
type office struct {
	takes   time.Duration
	life    time.Duration
	failure atomic.Pointer[sts.Error]
	asked   atomic.Int64
}

func (o *office) source(ctx context.Context) (sts.Grant, error) {
	n := o.asked.Add(1)
	select {
	case <-time.After(o.takes):
	case <-ctx.Done():
		return sts.Grant{}, &sts.Error{Kind: sts.Unreachable}
	}
	if failure := o.failure.Load(); failure != nil {
		return sts.Grant{}, failure
	}
	return sts.Grant{Key: rpc.Key{ID: fmt.Sprint(n), Secret: "s", Token: "t"}, Lifetime: o.life}, nil
}

// inBubble runs a test with a session whose clock stands still while anything goes on.
func inBubble(t *testing.T, o *office, test func(t *testing.T, id func(refused ...string) string)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		session := sts.NewSession(o.source, time.Now)
		test(t, func(refused ...string) string {
			var not rpc.Key
			if len(refused) > 0 {
				not = rpc.Key{ID: refused[0], Secret: "s", Token: "t"}
			}
			key, err := session.Key(t.Context(), not)
			if err != nil {
				return err.Error()
			}
			return key.ID
		})
		synctest.Wait()
		time.Sleep(time.Minute) // for a renewal that nobody waits for
	})
}

func TestASessionIsAskedForOnceAndRenewedWhileNobodyWaits(t *testing.T) {
	inBubble(t, &office{takes: 3 * time.Second, life: time.Hour}, func(t *testing.T, id func(...string) string) {
		begun := time.Now()
		assert.Equal(t, "1", id())
		assert.Equal(t, 3*time.Second, time.Since(begun), "the first waits")
		time.Sleep(54*time.Minute + 56*time.Second)
		assert.Equal(t, "1", id(), "a second before it is due")
		time.Sleep(time.Second)
		begun = time.Now()
		for range 10 {
			assert.Equal(t, "1", id(), "due, and as good as before")
		}
		assert.Zero(t, time.Since(begun), "nobody waits")
		time.Sleep(3 * time.Second)
		synctest.Wait()
		assert.Equal(t, "2", id())
		time.Sleep(time.Hour)
		assert.Equal(t, "3", id(), "one that ended while nobody asked is not served")
	})
}

func TestAShortSessionIsRenewedAfterTwoThirdsOfItsLife(t *testing.T) {
	inBubble(t, &office{life: 9 * time.Minute}, func(t *testing.T, id func(...string) string) {
		assert.Equal(t, "1", id())
		time.Sleep(6*time.Minute - 1)
		id()
		synctest.Wait()
		assert.Equal(t, "1", id())
		time.Sleep(time.Nanosecond)
		id()
		synctest.Wait()
		assert.Equal(t, "2", id())
	})
}

func TestAKeyForEverIsAskedForOnce(t *testing.T) {
	o := &office{}
	inBubble(t, o, func(t *testing.T, id func(...string) string) {
		assert.Equal(t, "1", id())
		time.Sleep(1000 * time.Hour)
		assert.Equal(t, "1", id())
		synctest.Wait()
		assert.EqualValues(t, 1, o.asked.Load())
	})
}

func TestAFailureIsToldOnlyWithoutASession(t *testing.T) {
	o := &office{life: time.Hour}
	inBubble(t, o, func(t *testing.T, id func(...string) string) {
		o.failure.Store(&sts.Error{Kind: sts.NoRole})
		for range 100 {
			assert.Equal(t, "no such role", id())
		}
		assert.EqualValues(t, 1, o.asked.Load(), "not asked again at once")
		o.failure.Store(nil)
		assert.Equal(t, "no such role", id())
		time.Sleep(time.Second)
		assert.Equal(t, "2", id(), "but soon")

		o.failure.Store(&sts.Error{Kind: sts.NoRole})
		time.Sleep(56 * time.Minute)
		for range 180 { // three minutes, a query each second
			assert.Equal(t, "2", id(), "it holds")
			time.Sleep(time.Second)
		}
		assert.EqualValues(t, 2+6, o.asked.Load(), "tried each half minute")
		time.Sleep(time.Minute)
		assert.Equal(t, "no such role", id(), "it has ended")
	})
}

func TestASessionThatIsRefusedIsRenewedOnceForAll(t *testing.T) {
	o := &office{takes: time.Second, life: time.Hour}
	inBubble(t, o, func(t *testing.T, id func(...string) string) {
		assert.Equal(t, "1", id())
		var group errgroup.Group
		for range 100 {
			group.Go(func() error {
				if got := id("1"); got != "2" {
					return errors.New(got)
				}
				return nil
			})
		}
		require.NoError(t, group.Wait())
		assert.Equal(t, "2", id("1"), "one that hears of it late")
		assert.EqualValues(t, 2, o.asked.Load())
	})
}

func TestARefusedKeyThatComesAgainIsNoKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		key := rpc.Key{ID: "same"}
		session := sts.NewSession(sts.Fixed(key), time.Now)
		got, err := session.Key(t.Context(), rpc.Key{})
		require.NoError(t, err)
		assert.Equal(t, key, got)
		_, err = session.Key(t.Context(), key)
		assert.Equal(t, &sts.Error{Kind: sts.SessionRefused}, err)
	})
}

func TestWhoGivesUpDoesNotEndTheRenewalOfOthers(t *testing.T) {
	o := &office{takes: 4 * time.Second, life: time.Hour}
	synctest.Test(t, func(t *testing.T) {
		session := sts.NewSession(o.source, time.Now)
		ctx, cancel := context.WithCancel(t.Context())
		var group errgroup.Group
		group.Go(func() error {
			_, err := session.Key(ctx, rpc.Key{})
			assert.ErrorIs(t, err, context.Canceled)
			assert.Equal(t, time.Second, time.Since(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)))
			return nil
		})
		synctest.Wait()
		group.Go(func() error {
			key, err := session.Key(t.Context(), rpc.Key{})
			assert.Equal(t, "1", key.ID)
			return err
		})
		time.Sleep(time.Second)
		cancel()
		require.NoError(t, group.Wait())
		assert.EqualValues(t, 1, o.asked.Load())
	})
}

func TestASourceThatHangsIsGivenUp(t *testing.T) {
	inBubble(t, &office{takes: time.Hour}, func(t *testing.T, id func(...string) string) {
		begun := time.Now()
		assert.Equal(t, "no answer", id())
		assert.Equal(t, 10*time.Second, time.Since(begun))
	})
}

func TestAPanicOfASourceIsThatOfWhoeverWaits(t *testing.T) {
	session := sts.NewSession(func(context.Context) (sts.Grant, error) { panic("the secret") }, time.Now)
	for range 2 { // the second while the failure rests
		var value any
		func() {
			defer func() { value = recover() }()
			_, _ = session.Key(t.Context(), rpc.Key{})
		}()
		require.IsType(t, (*guard.Panic)(nil), value)
		assert.NotContains(t, fmt.Sprintf("%+v", value), "secret")
		assert.Contains(t, value.(*guard.Panic).Stack, "session_test.go")
	}
}

// TestNobodyAsksForASecondSessionHoweverTheyRace has queries come while the renewal that they need is just ending.
func TestNobodyAsksForASecondSessionHoweverTheyRace(t *testing.T) {
	for range 2000 {
		o := &office{life: time.Hour}
		session := sts.NewSession(o.source, time.Now)
		var group errgroup.Group
		for range 8 {
			group.Go(func() error {
				_, err := session.Key(t.Context(), rpc.Key{})
				return err
			})
		}
		require.NoError(t, group.Wait())
		require.EqualValues(t, 1, o.asked.Load())
	}
}
