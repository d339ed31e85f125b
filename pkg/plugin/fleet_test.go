//go:build unix

package plugin

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
	"github.com/originflow/aliyuncdn-datasource/pkg/sharedcache/servertest"
)

// fleet are replicas of one data source, each a process of its own, as several Grafanas run them; the Redis server that
// they share, and the API that they call.
//
// Clock is the API's and theirs, and whoever holds the fleet moves it: but the budget, leases and the Redis server go by the
// machine's.
type fleet struct {
	testing.TB
	sim      *cdnsim.Server
	server   *servertest.Server
	clock    commonClock
	path     string // of the clock
	instance backend.DataSourceInstanceSettings

	mu       sync.Mutex
	replicas []*replica
	arrivals []arrival
}

// arrival is a call that reached the API, by the machine's clock.
type arrival struct {
	at      time.Time
	domains string
	from    string // StartTime
}

// newFleet starts so many replicas, at noon. Settings are added to those that it takes to reach the API and the server.
func newFleet(t testing.TB, size int, api cdnsim.Options, settings map[string]any) *fleet {
	t.Helper()
	f := &fleet{TB: t, server: servertest.Start(t), path: filepath.Join(t.TempDir(), "clock")}
	var err error
	f.clock, err = openClock(f.path)
	require.NoError(t, err)
	f.clock.set(noon)
	api.Now, api.SigningClock, api.Record, api.Held = f.clock.now, time.Now, -1, heldLate
	f.sim = cdnsim.New(api)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		f.note(arrival{time.Now(), query.Get("DomainName"), query.Get("StartTime")})
		f.sim.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		front.CloseClientConnections() // those that hang, too
		front.Close()
	})
	jsonData := map[string]any{
		"endpoint": front.URL, "sharedCacheURL": f.server.URL(), "callsPerSecond": 100,
	}
	for name, value := range settings {
		jsonData[name] = value
	}
	f.instance = backend.DataSourceInstanceSettings{
		ID: 1, UID: "cdn", Type: ID, Updated: time.Now(), JSONData: mustJSON(t, jsonData),
		DecryptedSecureJSONData: map[string]string{
			"accessKeyId": cdnsim.DemoKeyID, "accessKeySecret": cdnsim.DemoKeySecret, "sharedCachePassword": "",
		},
	}
	for range size {
		f.replicas = append(f.replicas, nil)
	}
	for slot := range f.replicas {
		f.start(slot)
	}
	return f
}

// start starts the replica of a slot, and has it hear the API's time as Grafana's health check would: what others heard, it
// would reckon by the Redis server's clock, which is not the fleet's.
func (f *fleet) start(slot int) {
	f.Helper()
	r := launchReplica(f, f.path)
	health, err := r.CheckHealth(f.Context(), &backend.CheckHealthRequest{PluginContext: f.context()})
	require.NoError(f, err, r.log)
	require.Equal(f, backend.HealthStatusOk, health.Status, health.Message)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.replicas[slot] = r
}

// restart kills the replicas of some slots, whatever they are doing, and starts others.
func (f *fleet) restart(slots ...int) {
	f.Helper()
	for _, slot := range slots {
		f.at(slot).kill()
	}
	for _, slot := range slots {
		f.start(slot)
	}
}

// slots are those of all replicas.
func (f *fleet) slots() (all []int) {
	for slot := range f.replicas {
		all = append(all, slot)
	}
	return all
}

// at is the replica of a slot, which comes after the last one again.
func (f *fleet) at(slot int) *replica {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.replicas[slot%len(f.replicas)]
}

func (f *fleet) context() backend.PluginContext {
	return backend.PluginContext{Namespace: "default", PluginID: ID, DataSourceInstanceSettings: &f.instance}
}

// ask has a replica answer a question, as it stands now. What it was killed over, the next one is asked.
func (f *fleet) ask(ctx context.Context, slot int, q question) (backend.DataResponse, error) {
	request := q.at(f.clock.now())
	request.PluginContext = f.context()
	for {
		r := f.at(slot)
		response, err := r.QueryData(ctx, request)
		if err == nil {
			return response.Responses["A"], nil
		}
		if !r.killed.Load() || ctx.Err() != nil {
			return backend.DataResponse{}, err
		}
		slot++
	}
}

func (f *fleet) note(a arrival) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.arrivals = append(f.arrivals, a)
}

// calls are those that reached the API since the last time that they were forgotten.
func (f *fleet) calls() []arrival {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.arrivals)
}

func (f *fleet) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.arrivals = nil
}

// until waits for something, for as long as it may take on a machine that has much else to do.
func (f *fleet) until(what string, isSo func() bool) {
	f.Helper()
	require.Eventually(f, isSo, time.Minute, 5*time.Millisecond, what)
}

// fleetPatience is how long a query of a replica may take, whatever else is going on.
const fleetPatience = 30 * time.Second

// evaluate has replicas answer watches as they stand now, all at the same time, and checks what they say. Before each answer,
// something else may be done meanwhile.
func (f *fleet) evaluate(all []watch, slots []int, truth witness, meanwhile func(answers int)) {
	f.Helper()
	ctx, cancel := context.WithTimeout(f.Context(), fleetPatience)
	defer cancel()
	now := f.clock.now()
	wrong := make(chan string, len(all)*len(slots))
	for _, w := range all {
		wanted := w.wanted(truth, now)
		for _, slot := range slots {
			go func() {
				found := f.judge(ctx, slot, w, wanted)
				if found != "" {
					found = fmt.Sprintf("replica %d at %s, asked %.200s, alert %t: %s\n%s", slot, now, w.query, w.alert, found, f.at(slot).lastWords())
				}
				wrong <- found
			}()
		}
	}
	for answers := range cap(wrong) {
		meanwhile(answers)
		if found := <-wrong; found != "" {
			require.Fail(f, found)
		}
	}
}

// judge has a replica answer a watch, and returns what is wrong with that, "" for nothing.
func (f *fleet) judge(ctx context.Context, slot int, w watch, wanted []shownSeries) string {
	response, err := f.ask(ctx, slot, w.question)
	if err := cmp.Or(err, response.Error); err != nil {
		return err.Error()
	}
	return compare(wanted, response.Frames)
}
