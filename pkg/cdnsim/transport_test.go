package cdnsim_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// inProcess is an api without a socket.
func inProcess(t *testing.T, opts cdnsim.Options) (*api, *http.Client) {
	t.Helper()
	c := &clock{now: noon}
	opts.Now = c.Now
	sim := cdnsim.New(opts)
	return &api{t: t, clock: c, sim: sim}, &http.Client{Transport: cdnsim.InProcess(sim)}
}

const endpoint = "https://cdn.aliyuncs.com/?"

func TestTheAPIAnswersInProcess(t *testing.T) {
	a, client := inProcess(t, cdnsim.Options{})
	resp, err := client.Get(endpoint + a.query(domains18, nil))
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	var body map[string]any
	require.NoError(t, json.NewDecoder(resp.Body).Decode(&body))
	assert.Equal(t, 12.0, body["TotalCount"])
	assert.Equal(t, "200 OK", resp.Status)
	assert.Equal(t, "application/json;charset=utf-8", resp.Header.Get("Content-Type"))
	assert.Equal(t, cdnsim.DemoKeyID, resp.Request.URL.Query().Get("AccessKeyId"))
}

func TestInProcessCallsEndWithTheirContext(t *testing.T) {
	arrived := make(chan struct{})
	for name, handler := range map[string]http.Handler{
		"a handler that minds it": http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			arrived <- struct{}{}
			<-r.Context().Done()
		}),
		"a handler that does not": http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			arrived <- struct{}{}
			<-t.Context().Done()
		}),
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			go func() { <-arrived; cancel(errors.New("enough")) }()
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, endpoint, nil)
			require.NoError(t, err)
			_, err = cdnsim.InProcess(handler).RoundTrip(req)
			assert.ErrorIs(t, err, context.Canceled)
		})
	}
}

func TestInProcessLatencyEndsWithTheClientsTimeout(t *testing.T) {
	a, client := inProcess(t, cdnsim.Options{Latency: time.Hour})
	client.Timeout = time.Millisecond
	_, err := client.Get(endpoint + a.query(domains18, nil))
	assert.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestInProcessConnectionsCanBreak(t *testing.T) {
	fault := cdnsim.Fault{Break: true}
	a, client := inProcess(t, cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault { return &fault }})
	_, err := client.Get(endpoint + a.query(domains18, nil))
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)

	fault.Body = "half"
	resp, err := client.Get(endpoint + a.query(domains18, nil))
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Equal(t, "half", string(text))
}

func TestAPanicInProcessIsAnErrorAndNotACrash(t *testing.T) {
	client := &http.Client{Transport: cdnsim.InProcess(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		panic("oops")
	}))}
	_, err := client.Get(endpoint)
	assert.ErrorContains(t, err, "oops")
}

func TestInProcessHandlersGetABodyAndMayStaySilent(t *testing.T) {
	var got string
	transport := cdnsim.InProcess(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		got = string(text)
	}))
	for _, body := range []io.Reader{nil, strings.NewReader("hello")} {
		req, err := http.NewRequest(http.MethodPost, endpoint, body)
		require.NoError(t, err)
		resp, err := transport.RoundTrip(req)
		require.NoError(t, err)
		assert.Equal(t, 200, resp.StatusCode)
		require.NoError(t, resp.Body.Close())
	}
	assert.Equal(t, "hello", got)
}

func benchmarkGet(b *testing.B, transport http.RoundTripper, url string) {
	b.Helper()
	req, err := http.NewRequest(http.MethodGet, url, nil)
	require.NoError(b, err)
	resp, err := transport.RoundTrip(req)
	require.NoError(b, err)
	require.Equal(b, http.StatusOK, resp.StatusCode)
	require.NoError(b, resp.Body.Close())
}
