package plugin

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
)

// panicking is the setup of a data source whose transport panics with the signed URL of the call while it is armed.
func panicking(armed *atomic.Bool) setup {
	s := faulty(cdnsim.Fault{})
	s.api.Fault = nil
	s.json, s.secrets = withSTS(nil), planted
	s.transport = func(_ *lab, transport *http.Transport) {
		transport.Proxy = func(r *http.Request) (*url.URL, error) {
			if armed.Load() {
				panic(r.URL.String())
			}
			return nil, nil
		}
	}
	return s
}

// requireOurFault asserts that an answer says that the plugin failed, and nothing of what it panicked with.
func requireOurFault(t testing.TB, answer backend.DataResponse) {
	t.Helper()
	require.Error(t, answer.Error)
	assert.Contains(t, answer.Error.Error(), ourFault)
	assert.Equal(t, backend.StatusInternal, answer.Status)
	assert.Equal(t, backend.ErrorSourcePlugin, answer.ErrorSource)
}

// requireNoPanicStays asserts that a data source fails in every way it can be asked, and works once it is disarmed.
func requireNoPanicStays(t *testing.T, l *lab, disarm func()) {
	t.Helper()
	var queries []string
	for _, m := range originflow.Metrics {
		queries = append(queries, `{"queryType":"`+m.Name+`","domains":["www.example.com","img.example.com"]}`)
	}
	queries = append(queries, `{"domains":["www.example.com","img.example.com"],"mergeDomains":true}`,
		`{"domainMode":"all"}`, `{"domainMode":"regex","domainPattern":"."}`, `{"domainMode":"all","mergeDomains":true}`)
	var group sync.WaitGroup
	for _, query := range queries {
		for _, alert := range []bool{false, true} {
			group.Go(func() {
				q := hour(query)
				q.alert = alert
				requireOurFault(t, l.ask(q))
			})
		}
	}
	group.Go(func() {
		status, message, details := l.health()
		assert.Equal(t, backend.HealthStatusError, status)
		assert.Contains(t, message, ourFault)
		requireSilence(t, message+details)
	})
	group.Go(func() {
		status, body := l.resource(t.Context(), "GET", "domains")
		assert.Equal(t, http.StatusInternalServerError, status)
		var answer struct{ Message string }
		assert.NoError(t, json.Unmarshal([]byte(body), &answer))
		assert.Equal(t, ourFault, answer.Message)
	})
	group.Wait()
	disarm()
	for _, query := range queries {
		l.frames(hour(query))
	}
	health, _, details := l.health()
	assert.Equal(t, backend.HealthStatusOk, health, details)
	status, _ := l.resource(t.Context(), "GET", "domains")
	assert.Equal(t, http.StatusOK, status)
}

func TestAPanicOfTheTransportIsAnErrorAnswer(t *testing.T) {
	var armed atomic.Bool
	armed.Store(true)
	requireNoPanicStays(t, newLab(t, panicking(&armed)), func() { armed.Store(false) })
}

func TestAPanicOfTheClockIsAnErrorAnswer(t *testing.T) {
	var armed atomic.Bool
	armed.Store(true)
	l := newLab(t, setup{})
	l.source.template.Now = func() time.Time {
		if armed.Load() {
			panic(telling)
		}
		return l.now()
	}
	requireNoPanicStays(t, l, func() { armed.Store(false) })
}

// once panics the first time that it is asked for a value.
type once struct {
	context.Context
	asked atomic.Bool
}

func (c *once) Value(key any) any {
	if !c.asked.Swap(true) {
		panic(telling)
	}
	return c.Context.Value(key)
}

func TestAPanicWhileADataSourceIsMadeIsAnError(t *testing.T) {
	l := newLab(t, setup{})
	made, err := New(&once{Context: t.Context()}, l.instance(setup{}))
	assert.Nil(t, made)
	assert.EqualError(t, err, ourFault)
}

func TestAPanicWhileALeaseExpiresEndsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLease(func() (*originflow.Account, func()) {
			return originflow.NewAccount(originflow.Limits{CallsPerSecond: 1, CacheBytes: 1}), func() { panic(telling) }
		})
		pass(idleAfter)
		assert.NotNil(t, l.use(), "nothing is locked")
		l.idle.Stop()
	})
}

// TestTheLogOfAPanicHasItsStackAndNoSecret has the tests above panic in a process of their own, and reads its log.
func TestTheLogOfAPanicHasItsStackAndNoSecret(t *testing.T) {
	t.Parallel()
	executable, err := os.Executable()
	require.NoError(t, err)
	run := exec.Command(executable, "-test.run=^TestAPanic", "-test.count=1")
	output, err := run.CombinedOutput()
	log := string(output)
	require.NoError(t, err, log)
	assert.Contains(t, log, "The plugin panicked")
	assert.Contains(t, log, "a value of type string")
	for _, frame := range []string{
		"originflow.(*Account).fly ", "originflow.(*Reader).list ", "plugin.(*Datasource).query ", "plugin.newDatasource ", "plugin.(*lease).expire ",
	} {
		assert.Contains(t, log, frame)
	}
	requireSilence(t, log)
	assert.Less(t, strings.Count(log, "The plugin panicked"), 400)
}
