//go:build unix

package plugin

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// travel is how much longer than another a call may take from its turn to the API, on a machine that has much else to do.
const travel = time.Second

// requireBudget looks at every window of some calls: no more than the burst and the rate allow.
func requireBudget(t *testing.T, calls []arrival, perSecond, burst float64) {
	t.Helper()
	worst := time.Duration(0)
	for i, first := range calls {
		for j, last := range calls[i:] {
			least := time.Duration((float64(j+1) - burst) / perSecond * float64(time.Second))
			worst = max(worst, least-last.at.Sub(first.at))
		}
	}
	took := calls[len(calls)-1].at.Sub(calls[0].at)
	t.Logf("%d calls in %s: no window was shorter than allowed by more than %s", len(calls), took, worst)
	assert.Less(t, worst, travel, "calls beyond the budget")
}

func TestTheBudgetOfSeveralReplicasIsThatOfOne(t *testing.T) {
	t.Parallel()
	const size, perSecond, burst, enough = 4, 8, 2, 80
	const panels, domains, alertDomains = 3, 20, 3
	all := cdnsim.ManyDomains(size * (panels*domains + alertDomains))
	f := newFleet(t, size, cdnsim.Options{Domains: all}, map[string]any{"callsPerSecond": perSecond})
	f.forget()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var asking sync.WaitGroup
	// ask has a replica ask for an hour of the next domains.
	ask := func(slot, count int, alert bool, wait *sync.WaitGroup) (asked []string) {
		for range count {
			asked, all = append(asked, all[0].Name), all[1:]
		}
		q := question{query: fmt.Sprintf(`{"domains":["%s"]}`, join(asked)), from: time.Hour, points: 1000, alert: alert}
		wait.Go(func() {
			response, err := f.ask(ctx, slot, q)
			if alert && assert.NoError(t, err) && assert.NoError(t, response.Error) {
				assert.Len(t, response.Frames, count)
			}
		})
		return asked
	}
	for _, slot := range f.slots() {
		for range panels {
			ask(slot, domains, false, &asking)
		}
	}
	f.until("the panels call", func() bool { return len(f.calls()) >= enough/4 })
	urgent := map[string]bool{}
	var alerts sync.WaitGroup
	for _, slot := range f.slots() {
		for _, name := range ask(slot, alertDomains, true, &alerts) {
			urgent[name] = true
		}
	}
	alerts.Wait()
	f.until("the panels go on", func() bool { return len(f.calls()) >= enough })
	cancel()
	asking.Wait()

	calls := f.calls()
	requireBudget(t, calls, perSecond, burst)
	isUrgent := func(a arrival) bool { return urgent[a.domains] }
	calls = calls[slices.IndexFunc(calls, isUrgent):]
	others, seen := 0, 0
	for _, a := range calls {
		if isUrgent(a) {
			if seen++; seen == len(urgent) {
				break
			}
		} else {
			others++
		}
	}
	t.Logf("%d calls of panels between the first and the last of %d of alert rules", others, len(urgent))
	assert.Equal(t, len(urgent), seen)
	// One of four, and those that went before a rule's query had come as far as the queue.
	assert.LessOrEqual(t, others, len(urgent)/3+perSecond)
}
