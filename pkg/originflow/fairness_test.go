package originflow

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
	"github.com/originflow/aliyuncdn-datasource/pkg/rpc"
)

func TestSmallPanelsAreServedBesideALargeQuery(t *testing.T) {
	names, domains := some(400, 0)
	inLab(t, cdnsim.Options{Domains: domains, Latency: 50 * time.Millisecond}, func(l *lab) {
		l.reader.Account = NewAccount(Limits{CallsPerSecond: 20, CacheBytes: 64 << 20})
		ctx, cancel := context.WithTimeout(context.Background(), 55*time.Second)
		defer cancel()
		var readers sync.WaitGroup
		readers.Go(func() {
			request := last(30*24*time.Hour, names...)
			request.Granularity = 5 * time.Minute
			late := 0
			for _, s := range l.reader.Read(ctx, request).Series {
				if errors.Is(s.Err, ErrBudget) {
					late++
				}
			}
			assert.Positive(t, late, "4,400 calls take longer than the query has")
		})
		for i := range 10 {
			time.Sleep(3 * time.Second)
			readers.Go(func() {
				start := time.Now()
				l.read(last(time.Hour, names[399-i]))
				assert.Less(t, time.Since(start), 2*time.Second)
			})
		}
		readers.Wait()
	})
}

func TestAnAlertLiftsTheListOfDomainsThatAPanelWaitsFor(t *testing.T) {
	names, domains := some(400, 0)
	inLab(t, cdnsim.Options{Domains: domains}, func(l *lab) {
		l.reader.Account = NewAccount(Limits{CallsPerSecond: 2, CacheBytes: 64 << 20})
		ctx, cancel := context.WithCancel(context.Background())
		var readers sync.WaitGroup
		for i := range 20 {
			readers.Go(func() { l.reader.Read(ctx, last(time.Hour, names[i*20:i*20+20]...)) })
		}
		time.Sleep(time.Second)
		panel, alert := time.Duration(0), time.Duration(0)
		start := time.Now()
		readers.Go(func() {
			_, err := l.reader.Domains(ctx, false)
			assert.NoError(t, err)
			panel = time.Since(start)
		})
		time.Sleep(100 * time.Millisecond)
		readers.Go(func() {
			_, err := l.reader.Domains(ctx, true)
			assert.NoError(t, err)
			alert = time.Since(start)
			cancel()
		})
		readers.Wait()
		assert.Equal(t, panel, alert, "one list for both")
		assert.Less(t, alert, 2*time.Second, "20 queries before it would take ten")
	})
}

func TestAnOldListOfDomainsBeatsNone(t *testing.T) {
	var broken atomic.Bool
	options := cdnsim.Options{Fault: func(call cdnsim.Call) *cdnsim.Fault {
		if broken.Load() && call.Operation == cdn.UserDomains {
			return &cdnsim.Fault{Error: &cdnsim.Error{Status: http.StatusForbidden, Code: "Forbidden.RAM"}}
		}
		return nil
	}}
	inLab(t, options, func(l *lab) {
		fresh, err := l.reader.Domains(context.Background(), false)
		require.NoError(t, err)
		require.NoError(t, fresh.Err)
		l.calls()
		broken.Store(true)
		time.Sleep(6 * time.Minute)
		for range 10 {
			old, err := l.reader.Domains(context.Background(), false)
			require.NoError(t, err)
			assert.Equal(t, fresh.Domains, old.Domains)
			assert.Equal(t, cdn.Forbidden, kindOf(old.Err), "and it is said")
		}
		assert.Equal(t, 1, l.calls(), "without trying at every query")
		another := *l.reader
		another.Client = simClient(l.sim)
		_, err = another.Domains(context.Background(), false)
		require.NoError(t, err)
		assert.Equal(t, 1, l.calls(), "but another client may have another way")

		broken.Store(false)
		time.Sleep(time.Minute)
		mended, err := l.reader.Domains(context.Background(), false)
		require.NoError(t, err)
		assert.NoError(t, mended.Err)
	})
	t.Run("and is not waited for any longer than need be", func(t *testing.T) {
		var hangs atomic.Bool
		options := cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault {
			if hangs.Load() {
				return &cdnsim.Fault{Hang: true}
			}
			return nil
		}}
		inLab(t, options, func(l *lab) {
			_, err := l.reader.Domains(context.Background(), false)
			require.NoError(t, err)
			hangs.Store(true)
			time.Sleep(6 * time.Minute)
			start := time.Now()
			old, err := l.reader.Domains(context.Background(), false)
			require.NoError(t, err)
			assert.ErrorIs(t, old.Err, context.DeadlineExceeded)
			assert.Equal(t, oldListAfter, time.Since(start))
			time.Sleep(time.Minute) // until the listing has given up
		})
	})
}

func TestTheBrokenWayOfOneDataSourceDoesNotFailAnother(t *testing.T) {
	inLab(t, cdnsim.Options{Latency: time.Second}, func(l *lab) {
		broken := *l.reader
		broken.Client = cdn.NewClient(&url.URL{Scheme: "https", Host: "cdn.example"}, &http.Client{Transport: noWay{}}, rpc.Key{})
		var readers sync.WaitGroup
		readers.Go(func() {
			assert.Error(t, broken.Read(context.Background(), last(time.Hour)).Series[0].Err)
			_, err := broken.Domains(context.Background(), false)
			assert.NoError(t, err, "which the other has read meanwhile")
		})
		time.Sleep(10 * time.Millisecond)
		l.read(last(time.Hour))
		_, err := l.reader.Domains(context.Background(), false)
		assert.NoError(t, err)
		readers.Wait()
	})
}

// noWay is a proxy that does not answer.
type noWay struct{}

func (noWay) RoundTrip(*http.Request) (*http.Response, error) {
	time.Sleep(500 * time.Millisecond)
	return nil, errors.New("connection refused")
}

func TestADeadlineIsNotReportedAsCanceled(t *testing.T) {
	inLab(t, cdnsim.Options{}, func(l *lab) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		time.Sleep(2 * time.Second)
		for range 50 { // both are ready, and chance picks one
			givenUp := &flight{done: make(chan struct{}), outcome: outcome{err: context.Canceled}, waiters: 1, cancel: func(error) {}}
			close(givenUp.done)
			f := fetch{reader: l.reader}
			slices := newStretch(grid{length: 300}, span{0, 300})
			givenUp.window.span = slices.span
			f.arrive(ctx, &wait{flight: givenUp, part: &part{slices: slices}})
			require.ErrorIs(t, f.err, context.DeadlineExceeded)
		}
	})
}

func TestAPlanIsMadeAtOnceWhateverIsAsked(t *testing.T) {
	request := Request{From: at(t, "1980-01-01 00:00:00"), To: at(t, "2262-01-01 00:00:00"), MaxDataPoints: 2}
	start := time.Now()
	for range 5000 { // which took minutes when each length was tried
		p := planAt(t, noon, cdn.SrcFlowData, 15*time.Minute, request)
		require.LessOrEqual(t, (p.shown.to-p.shown.from)/p.step.length, int64(2))
	}
	assert.Less(t, time.Since(start), 20*time.Second)
}
