package cdn_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
	"github.com/originflow/aliyuncdn-datasource/pkg/rpc"
)

// demoKey signs in to a simulated API that names no keys.
var demoKey = rpc.Key{ID: cdnsim.DemoKeyID, Secret: cdnsim.DemoKeySecret}

// api is a simulated API behind a real socket, and a client of it.
type api struct {
	*cdn.Client
	sim *cdnsim.Server
}

func start(t testing.TB, options cdnsim.Options) api {
	t.Helper()
	sim := cdnsim.New(options)
	client, _ := connect(t, sim, demoKey)
	return api{Client: client, sim: sim}
}

// fixed starts an API that answers every call alike.
func fixed(t testing.TB, fault cdnsim.Fault) *cdn.Client {
	t.Helper()
	return start(t, cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault { return &fault }}).Client
}

// connect serves handler and returns a client that signs with the credentials. Between them stands a wiretap
// where tracing and logs stand in Grafana: around the signer.
func connect(t testing.TB, handler http.Handler, credentials rpc.Credentials) (*cdn.Client, *wiretap) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return dial(t, server.URL, credentials)
}

func dial(t testing.TB, endpoint string, credentials rpc.Credentials) (*cdn.Client, *wiretap) {
	t.Helper()
	target, err := url.Parse(endpoint)
	require.NoError(t, err)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return through(transport, target, credentials)
}

// inProcess is connect without a socket, for bubbles: their clock stands still while anybody waits for the network.
func inProcess(handler http.Handler, credentials rpc.Credentials) (*cdn.Client, *wiretap) {
	return through(cdnsim.InProcess(handler), &url.URL{Scheme: "https", Host: "cdn.example"}, credentials)
}

func through(transport http.RoundTripper, target *url.URL, credentials rpc.Credentials) (*cdn.Client, *wiretap) {
	tap := &wiretap{next: &rpc.Signer{Next: transport}}
	return cdn.NewClient(target, &http.Client{Transport: tap}, credentials), tap
}

// wiretap writes down all that a transport around the signer could show of a call: URLs, headers and error texts.
type wiretap struct {
	next http.RoundTripper
	mu   sync.Mutex
	seen []string
	// answered, if set, is called between the head of an answer and its body.
	answered func()
}

func (w *wiretap) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := w.next.RoundTrip(request)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.note(request)
	if response != nil {
		w.note(response.Request)
	}
	if err != nil {
		w.seen = append(w.seen, err.Error())
	}
	if w.answered != nil {
		w.answered()
	}
	return response, err
}

func (w *wiretap) note(request *http.Request) {
	w.seen = append(w.seen, request.URL.String())
	for name, values := range request.Header {
		w.seen = append(append(w.seen, name), values...)
	}
}

// text returns what was written down.
func (w *wiretap) text() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.seen
}

// settled is the start of a day, in UTC, all of whose slices are final.
func settled() time.Time { return time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -3) }

// failure asserts that err is an [*cdn.Error] and returns it.
func failure(t testing.TB, err error) *cdn.Error {
	t.Helper()
	var failed *cdn.Error
	require.ErrorAs(t, err, &failed)
	return failed
}
