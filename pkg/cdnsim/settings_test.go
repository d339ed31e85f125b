package cdnsim_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

func TestACallSeesAChangeOfOptionsWholeOrNotAtAll(t *testing.T) {
	a := start(t, cdnsim.Options{Domains: cdnsim.ManyDomains(1)})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 25 {
				_, body := a.ask(flow2018, span18(yesterday, yesterday.Add(fiveMinutes)))
				_, old := body["SrcFlowDataPerInterval"]
				_, loose := body["DataInterval"].(float64)
				assert.Equal(t, old, loose)
			}
		})
	}
	for range 200 {
		a.sim.Change(func(o *cdnsim.Options) { o.OldContainer, o.LooseTypes = !o.OldContainer, !o.LooseTypes })
	}
	wg.Wait()
}

func TestACallUnderWayKeepsTheOptionsItBeganWith(t *testing.T) {
	arrived, changed := make(chan struct{}), make(chan struct{})
	a := start(t, cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault {
		close(arrived)
		<-changed
		return nil
	}})
	go func() {
		<-arrived
		a.sim.Change(func(o *cdnsim.Options) { o.Fault, o.Domains = nil, []cdnsim.Domain{} })
		close(changed)
	}()
	names, _ := a.names(nil)
	assert.Len(t, names, 12)
	names, _ = a.names(nil)
	assert.Empty(t, names)
}

func TestAnEditGetsTheOptionsInForceWithTheirDefaults(t *testing.T) {
	a := start(t, cdnsim.Options{})
	a.sim.Change(func(o *cdnsim.Options) {
		require.Len(t, o.Domains, 12)
		o.Domains = append(o.Domains[:1], cdnsim.Domain{Name: "new.example.com"})
		o.Keys["another"] = cdnsim.Key{Secret: cdnsim.DemoKeySecret}
	})
	names, _ := a.names(params{"AccessKeyId": "another"})
	assert.Equal(t, []string{"www.example.com", "new.example.com"}, names)
	a.sim.Change(func(o *cdnsim.Options) { assert.Equal(t, "online", o.Domains[1].Status) })
}

func TestWhoeverMadeTheOptionsMayGoOnUsingThem(t *testing.T) {
	mine := cdnsim.Options{Domains: cdnsim.ManyDomains(1), Delay: map[time.Duration]time.Duration{}}
	a := start(t, mine)
	mine.Domains[0].Name = "other.example.com"
	names, _ := a.names(nil)
	assert.Equal(t, []string{"site-00001.example.com"}, names)
	a.sim.Change(func(o *cdnsim.Options) { o.Delay[fiveMinutes] = time.Hour })
	assert.Empty(t, mine.Delay)
}

func TestTheClockOfSignaturesFollowsAChangeOfNow(t *testing.T) {
	a := start(t, cdnsim.Options{})
	later := &clock{now: noon.Add(30 * day)}
	a.sim.Change(func(o *cdnsim.Options) { o.Now = later.Now })
	assert.Equal(t, "400 InvalidTimeStamp.Expired", a.refused(domains18, nil))
	a.clock.Set(later.Now())
	status, _ := a.ask(domains18, nil)
	assert.Equal(t, 200, status)
}

func TestTheRecordOfCallsCanBeMadeSmallerAndLarger(t *testing.T) {
	var n int
	a := start(t, cdnsim.Options{Record: 4})
	ids := func() (ids []string) {
		for _, c := range a.sim.Calls() {
			ids = append(ids, c.RequestID)
		}
		return ids
	}
	call := func(times int) {
		for range times {
			n++
			id := string(rune('a' + n - 1))
			a.sim.Change(func(o *cdnsim.Options) { o.RequestID = func() string { return id } })
			a.ask(domains18, nil)
		}
	}
	resize := func(n int) { a.sim.Change(func(o *cdnsim.Options) { o.Record = n }) }
	call(6)
	assert.Equal(t, []string{"c", "d", "e", "f"}, ids())
	resize(2)
	assert.Equal(t, []string{"e", "f"}, ids())
	resize(3)
	call(2)
	assert.Equal(t, []string{"f", "g", "h"}, ids())
	resize(-1)
	call(1)
	assert.Empty(t, ids())
}
