package plugin

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
)

// wire connects a server and its clients without sockets: nobody in a bubble may wait for the machine's network, or the
// bubble's clock would stand still for ever.
type wire struct {
	addr        net.Addr
	connections chan net.Conn
	closed      chan struct{}
	close       func()
}

func newWire() *wire {
	w := &wire{connections: make(chan net.Conn), closed: make(chan struct{})}
	w.close = sync.OnceFunc(func() { close(w.closed) })
	return w
}

// replace puts the wire in the place of a server's listener.
func (w *wire) replace(server *httptest.Server) {
	w.addr = server.Listener.Addr()
	_ = server.Listener.Close()
	server.Listener = w
}

// Accept returns the server's end of the next connection.
func (w *wire) Accept() (net.Conn, error) {
	select {
	case c := <-w.connections:
		return c, nil
	case <-w.closed:
		return nil, net.ErrClosed
	}
}

// Close refuses connections from now on.
func (w *wire) Close() error {
	w.close()
	return nil
}

// Addr is the address of the listener in whose place the wire is, which no other lab has.
func (w *wire) Addr() net.Addr { return w.addr }

// dial returns the client's end of a new connection.
func (w *wire) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case w.connections <- server:
		return client, nil
	case <-w.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// connect has a transport use the wire.
func (w *wire) connect(_ *lab, transport *http.Transport) {
	transport.Proxy, transport.DialContext = nil, w.dial
}

// clientVia is the client that the plugin makes, but for its transport.
func clientVia(
	t testing.TB, instance backend.DataSourceInstanceSettings, s settings, configure func(*http.Transport),
) *cdn.Client {
	t.Helper()
	options, err := httpOptions(t.Context(), instance)
	require.NoError(t, err)
	options.ConfigureTransport = func(_ httpclient.Options, transport *http.Transport) {
		configure(transport)
		t.Cleanup(transport.CloseIdleConnections)
	}
	client, err := httpclient.New(options)
	require.NoError(t, err)
	return s.connect(client, server{}, time.Now)
}
