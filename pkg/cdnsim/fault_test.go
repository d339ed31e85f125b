package cdnsim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// broken starts a server that answers every call with the fault.
func broken(t *testing.T, f cdnsim.Fault) *api {
	t.Helper()
	return start(t, cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault { return &f }})
}

func TestAFaultMayAnswerAnything(t *testing.T) {
	a := broken(t, cdnsim.Fault{
		Status: 502, Body: "<html>Bad Gateway</html>", Header: http.Header{"content-type": {"text/html"}, "Retry-After": {"3"}},
	})
	resp, err := http.Get(a.url + "/?" + a.query(domains18, nil))
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	assert.Equal(t, 502, resp.StatusCode)
	assert.Equal(t, "<html>Bad Gateway</html>", string(text))
	assert.Equal(t, "text/html", resp.Header.Get("Content-Type"))
	assert.Equal(t, "3", resp.Header.Get("Retry-After"))
	assert.Equal(t, cdnsim.CodeFault, a.sim.Calls()[0].Code)
}

func TestTheZeroFaultIsAnEmptyAnswer(t *testing.T) {
	status, body := broken(t, cdnsim.Fault{}).get(start(t, cdnsim.Options{}).query(domains18, nil))
	assert.Equal(t, 200, status)
	assert.Empty(t, body)
}

func TestAFaultMayBeAnAPIError(t *testing.T) {
	a := broken(t, cdnsim.Fault{Error: &cdnsim.Error{Status: 503, Code: "ServiceUnavailable"}})
	status, body := a.ask(domains18, nil)
	assert.Equal(t, 503, status)
	assert.Equal(t, "ServiceUnavailable", body["Code"])
	assert.Equal(t, "ServiceUnavailable", body["Message"])
	assert.Equal(t, "ServiceUnavailable", a.sim.Calls()[0].Code)
	assert.Equal(t, body["RequestId"], a.sim.Calls()[0].RequestID)
}

func TestAFaultMayCutTheTrueAnswerShort(t *testing.T) {
	a := broken(t, cdnsim.Fault{Edit: func(b []byte) []byte { return b[:len(b)/2] }})
	status, body := a.get(a.query(domains18, nil))
	assert.Equal(t, 200, status)
	assert.Contains(t, body, "DomainName")
	assert.False(t, json.Valid([]byte(body)), body)
}

func TestAFaultMayAnswerInSlicesOfAnotherLength(t *testing.T) {
	end := noon.Truncate(time.Hour)
	for name, tc := range map[string]struct {
		fault  time.Duration
		span   time.Duration
		own    string
		want   string
		points int
	}{
		"coarser than asked":         {time.Hour, 2 * time.Hour, "300", "3600", 3},
		"much coarser":               {day, 2 * time.Hour, "300", "86400", 1},
		"finer than asked":           {fiveMinutes, 2 * time.Hour, "3600", "300", 25},
		"finer than the span allows": {fiveMinutes, 4 * day, "300", "300", 4*288 + 1},
		"no length of the API's":     {time.Minute, 2 * time.Hour, "300", "300", 25},
	} {
		t.Run(name, func(t *testing.T) {
			a := broken(t, cdnsim.Fault{Interval: tc.fault})
			for op, p := range map[string]params{
				flow2014: span(end.Add(-tc.span), end, "Interval", tc.own),
				flow2018: span18(end.Add(-tc.span), end, "Interval", tc.own),
			} {
				got := a.flow(op, p)
				assert.Equal(t, tc.want, got.interval)
				assert.Len(t, got.values, tc.points)
			}
			for _, call := range a.sim.Calls() {
				assert.Empty(t, call.Code)
				assert.Equal(t, 200, call.Status)
			}
		})
	}
	a := broken(t, cdnsim.Fault{Interval: time.Hour})
	names, _ := a.names(nil)
	assert.Len(t, names, 12, "other operations answer as ever")
	assert.Equal(t, "400 InvalidEndTime.Mismatch", a.refused(flow2014, span(end, end)))
	assert.Equal(t, "InvalidEndTime.Mismatch", a.sim.Calls()[1].Code)
}

