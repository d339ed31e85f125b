package originflow

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
	"github.com/originflow/aliyuncdn-datasource/pkg/guard"
	"github.com/originflow/aliyuncdn-datasource/pkg/rpc"
)

// trap panics in place of the calls it is set for.
type trap struct {
	next http.RoundTripper
	set  func(*http.Request) bool
}

func (t *trap) RoundTrip(request *http.Request) (*http.Response, error) {
	if t.set(request) {
		time.Sleep(time.Second) // for others to come and wait
		panic(errors.New("of " + request.URL.String()))
	}
	return t.next.RoundTrip(request)
}

// reports are the panics that a reader told of.
type reports struct {
	mu  sync.Mutex
	all []*guard.Panic
}

func (r *reports) take() []*guard.Panic {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := r.all
	r.all = nil
	return all
}

// inTrap runs a test in a lab whose calls panic while they are set to.
func inTrap(t *testing.T, set func(*http.Request) bool, test func(l *lab, disarm func(), told *reports)) {
	t.Helper()
	inLab(t, cdnsim.Options{}, func(l *lab) {
		var disarmed atomic.Bool
		transport := &trap{next: cdnsim.InProcess(l.sim), set: func(r *http.Request) bool { return !disarmed.Load() && set(r) }}
		l.reader.Client = cdn.NewClient(&url.URL{Scheme: "https", Host: "cdn.example"}, &http.Client{Transport: &rpc.Signer{Next: transport}}, demoKey)
		var told reports
		l.reader.Report = func(_ context.Context, p *guard.Panic) {
			told.mu.Lock()
			defer told.mu.Unlock()
			told.all = append(told.all, p)
		}
		test(l, func() { disarmed.Store(true) }, &told)
	})
}

func always(*http.Request) bool { return true }

// requirePanic asserts that err is a panic, of which nothing is told that was in its value.
func requirePanic(t *testing.T, err error) {
	t.Helper()
	p, ok := errors.AsType[*guard.Panic](err)
	require.True(t, ok, "%v", err)
	assert.Equal(t, "panic: a value of type *errors.errorString", p.Error())
	assert.Contains(t, p.Stack, "originflow.(*trap).RoundTrip ")
	assert.Contains(t, p.Stack, "panic_test.go:")
	for _, secret := range []string{cdnsim.DemoKeyID, "Signature", "https:"} {
		assert.NotContains(t, p.Error()+p.Stack, secret)
	}
}

func TestAPanicOfACallFailsWhoeverWaitsForItAndTheNextReadWorks(t *testing.T) {
	inTrap(t, always, func(l *lab, disarm func(), told *reports) {
		var readers sync.WaitGroup
		for range 3 {
			readers.Go(func() { requirePanic(t, l.reader.Read(context.Background(), last(time.Hour)).Series[0].Err) })
		}
		readers.Wait()
		assert.Len(t, told.take(), 1, "there was one call, which all waited for")
		l.reader.Account.mu.Lock()
		assert.Empty(t, l.reader.Account.flights, "the call is not under way any more")
		l.reader.Account.mu.Unlock()
		disarm()
		l.requireExact(l.read(last(time.Hour)), at(t, "2000-01-01 11:30:00"), at(t, "2000-01-01 12:15:00"))
	})
}

func TestAPanicFailsTheSeriesThatItBefellAlone(t *testing.T) {
	isBad := func(r *http.Request) bool { return strings.Contains(r.URL.RawQuery, "DomainName=bad.example.com") }
	inTrap(t, isBad, func(l *lab, _ func(), told *reports) {
		result := l.reader.Read(context.Background(), last(time.Hour, domain, "bad.example.com"))
		requirePanic(t, result.Series[1].Err)
		require.NoError(t, result.Series[0].Err)
		l.requireExact(result.Series[0], at(t, "2000-01-01 11:30:00"), at(t, "2000-01-01 12:15:00"))
		assert.Len(t, told.take(), 1)
	})
}

