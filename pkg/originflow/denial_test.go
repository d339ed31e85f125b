package originflow

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

func TestWhatOneOperationRefusesAnotherMayTell(t *testing.T) {
	offline := cdnsim.Fault{Error: &cdnsim.Error{Status: 404, Code: "InvalidDomain.Offline"}}
	inLab(t, cdnsim.Options{Fault: func(call cdnsim.Call) *cdnsim.Fault {
		if call.Operation == cdn.TrafficData.Name() {
			return &offline
		}
		return nil
	}}, func(l *lab) {
		for range 3 {
			assert.Equal(t, cdn.Offline, l.fails(of("edgeFlow", last(time.Hour))).Kind())
			require.NotEmpty(l, l.read(of("edgeRequests", last(time.Hour))).Slices)
		}
		assert.Equal(t, map[string]int{cdn.TrafficData.Name(): 1, cdn.QPSData.Name(): 1}, l.callsByOperation())
	})
}

func TestADomainThatOneOperationRefusesIsLeftOutOfBothSums(t *testing.T) {
	names, domains := some(16, 0)
	others := append(append([]string{}, names[:4]...), names[5:]...)
	for metric, operations := range map[string][]string{
		"hitRatio":    {cdn.HitRateData.Name(), cdn.TrafficData.Name()},
		"originShare": {cdn.SrcFlowData.Name(), cdn.TrafficData.Name()},
	} {
		for _, operation := range operations {
			t.Run(metric+" without "+operation, func(t *testing.T) {
				refused := cdnsim.Fault{Error: &cdnsim.Error{Status: 404, Code: "InvalidDomain.Offline"}}
				inLab(t, cdnsim.Options{Domains: domains, Fault: func(call cdnsim.Call) *cdnsim.Fault {
					if call.Operation == operation && strings.Contains(call.Params["DomainName"], names[4]) {
						return &refused
					}
					time.Sleep(10 * time.Millisecond) // the answer of the other comes last
					return nil
				}}, func(l *lab) {
					for range 3 {
						series := l.read(together(of(metric, last(time.Hour)), names...))
						assert.Equal(t, []string{names[4]}, series.LeftOut)
						now := time.Now().UTC().Truncate(5 * time.Minute)
						l.requireQuotient(series, metric, others, now.Add(-time.Hour), now.Add(-15*time.Minute), nil)
						l.calls()
						time.Sleep(5 * time.Minute)
					}
					l.read(together(of(metric, last(time.Hour)), names...))
					assert.LessOrEqual(t, l.calls(), 4, "it need not be found again by halves each time")
				})
			})
		}
	}
}

func TestADomainThatOneOperationRefusesIsNotLeftOutIfTheOtherFails(t *testing.T) {
	names, domains := some(4, 0)
	operations := []string{cdn.SrcFlowData.Name(), cdn.TrafficData.Name()}
	for i, refusing := range operations {
		failing := operations[1-i]
		inLab(t, cdnsim.Options{Domains: domains, Fault: func(call cdnsim.Call) *cdnsim.Fault {
			switch {
			case !strings.Contains(call.Params["DomainName"], names[2]):
			case call.Operation == refusing:
				return &cdnsim.Fault{Error: &cdnsim.Error{Status: 404, Code: "InvalidDomain.Offline"}}
			case call.Operation == failing:
				return &cdnsim.Fault{Error: &cdnsim.Error{Status: 403, Code: "Forbidden.RAM"}}
			}
			return nil
		}}, func(l *lab) {
			failure := l.fails(together(of("originShare", last(time.Hour)), names...))
			assert.Equal(t, failing, failure.Operation)
			assert.Equal(t, cdn.Forbidden, failure.Kind())
		})
	}
}

