package originflow

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
	"github.com/originflow/aliyuncdn-datasource/pkg/sharedcache"
	"github.com/originflow/aliyuncdn-datasource/pkg/sharedcache/servertest"
)

// team are replicas of one account, which have a real server in common.
type team struct {
	*lab
	server   *servertest.Server
	limits   Limits
	replicas []*Reader
	// outside does something in real time.
	outside func(do func())
}

// inTeam runs a test as [inLab] does. The server's own clock is the real one.
func inTeam(t *testing.T, options cdnsim.Options, size int, test func(*team)) {
	t.Helper()
	server := servertest.Start(t)
	orders, done := make(chan func()), make(chan struct{})
	defer close(orders)
	go func() {
		for do := range orders {
			do()
			done <- struct{}{}
		}
	}()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(12*time.Hour + 30*time.Minute)
		limits := Limits{CallsPerSecond: 100, CacheBytes: 64 << 20, SharedCache: &sharedcache.Config{
			URL: server.URL(), Prefix: "test", Identity: []byte(strings.Repeat("secret", 6)),
			OperationTimeout: 10 * time.Second, // a busy machine is no trouble of the server
		}}
		team := &team{lab: newLab(t, options, limits), server: server, limits: limits, outside: func(do func()) {
			orders <- do
			<-done
		}}
		for range size {
			team.replicas = append(team.replicas, team.join())
		}
		test(team)
	})
}

// join starts another replica.
func (team *team) join() *Reader {
	one := *team.reader
	one.Account = NewAccount(team.limits)
	one.Account.share(team.limits.SharedCache)
	team.Cleanup(func() { one.Account.share(nil) })
	require.Eventually(team, func() bool {
		return one.Account.replicas.Load().State().Trouble == ""
	}, time.Minute, time.Millisecond)
	return &one
}

// readBy has replicas answer the same request at the same time, without a failure.
func (team *team) readBy(request Request, replicas ...*Reader) []Result {
	team.Helper()
	results := make([]Result, len(replicas))
	var all sync.WaitGroup
	for i, one := range replicas {
		all.Go(func() { results[i] = one.Read(context.Background(), request) })
	}
	all.Wait()
	for _, result := range results {
		for _, series := range result.Series {
			require.NoError(team, series.Err)
		}
	}
	return results
}

// settle waits until what was fetched is shared, which nobody waits for otherwise.
func (team *team) settle() {
	synctest.Wait()
}

func names(count int) (all []string) {
	for i := range count {
		all = append(all, "d"+strconv.Itoa(i)+".example.com")
	}
	return all
}

func domainsOf(count int) (all []cdnsim.Domain) {
	for _, name := range names(count) {
		all = append(all, cdnsim.Domain{Name: name})
	}
	return all
}

func TestWhatOneReplicaFetchedNoOtherFetches(t *testing.T) {
	for _, metric := range []string{"originFlow", "edgeStatus", "hitRatio", "originShare"} {
		t.Run(metric, func(t *testing.T) {
			inTeam(t, cdnsim.Options{Domains: domainsOf(6)}, 2, func(team *team) {
				request := in(5*time.Minute, of(metric, last(7*24*time.Hour, names(6)...)))
				one := team.readBy(request, team.replicas[0])[0]
				require.Positive(t, team.calls())
				team.settle()
				other := team.readBy(request, team.replicas[1])[0]
				assert.Zero(t, team.calls())
				for i := range one.Series {
					assert.True(t, fmt.Sprint(one.Series[i].Line) == fmt.Sprint(other.Series[i].Line), "the same values")
					assert.True(t, fmt.Sprint(one.Series[i].Codes) == fmt.Sprint(other.Series[i].Codes), "of each code")
					assert.Zero(t, other.Series[i].Fetched)
					assert.Empty(t, other.Series[i].Calls)
				}

				restarted := team.join()
				team.readBy(request, restarted)
				assert.Zero(t, team.calls(), "a replica starts warm")
			})
		})
	}
}

