//go:build unix

package plugin

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

func TestAReplicaThatDiesDelaysTheOthersBySeconds(t *testing.T) {
	t.Parallel()
	var isArmed atomic.Bool
	hangs := make(chan struct{})
	f := newFleet(t, 3, cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault {
		if !isArmed.CompareAndSwap(true, false) {
			return nil
		}
		close(hangs)
		return &cdnsim.Fault{Hang: true}
	}}, nil)
	isArmed.Store(true)
	panel := watches()[:1]
	killed := time.Time{}
	// The callers of those that die ask the third, which has to wait for what one of them had under way.
	f.evaluate(panel, []int{0, 1}, witness{}, func(answers int) {
		if answers == 0 {
			<-hangs
			f.at(0).kill()
			f.at(1).kill()
			killed = time.Now()
		}
	})
	took := time.Since(killed)
	t.Logf("the one that lives had everything %s later", took)
	assert.Less(t, took, 12*time.Second)
}

func TestReplicasStartWarm(t *testing.T) {
	t.Parallel()
	const domains, days = 100, 7
	f := newFleet(t, 2, cdnsim.Options{Domains: cdnsim.ManyDomains(domains)}, nil)
	dashboard := watch{
		question: question{
			query: fmt.Sprintf(`{"unit":"bytes","granularity":"5m","timeMerge":"off","domains":["%s"]}`, join(names(domains))),
			from:  days * 24 * time.Hour, points: 10_000,
		},
		metric: "originFlow", unit: "bytes", series: singles(names(domains)...), length: 5 * time.Minute, delay: dataDelay,
	}
	truth := witness{}
	f.forget()
	f.evaluate([]watch{dashboard}, []int{0}, truth, nothing)
	assert.Len(t, f.calls(), domains)
	client := f.server.Client()
	f.until("everything is shared", func() bool {
		keys, err := client.Keys(f.Context(), "*:v:*").Result()
		return err == nil && len(keys) >= domains*(days+1)
	})

	f.restart(f.slots()...)
	f.forget()
	f.evaluate([]watch{dashboard}, f.slots(), truth, nothing)
	assert.Empty(t, f.calls())

	f.clock.Add(600)
	f.evaluate([]watch{dashboard}, []int{0}, truth, nothing)
	calls := f.calls()
	assert.Len(t, calls, domains, "a call for what is new of each domain")
	earliest := f.clock.now().Add(-13 * time.Hour).Format("2006-01-02T15:04Z")
	for _, call := range calls {
		assert.Less(t, earliest, call.from, "and of what may have been corrected")
	}
}
