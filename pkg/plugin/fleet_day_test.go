//go:build unix

package plugin

import (
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// isLong tells whether the tests of several replicas take their time: go tool mage replicas.
var isLong = os.Getenv("ALIYUNCDN_TEST_REPLICAS") == "long"

// due are the watches that look in the step that ends at some time.
func due(at time.Time, step time.Duration) (all []watch) {
	for _, w := range watches() {
		if at.Equal(noon) || w.isDue(at, step) {
			all = append(all, w)
		}
	}
	return all
}

func nothing(int) {}

// day is a simulated day of panels and alert rules, in steps of so long. Every other time the replicas evaluate at the same
// time, else one after the other, some seconds apart.
func (f *fleet) day(step time.Duration) {
	f.Helper()
	truth := witness{}
	for at := noon; at.Before(noon.Add(24 * time.Hour)); at = at.Add(step) {
		f.clock.set(at)
		if at.Sub(noon)/step%2 == 0 {
			f.evaluate(due(at, step), f.slots(), truth, nothing)
			continue
		}
		for _, slot := range rand.Perm(len(f.replicas)) {
			f.evaluate(due(at, step), []int{slot}, truth, nothing)
			f.clock.Add(7)
		}
	}
}

func TestADayOfSeveralReplicasCostsTheCallsOfOne(t *testing.T) {
	t.Parallel()
	step := 10 * time.Minute
	if isLong {
		step = time.Minute
	}
	calls := map[int]int{}
	for _, size := range []int{1, 3} {
		f := newFleet(t, size, cdnsim.Options{}, nil)
		f.forget()
		begun := time.Now()
		f.day(step)
		calls[size] = len(f.calls())
		t.Logf("%d replicas: %d calls in a day, which took %s", size, calls[size], time.Since(begun).Round(time.Second))
	}
	assert.LessOrEqual(t, float64(calls[3]), 1.1*float64(calls[1]))
}