func TestReplicasThatAskAtTheSameTimeCallOnce(t *testing.T) {
	inTeam(t, cdnsim.Options{Domains: domainsOf(6), Latency: 5 * time.Second}, 4, func(team *team) {
		request := in(5*time.Minute, last(20*24*time.Hour, names(6)...))
		team.reader.Read(context.Background(), request)
		alone := team.calls()
		begun := time.Now()
		for _, result := range team.readBy(request, team.replicas...) {
			for _, series := range result.Series {
				team.requireExact(series, at(t, "1999-12-12 12:30:00"), at(t, "2000-01-01 12:15:00"))
			}
		}
		assert.Equal(t, alone, team.calls())
		assert.Less(t, time.Since(begun), 15*time.Second, "and not one call after the other, though some are of one block")
	})
}

func TestLivePanelsOfReplicasCostTheCallsOfOne(t *testing.T) {
	for name, provisional := range map[string]bool{"final": false, "provisional": true} {
		t.Run(name, func(t *testing.T) {
			calls := map[int]int{}
			for _, size := range []int{1, 3} {
				inTeam(t, cdnsim.Options{Domains: domainsOf(3)}, size, func(team *team) {
					for range 60 {
						request := last(3*time.Hour, names(3)...)
						request.Provisional = provisional
						for _, one := range team.replicas {
							for _, series := range team.readBy(request, one)[0].Series {
								assert.Equal(t, time.Now().Add(-20*time.Minute).Before(series.Slices[len(series.Slices)-1].Start.Add(5*time.Minute)), true)
							}
							team.settle()
						}
						time.Sleep(time.Minute)
					}
					calls[size] = team.calls()
				})
			}
			assert.LessOrEqual(t, float64(calls[3]), 1.1*float64(calls[1]))
			t.Log(calls)
		})
	}
}

func TestWhatOneReplicaFoundCorrectedTheOthersShow(t *testing.T) {
	const late = 52 * time.Minute
	inTeam(t, lateBy(late, partly), 2, func(team *team) {
		for range 120 {
			request := last(3 * time.Hour)
			for _, one := range team.replicas {
				values := slicesOf(team.readBy(request, one)[0].Series[0])
				had := time.Now().Add(-late - 11*time.Minute)
				for start := request.From.UTC().Truncate(5 * time.Minute); !start.Add(5 * time.Minute).After(had); start = start.Add(5 * time.Minute) {
					require.InDelta(t, traffic(domain, start, start.Add(5*time.Minute)), values[start], 0.5, "%s at %s", start, time.Now())
				}
				team.settle()
			}
			time.Sleep(time.Minute)
		}
		assert.LessOrEqual(t, team.calls(), 27, "a call for each new slice")
		settles := func(r *Reader) time.Duration { return r.Probe(context.Background()).Settles }
		assert.Positive(t, settles(team.replicas[0]))
		assert.Equal(t, settles(team.replicas[0]), settles(team.replicas[1]), "and how late data is")
	})
}