func TestWhatIsHeldOfADomainCountsInItsRatioWhileItIsOffline(t *testing.T) {
	names, domains := some(2, 2)
	online := []cdnsim.Domain{{Name: names[0]}, {Name: names[1]}}
	inLab(t, cdnsim.Options{Domains: online, OfflineRefused: true, NoLists: true}, func(l *lab) {
		for metric := range quotients {
			l.read(together(of(metric, last(3*time.Hour)), names...))
		}
		l.sim.SetDomains(domains)
		time.Sleep(30 * time.Minute)
		for metric := range quotients {
			series := l.read(together(of(metric, last(3*time.Hour)), names...))
			assert.Equal(t, names[1:], series.LeftOut)
			require.Len(l, series.Slices, 33)
			for _, s := range series.Slices {
				counted := names
				if !s.Start.Before(at(t, "2000-01-01 12:15:00")) {
					counted = names[:1]
				}
				require.InDelta(l, quotient(metric, counted, s.Start, s.Start.Add(5*time.Minute), nil), s.Percent, 1e-4, "slice %s", s.Start)
			}
		}
	})
}

func TestADenialIsOfAnOperationAndItsDomainsForAMinute(t *testing.T) {
	inLab(t, cdnsim.Options{Denied: []string{cdn.TrafficData.Name()}}, func(l *lab) {
		for range 3 {
			assert.Equal(t, cdn.Forbidden, l.fails(of("edgeFlow", last(time.Hour))).Kind())
			time.Sleep(15 * time.Second)
		}
		assert.Equal(t, map[string]int{cdn.TrafficData.Name(): 1}, l.callsByOperation())

		t.Log("other domains are asked for, as permissions may be for single ones")
		l.fails(of("edgeFlow", last(time.Hour, "img.example.com")))
		l.fails(together(of("edgeFlow", last(time.Hour)), domain, "img.example.com"))
		l.fails(together(of("edgeFlow", last(time.Hour))))
		assert.Equal(t, map[string]int{cdn.TrafficData.Name(): 3}, l.callsByOperation())

		t.Log("and other metrics of the domain go on")
		l.read(of("originFlow", last(time.Hour)))
		l.read(of("edgeRequests", last(time.Hour)))
		assert.Equal(t, cdn.TrafficData.Name(), l.fails(of("hitRatio", last(time.Hour))).Operation, "but those that need it")
		assert.Equal(t, map[string]int{cdn.SrcFlowData.Name(): 1, cdn.QPSData.Name(): 1, cdn.HitRateData.Name(): 1}, l.callsByOperation())

		t.Log("and the permission counts within a minute of when it was asked for last")
		l.sim.Change(func(o *cdnsim.Options) { o.Denied = nil })
		time.Sleep(15 * time.Second)
		assert.NotEmpty(t, l.read(of("edgeFlow", last(time.Hour))).Slices)
		assert.NotEmpty(t, l.read(of("hitRatio", last(time.Hour))).Slices)
		assert.Equal(t, 1, l.callsByOperation()[cdn.TrafficData.Name()])
	})
}

func TestADenialAnswersTheCallsThatAreStillQueued(t *testing.T) {
	inLab(t, cdnsim.Options{Denied: []string{cdn.HTTPCodeData.Name()}, Latency: 50 * time.Millisecond}, func(l *lab) {
		l.reader.Account = NewAccount(Limits{CallsPerSecond: 4, CacheBytes: 64 << 20})
		start := time.Now()
		assert.Equal(t, cdn.Forbidden, l.fails(in(5*time.Minute, of("edgeStatus", last(30*24*time.Hour)))).Kind())
		assert.Equal(t, 1, l.calls(), "of eleven")
		assert.Less(t, time.Since(start), time.Second)
		assert.Empty(t, l.reader.Account.flights)
	})
}

func TestADenialLeavesTheQueuedCallsOfOthersAlone(t *testing.T) {
	inLab(t, cdnsim.Options{Denied: []string{cdn.HTTPCodeData.Name()}, Latency: 50 * time.Millisecond}, func(l *lab) {
		l.reader.Account = NewAccount(Limits{CallsPerSecond: 4, CacheBytes: 64 << 20})
		var readers sync.WaitGroup
		month := in(5*time.Minute, last(30*24*time.Hour))
		readers.Go(func() { l.fails(of("edgeStatus", month)) })
		readers.Go(func() { l.read(of("originStatus", month)) })
		readers.Wait()
		assert.Equal(t, map[string]int{cdn.HTTPCodeData.Name(): 1, cdn.SrcHTTPCodeData.Name(): 11}, l.callsByOperation())
	})
}