func TestAPanicTakesNoTurnOfTheBudgetAlong(t *testing.T) {
	inTrap(t, always, func(l *lab, disarm func(), _ *reports) {
		for range 200 { // two seconds' budget
			l.reader.Read(context.Background(), last(time.Hour))
		}
		assert.False(t, l.reader.Account.budget.serving)
		assert.Empty(t, l.reader.Account.budget.waiting)
		disarm()
		l.read(last(time.Hour))
	})
}

func TestAPanicFailsTheListOfDomainsAndTheNextListWorks(t *testing.T) {
	inTrap(t, always, func(l *lab, disarm func(), told *reports) {
		var readers sync.WaitGroup
		for range 3 {
			readers.Go(func() {
				_, err := l.reader.Domains(context.Background(), false)
				requirePanic(t, err)
			})
		}
		readers.Wait()
		assert.Len(t, told.take(), 1)
		disarm()
		list, err := l.reader.Domains(context.Background(), false)
		require.NoError(t, err)
		assert.NotEmpty(t, list.Domains)
	})
}

func TestAnOldListBeatsAPanic(t *testing.T) {
	armed := false
	inTrap(t, func(*http.Request) bool { return armed }, func(l *lab, _ func(), _ *reports) {
		_, err := l.reader.Domains(context.Background(), false)
		require.NoError(t, err)
		time.Sleep(directoryAge)
		armed = true
		list, err := l.reader.Domains(context.Background(), false)
		require.NoError(t, err)
		assert.NotEmpty(t, list.Domains)
		requirePanic(t, list.Err)
		armed = false
		list, err = l.reader.Domains(context.Background(), false)
		require.NoError(t, err)
		assert.NoError(t, list.Err, "a panic says nothing of the next try")
	})
}

// A panic outside of the calls: in plans, in the store, in the clock.
func TestAClockThatPanicsLeavesNothingLocked(t *testing.T) {
	for name, ask := range map[string]func(r *Reader) error{
		"a read": func(r *Reader) error { return r.Read(context.Background(), last(time.Hour)).Series[0].Err },
		"a read of several sets": func(r *Reader) error {
			request := last(time.Hour)
			for _, domain := range cdnsim.ManyDomains(600) {
				request.Targets[0].Domains = append(request.Targets[0].Domains, domain.Name)
			}
			return r.Read(context.Background(), request).Series[0].Err
		},
		"a read of two operations": func(r *Reader) error {
			request := last(time.Hour)
			request.Metric = metricNamed("originShare")
			return r.Read(context.Background(), request).Series[0].Err
		},
		"the list of domains": func(r *Reader) error { _, err := r.Domains(context.Background(), false); return err },
		"a probe":             func(r *Reader) error { return r.Probe(context.Background()).FlowErr },
	} {
		t.Run(name, func(t *testing.T) {
			inLab(t, cdnsim.Options{Domains: append(cdnsim.ManyDomains(600), cdnsim.DemoDomains()...)}, func(l *lab) {
				panics := 0
				for after := int64(0); ; after++ { // each time later on the way
					var ticks atomic.Int64
					reader := *l.reader
					reader.Account = NewAccount(Limits{CallsPerSecond: 100, CacheBytes: 64 << 20})
					reader.Now = func() time.Time {
						if ticks.Add(1) == after {
							panic("the clock")
						}
						return time.Now()
					}
					var err error
					p := guard.Run(func() { err = ask(&reader) })
					failed := p != nil || errors.As(err, new(*guard.Panic))
					if after == 0 || after <= ticks.Load() && !failed {
						require.NoError(t, err)
					}
					if after > ticks.Load() {
						break
					}
					if failed {
						panics++
					}
					require.NoError(t, ask(&reader), "the next one, after a panic at tick %d", after)
				}
				assert.GreaterOrEqual(t, panics, 2)
			})
		})
	}
}

func metricNamed(name string) *Metric {
	for _, m := range Metrics {
		if m.Name == name {
			return m
		}
	}
	return nil
}
