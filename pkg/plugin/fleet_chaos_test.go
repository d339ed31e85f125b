//go:build unix

package plugin

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/assert"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// chaos is what befalls a fleet, by chance.
type chaos struct {
	*fleet
	dice  *rand.Rand
	state string // of the server
	count map[string]int
}

const (
	serves = "serves"
	gone   = "gone"
	hangs  = "hangs"
)

// strike does one thing.
func (c *chaos) strike() {
	c.Helper()
	acts := map[string][]string{
		serves: {"kill", "kill", "stop", "pause", "wipe", "crash"},
		gone:   {"kill", "start", "start"},
		hangs:  {"kill", "resume", "resume"},
	}[c.state]
	act := acts[c.dice.IntN(len(acts))]
	c.count[act]++
	switch act {
	case "kill":
		c.restart(c.dice.IntN(len(c.replicas)))
	case "stop":
		c.server.Stop()
		c.state = gone
	case "start", "crash": // empty
		c.server.Restart()
		c.state = serves
	case "pause":
		c.server.Pause()
		c.state = hangs
	case "resume":
		c.server.Resume()
		c.state = serves
	case "wipe":
		c.server.Wipe()
	}
}

// calm ends what befell the server, and waits until every replica counts all.
func (c *chaos) calm() {
	c.Helper()
	switch c.state {
	case gone:
		c.server.Restart()
	case hangs:
		c.server.Resume()
	}
	c.state = serves
	count := strconv.Itoa(len(c.replicas)) + " Grafana processes"
	for _, slot := range c.slots() {
		c.until("every replica uses the server again", func() bool {
			health, err := c.at(slot).CheckHealth(c.Context(), &backend.CheckHealthRequest{PluginContext: c.context()})
			return err == nil && health.Status == backend.HealthStatusOk && strings.Contains(string(health.JSONDetails), count)
		})
	}
}

// TestNothingIsWrongWhateverDies has replicas and the server die, hang and come back at any moment, while data is late and
// corrected: every query is answered, with nothing but what the API said.
func TestNothingIsWrongWhateverDies(t *testing.T) {
	t.Parallel()
	seeds, hours := 1, 4
	if isLong {
		seeds, hours = 10, 24
	}
	for seed := range seeds {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			const step = 10 * time.Minute
			c := &chaos{
				fleet: newFleet(t, 3, cdnsim.Options{Latency: 5 * time.Millisecond}, nil),
				dice:  rand.New(rand.NewPCG(uint64(seed), 0)), state: serves, count: map[string]int{},
			}
			truth := witness{}
			begun := time.Now()
			end := noon.Add(time.Duration(hours) * time.Hour)
			for at := noon; at.Before(end); at = at.Add(step) {
				c.clock.set(at)
				watches := due(at, step)
				moment := c.dice.IntN(2 * len(watches) * len(c.replicas)) // the later half: not this time
				c.evaluate(watches, c.slots(), truth, func(answers int) {
					if answers == moment {
						c.strike()
					}
				})
			}
			c.calm()
			c.clock.set(end)
			c.evaluate(watches(), c.slots(), truth, nothing)
			t.Logf("seed %d: %v in %d hours, which took %s", seed, c.count, hours, time.Since(begun).Round(time.Second))
			assert.NotEmpty(t, c.count)
		})
	}
}
