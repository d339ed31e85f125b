package simulation

import (
	"context"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
	"github.com/originflow/aliyuncdn-datasource/pkg/guard"
	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
	"github.com/originflow/aliyuncdn-datasource/pkg/rpc"
)

// settings are what an editor of the data source changes.
type settings struct {
	limits originflow.Limits
	delay  time.Duration
}

func drawSettings(d dice) settings {
	return settings{
		limits: originflow.Limits{
			CallsPerSecond: pick(d.of("rate"), 2, 5, 10, 20, 20, 50),
			CacheBytes:     pick[int64](d.of("cache"), 200, 1<<10, 64<<10, 64<<10, 64<<10, 64<<10) << 10,
		},
		delay: pick[time.Duration](d.of("delay"), 15, 15, 15, 20, 30) * time.Minute,
	}
}

// grafana is one server that runs the plugin with one data source: it is restarted, and its settings are edited.
type grafana struct {
	client *cdn.Client
	wire   *wire

	mu      sync.Mutex
	process *process
}

// process is the plugin from one start to the next.
type process struct {
	accounts originflow.Accounts
	context.Context
	kill context.CancelFunc

	// What follows is guarded by grafana.mu.
	settings settings
	reader   *originflow.Reader
	close    func()
	since    time.Time // of the settings
	delay    time.Duration
	cache    int64
}

// callTimeout is how long a call may take: what Grafana's SDK gives each HTTP client unless told otherwise.
const callTimeout = 30 * time.Second

func newGrafana(sim *cdnsim.Server, w *wire, s settings) *grafana {
	w.next = cdnsim.InProcess(sim)
	key := rpc.Key{ID: cdnsim.DemoKeyID, Secret: cdnsim.DemoKeySecret}
	g := &grafana{
		client: cdn.NewClient(&url.URL{Scheme: "https", Host: "cdn.example"}, &http.Client{Transport: &rpc.Signer{Next: w}, Timeout: callTimeout}, key),
		wire:   w,
	}
	g.start(s)
	return g
}

func (g *grafana) start(s settings) {
	p := &process{}
	p.Context, p.kill = context.WithCancel(context.Background())
	p.open(g.client, s)
	g.wire.setRate(s.limits.CallsPerSecond)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.process = p
}

// open opens the account as a data source does that was made of these settings.
func (p *process) open(client *cdn.Client, s settings) {
	if p.reader == nil {
		p.delay = s.delay
	}
	p.settings, p.since = s, time.Now()
	// What was read under other settings may still be there.
	p.delay, p.cache = min(p.delay, s.delay), max(p.cache, s.limits.CacheBytes)
	account, closeAccount := p.accounts.Open("account", s.limits)
	p.close = closeAccount
	p.reader = &originflow.Reader{
		Account: account, Client: client, SrcFlowUnit: cdn.Bit, DataDelay: s.delay, Now: time.Now,
		// No answer is so wrong as none: a panic ends the simulation.
		Report: func(_ context.Context, p *guard.Panic) { panic(p.What + "\n" + p.Stack) },
	}
}

// restart ends the process, with every query in it, and starts another.
func (g *grafana) restart() {
	g.mu.Lock()
	old := g.process
	g.mu.Unlock()
	old.kill()
	old.close()
	g.start(old.settings)
}

// edit saves other settings: a data source is made of them, and the one before is let go of once nobody uses it.
func (g *grafana) edit(s settings, grace time.Duration) {
	g.mu.Lock()
	p := g.process
	closeOld, before := p.close, p.settings
	p.open(g.client, s)
	g.mu.Unlock()
	g.wire.setRate(max(s.limits.CallsPerSecond, before.limits.CallsPerSecond))
	time.Sleep(grace)
	closeOld()
	g.mu.Lock()
	current := g.process == p
	g.mu.Unlock()
	if current {
		g.wire.setRate(s.limits.CallsPerSecond)
	}
}

// stop ends everything.
func (g *grafana) stop() {
	g.process.kill()
	g.process.close()
}

// source is the data source as a query finds it.
type source struct {
	*process
	settings settings
	reader   *originflow.Reader
	since    time.Time
	// leastDelay and mostCache are the extremes of all settings since the process began.
	leastDelay time.Duration
	mostCache  int64
}

func (g *grafana) source() source {
	g.mu.Lock()
	defer g.mu.Unlock()
	p := g.process
	return source{p, p.settings, p.reader, p.since, p.delay, p.cache}
}

// setRate tells the meter another rate. Whoever opens an account may make a burst at once.
func (w *wire) setRate(perSecond int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.meter = meter{perSecond: float64(perSecond), last: time.Now()}
}