func TestAnAnswerInSlicesOfAnotherLengthMayBeEdited(t *testing.T) {
	a := broken(t, cdnsim.Fault{Interval: time.Hour, Edit: func(b []byte) []byte {
		return bytes.ReplaceAll(b, []byte(`"3600"`), []byte(`"300"`))
	}})
	got := a.flow(flow2014, span(yesterday, yesterday.Add(time.Hour)))
	assert.Equal(t, "300", got.interval)
	assert.Len(t, got.values, 2)
	assert.Equal(t, cdnsim.CodeFault, a.sim.Calls()[0].Code)
}

func TestAFaultMayBreakTheConnection(t *testing.T) {
	a := broken(t, cdnsim.Fault{Break: true})
	_, err := http.Get(a.url + "/?" + a.query(domains18, nil))
	assert.ErrorIs(t, err, io.EOF)

	a = broken(t, cdnsim.Fault{Break: true, Body: `{"half":`})
	resp, err := http.Get(a.url + "/?" + a.query(domains18, nil))
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Equal(t, `{"half":`, string(text))
}

func TestAHangingCallEndsWithItsContext(t *testing.T) {
	arrived := make(chan struct{})
	a := start(t, cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault {
		close(arrived)
		return &cdnsim.Fault{Hang: true}
	}})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-arrived; cancel() }()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.url+"/?"+a.query(domains18, nil), nil)
	require.NoError(t, err)
	_, err = http.DefaultClient.Do(req)
	assert.ErrorIs(t, err, context.Canceled)
}

func TestAFaultSeesTheCallAndMayLetItPass(t *testing.T) {
	var mu sync.Mutex
	var seen []cdnsim.Call
	a := start(t, cdnsim.Options{Fault: func(c cdnsim.Call) *cdnsim.Fault {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, c)
		if c.Params["DomainName"] == "bad.example.com" {
			return &cdnsim.Fault{Error: &cdnsim.Error{Status: 404, Code: "InvalidDomain.Offline"}}
		}
		return nil
	}})
	status, _ := a.ask(flow2018, params{"DomainName": "www.example.com"})
	assert.Equal(t, 200, status)
	assert.Equal(t, "404 InvalidDomain.Offline", a.refused(flow2018, params{"DomainName": "bad.example.com"}))
	assert.Equal(t, "400 SignatureDoesNotMatch", a.refused(flow2018, params{"Signature": "AAAA"}), "a fault does not hide a wrong signature")
	mu.Lock()
	defer mu.Unlock()
	assert.Len(t, seen, 2)
	assert.Equal(t, flow2018, seen[0].Operation)
}

func TestLatencyHonoursTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	a := start(t, cdnsim.Options{Latency: time.Hour, Now: func() time.Time { cancel(); return noon }})
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.url+"/?"+a.query(domains18, nil), nil)
	require.NoError(t, err)
	_, err = http.DefaultClient.Do(req)
	assert.ErrorIs(t, err, context.Canceled)
}

func TestLatencyIsSpentOnEachCall(t *testing.T) {
	a := start(t, cdnsim.Options{Latency: 20 * time.Millisecond})
	before := time.Now()
	status, _ := a.ask(domains18, nil)
	assert.Equal(t, 200, status)
	assert.GreaterOrEqual(t, time.Since(before), 20*time.Millisecond)
}

func TestTheServerTakesManyCallsAtOnce(t *testing.T) {
	a := start(t, cdnsim.Options{CallsPerSecond: 1000, Record: 20})
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			op, own := domains18, params{}
			if i%2 == 0 {
				op, own = flow2014, span(yesterday, noon)
			}
			status, body := a.get(a.query(op, own))
			assert.Equal(t, 200, status, body)
			if i%10 == 0 {
				a.sim.SetDomains(cdnsim.DemoDomains())
			}
			_ = a.sim.Calls()
		})
	}
	wg.Wait()
	assert.Len(t, a.sim.Calls(), 20)
}
