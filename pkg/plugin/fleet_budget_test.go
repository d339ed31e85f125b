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
	"github.com/stretchr/testify/require"

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

// anHourOf asks for the last hour of some domains.
func anHourOf(domains []string, alert bool) question {
	return question{query: fmt.Sprintf(`{"domains":["%s"]}`, join(domains)), from: time.Hour, points: 1000, alert: alert}
}

// crowd are replicas all but the first of which want much more than they may call: panels of domains that no other has.
type crowd struct {
	*fleet
	// idle are the domains of no panel.
	idle []string
	// leave has nobody wait for the panels any more.
	leave func()
}

const (
	crowdSize, crowdPanels, crowdDomains = 4, 12, 20
	crowdPerSecond, crowdBurst           = 8, 2
)

func newCrowd(t *testing.T) *crowd {
	t.Helper()
	const idle = 12
	all := names(idle + crowdPanels*crowdDomains)
	c := &crowd{
		fleet: newFleet(t, crowdSize, cdnsim.Options{Domains: cdnsim.ManyDomains(len(all))}, map[string]any{"callsPerSecond": crowdPerSecond}),
		idle:  all[:idle],
	}
	c.forget()
	ctx, cancel := context.WithCancel(t.Context())
	var asking sync.WaitGroup
	for i, panel := range slices.Collect(slices.Chunk(all[idle:], crowdDomains)) {
		asking.Go(func() { _, _ = c.ask(ctx, 1+i%(crowdSize-1), anHourOf(panel, false)) })
	}
	c.leave = func() {
		cancel()
		asking.Wait()
	}
	t.Cleanup(c.leave)
	return c
}

// called waits for so many calls.
func (c *crowd) called(count int) {
	c.Helper()
	c.until("the panels call", func() bool { return len(c.calls()) >= count })
}

func TestTheBudgetOfSeveralReplicasIsThatOfOne(t *testing.T) {
	t.Parallel()
	c := newCrowd(t)
	c.called(20)
	response, err := c.ask(t.Context(), 0, anHourOf(c.idle, true))
	require.NoError(t, err)
	require.NoError(t, response.Error)
	assert.Len(t, response.Frames, len(c.idle))
	c.called(80)
	c.leave()

	calls := c.calls()
	requireBudget(t, calls, crowdPerSecond, crowdBurst)
	others, urgent := 0, 0
	for _, call := range calls {
		switch {
		case slices.Contains(c.idle, call.domains):
			urgent++
		case urgent > 0 && urgent < len(c.idle):
			others++
		}
	}
	t.Logf("%d calls of panels between the first and the last of %d of an alert rule", others, urgent)
	assert.Equal(t, len(c.idle), urgent)
	assert.LessOrEqual(t, others, urgent/3+crowdPerSecond, "one of four, and a second's that the rule may not have been in time for")
}

func TestTheBudgetIsDividedWhileThereIsNoServer(t *testing.T) {
	t.Parallel()
	c := newCrowd(t)
	c.called(20)
	c.server.Stop()
	c.called(60)
	c.leave()
	requireBudget(t, c.calls(), crowdPerSecond, crowdBurst+crowdSize) // each may make a call at once
}