func TestReplicasTellEachOtherWhatTheAPITaught(t *testing.T) {
	t.Run("that an operation is retired", func(t *testing.T) {
		inTeam(t, cdnsim.Options{Retired: true}, 2, func(team *team) {
			team.readBy(last(time.Hour), team.replicas[0])
			team.settle()
			team.calls()
			team.readBy(last(2*time.Hour), team.replicas[1])
			team.readBy(last(3*time.Hour), team.replicas[1])
			assert.Zero(t, team.callsByOperation()["DescribeDomainSrcFlowData"])
		})
	})
	t.Run("that a length is not served", func(t *testing.T) {
		calls := map[int]int{}
		for _, size := range []int{1, 3} {
			inTeam(t, cdnsim.Options{SpanLimit: map[time.Duration]time.Duration{5 * time.Minute: 0}}, size, func(team *team) {
				for i := range 6 {
					one := team.replicas[i%size]
					series := team.readBy(in(5*time.Minute, last(24*time.Hour)), one)[0].Series[0]
					assert.Equal(t, time.Hour, series.Step)
					team.settle()
				}
				calls[size] = team.calls()
			})
		}
		assert.Equal(t, calls[1], calls[3])
	})
	t.Run("that a domain is unknown, for a minute", func(t *testing.T) {
		inTeam(t, cdnsim.Options{}, 3, func(team *team) {
			ask := func(one *Reader) {
				failure := one.Read(context.Background(), last(time.Hour, "nobody.example.net")).Series[0].Err
				assert.Equal(t, cdn.UnknownDomain, kindOf(failure))
				team.settle()
			}
			for _, one := range team.replicas {
				ask(one)
			}
			assert.Equal(t, 1, team.calls())
			time.Sleep(time.Minute)
			ask(team.replicas[1])
			assert.Equal(t, 1, team.calls())
		})
	})
	t.Run("which domains there are", func(t *testing.T) {
		inTeam(t, cdnsim.Options{Latency: time.Second}, 3, func(team *team) {
			var all sync.WaitGroup
			for _, one := range team.replicas {
				all.Go(func() {
					list, err := one.Domains(context.Background(), false)
					assert.NoError(t, err)
					assert.Len(t, list.Domains, len(cdnsim.DemoDomains()))
				})
			}
			all.Wait()
			assert.Equal(t, 1, team.calls())
			time.Sleep(directoryAge)
			_, err := team.replicas[2].Domains(context.Background(), false)
			assert.NoError(t, err)
			assert.Equal(t, 1, team.calls(), "but a list is renewed")
		})
	})
	t.Run("which domains there were, should the API not answer", func(t *testing.T) {
		broken := false
		inTeam(t, cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault {
			if broken {
				return &cdnsim.Fault{Error: &cdnsim.Error{Status: 500, Code: "InternalError"}}
			}
			return nil
		}}, 1, func(team *team) {
			_, err := team.replicas[0].Domains(context.Background(), false)
			require.NoError(t, err)
			broken = true
			time.Sleep(time.Hour)
			restarted := team.join()
			for range 2 {
				list, err := restarted.Domains(context.Background(), false)
				assert.NoError(t, err)
				assert.Len(t, list.Domains, len(cdnsim.DemoDomains()))
				assert.Error(t, list.Err)
			}
		})
	})
	t.Run("what the API's clock shows", func(t *testing.T) {
		ahead := func() time.Time { return time.Now().Add(10 * time.Minute) }
		inTeam(t, cdnsim.Options{Now: ahead}, 1, func(team *team) {
			team.readBy(last(time.Hour), team.replicas[0])
			team.settle()
			fresh := team.join()
			series := team.readBy(last(time.Hour), fresh)[0].Series[0]
			newest := series.Slices[len(series.Slices)-1].Start
			assert.Equal(t, at(t, "2000-01-01 12:20:00"), newest, "by a replica that made no call yet, and whose clock is wrong")
		})
	})
}

func TestNobodyWaitsForALeaseThatWasLost(t *testing.T) {
	var wipe func()
	options := cdnsim.Options{Domains: domainsOf(2), Fault: func(cdnsim.Call) *cdnsim.Fault {
		wipe()
		return nil
	}}
	inTeam(t, options, 0, func(team *team) {
		client := team.server.Client()
		leases := func() []string {
			keys, err := client.Keys(context.Background(), "*:l:*").Result()
			assert.NoError(t, err)
			return keys
		}
		wipe = sync.OnceFunc(func() {
			for len(leases()) < 2 { // that of this call, and of the one that waits for its turn
				time.Sleep(time.Millisecond)
			}
			team.outside(team.server.Wipe)
		})
		team.limits.CallsPerSecond = 1
		team.readBy(last(time.Hour, names(2)...), team.join())
		team.settle()
		assert.Equal(t, 2, team.calls())
		assert.Empty(t, leases(), "of calls that ended")
	})
}

func TestNothingThatOthersPutIntoTheServerIsShown(t *testing.T) {
	inTeam(t, cdnsim.Options{Domains: domainsOf(3)}, 1, func(team *team) {
		request := last(2*24*time.Hour, names(3)...)
		team.readBy(request, team.replicas[0])
		team.settle()
		ctx := context.Background()
		client := team.server.Client()
		keys, err := client.Keys(ctx, "*").Result()
		require.NoError(t, err)
		another := map[string]string{}
		before := ""
		for _, key := range append(keys, keys...) { // the value of the key before each
			another[key] = before
			if value, err := client.Get(ctx, key).Result(); err == nil {
				before = value
			}
		}
		for name, poison := range map[string]func(key string) error{
			"garbage": func(key string) error { return client.Set(ctx, key, "garbage", 0).Err() },
			"another type": func(key string) error {
				return errors.Join(client.Del(ctx, key).Err(), client.LPush(ctx, key, "x").Err())
			},
			"another value": func(key string) error { return client.Set(ctx, key, another[key], 0).Err() },
			"a part": func(key string) error {
				value, _ := client.Get(ctx, key).Result()
				return client.Set(ctx, key, value[:len(value)/2], 0).Err()
			},
		} {
			for _, key := range keys {
				require.NoError(t, poison(key), name)
			}
			team.calls()
			other := team.join()
			for _, series := range team.readBy(request, other)[0].Series {
				team.requireExact(series, at(t, "1999-12-30 12:30:00"), at(t, "2000-01-01 12:15:00"))
			}
			assert.Equal(t, 3, team.calls(), "%s is as good as nothing", name)
			team.settle()
			team.readBy(request, team.join())
			assert.Zero(t, team.calls(), "%s was replaced", name)
		}
	})
}

func TestAReplicaGoesOnWithoutTheServer(t *testing.T) {
	inTeam(t, cdnsim.Options{Domains: domainsOf(3)}, 2, func(team *team) {
		request := last(2*24*time.Hour, names(3)...)
		exact := func(one *Reader) Result {
			result := team.readBy(request, one)[0]
			for _, series := range result.Series {
				team.requireExact(series, at(t, "1999-12-30 12:30:00"), at(t, "2000-01-01 12:15:00"))
			}
			return result
		}
		exact(team.replicas[0])
		team.settle()
		team.outside(team.server.Stop)
		assert.Equal(t, sharedcache.Unreachable, exact(team.replicas[1]).Alone)
		time.Sleep(3 * time.Second)
		assert.Equal(t, sharedcache.Unreachable, exact(team.replicas[0]).Alone, "also of one that did not need it")

		team.outside(team.server.Restart)
		require.Eventually(t, func() bool {
			return exact(team.replicas[0]).Alone == "" && exact(team.replicas[1]).Alone == ""
		}, time.Minute, time.Second)
		third := team.join()
		exact(third)
		team.settle()
		team.calls()
		exact(team.join())
		assert.Zero(t, team.calls(), "it fills again")
	})
}

func TestASmallMemoryIsServedFromTheServer(t *testing.T) {
	inTeam(t, cdnsim.Options{Domains: domainsOf(5)}, 1, func(team *team) {
		request := in(5*time.Minute, last(20*24*time.Hour, names(5)...))
		team.readBy(request, team.replicas[0])
		team.settle()
		team.limits.CacheBytes = 10 * blockBytes
		small := team.join()
		team.calls()
		for range 3 {
			for _, series := range team.readBy(request, small)[0].Series {
				team.requireExact(series, at(t, "1999-12-12 12:30:00"), at(t, "2000-01-01 12:15:00"))
			}
		}
		assert.Zero(t, team.calls())
	})
}
