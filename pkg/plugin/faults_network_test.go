package plugin

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The sentences about a network that fails, by what there is to do.
const (
	reachIt    = "that the Grafana server may reach it"
	tryAgain   = "took too long to answer. Try again"
	aStranger  = "whether a proxy answers in its place"
	trustIt    = "add its CA certificate"
	noTLSThere = "does not speak TLS. Check the endpoint and its port"
	noSuchName = "the name server of the Grafana server"
)

// faultsOfTheNetwork are those of connections: between real sockets, with real TLS.
var faultsOfTheNetwork = map[string]fault{
	"nobody listens":                    {dial: to(closedPort), on: everybody, says: reachIt},
	"connections are reset":             {dial: to(listening(reset)), on: everybody, says: reachIt},
	"connections are closed":            {dial: to(listening(func(c net.Conn) { _ = c.Close() })), on: everybody, says: reachIt},
	"connections are accepted, no more": {dial: to(listening(silence)), on: everybody, says: tryAgain},
	"connections are cut in the greeting": {dial: to(listening(func(c net.Conn) {
		_, _ = io.ReadFull(c, make([]byte, 16))
		reset(c)
	})), on: everybody, says: reachIt},
	"noise in place of TLS": {dial: to(listening(func(c net.Conn) {
		_, _ = c.Write([]byte("SSH-2.0-OpenSSH_9.6\r\n"))
		_ = c.Close()
	})), on: everybody, says: noTLSThere},
	"HTTP in place of TLS": {dial: to(func(w *ward) string {
		return serveHTTP(w, newListener(w))
	}), on: everybody, says: noTLSThere},
	"TLS that is outdated": {dial: to(func(w *ward) string {
		return serveHTTP(w, tls.NewListener(newListener(w), &tls.Config{
			Certificates: []tls.Certificate{w.trusted(nil)}, MaxVersion: tls.VersionTLS11, //nolint:gosec // to be refused
		}))
	}), on: everybody, says: reachIt},
	"a certificate that nobody signed":    {dial: to(certified(func(w *ward) tls.Certificate { return newCertificate(w, nil) })), on: everybody, says: trustIt},
	"a certificate that has expired":      {dial: to(certified(func(w *ward) tls.Certificate { return w.trusted(expired) })), on: everybody, says: trustIt},
	"a certificate that is not valid yet": {dial: to(certified(func(w *ward) tls.Certificate { return w.trusted(early) })), on: everybody, says: trustIt},
	"a certificate for another name":      {dial: to(certified(func(w *ward) tls.Certificate { return w.trusted(misnamed) })), on: everybody, says: trustIt},
	"a name that nobody knows":            {dial: unknownName, on: everybody, says: noSuchName},

	"a connection reset before the answer":      {sockets: true, answers: hijacked("", reset), says: reachIt},
	"a connection closed before the answer":     {sockets: true, answers: hijacked("", closed), says: reachIt},
	"a connection cut in the headers":           {sockets: true, answers: hijacked("HTTP/1.1 200 OK\r\nContent-Ty", closed), says: reachIt},
	"a connection cut after the headers":        {sockets: true, answers: hijacked("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", closed), says: reachIt},
	"a connection reset after the headers":      {sockets: true, answers: hijacked("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", reset), says: reachIt},
	"a connection cut in the answer":            {sockets: true, answers: hijacked("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"RequestId\":\"1\"}", closed), says: reachIt},
	"a connection cut in a chunk":               {sockets: true, answers: hijacked("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n90\r\n{\"RequestId\":\"1\"}", closed), says: reachIt},
	"an answer that ends where the headers do":  {sockets: true, answers: hijacked("HTTP/1.1 200 OK\r\n\r\n", closed), says: aStranger},
	"an answer without an end, but for the cut": {sockets: true, answers: hijacked("HTTP/1.1 200 OK\r\n\r\n{\"RequestId\":\"1\",\"SrcFlow", closed), says: aStranger},
	"an answer that is no HTTP":                 {sockets: true, answers: hijacked("220 smtp.example.com ESMTP\r\n", closed), says: reachIt},
	"a call that is never answered":             {answers: func(_ http.ResponseWriter, r *http.Request, _ http.Handler) { <-r.Context().Done() }, says: tryAgain},
	"an answer that stops after its headers":    {answers: stalled(""), says: tryAgain},
	"an answer that stops in the middle":        {answers: stalled(`{"RequestId":"1","DataInterval":"300",`), says: tryAgain},
	"an answer that comes drop by drop":         {answers: dripping, says: tryAgain},
}

// newSocketWard is a ward whose API is served with TLS on a real socket, and whose connections the fault may lead elsewhere.
func newSocketWard(t *testing.T, row fault) *ward {
	t.Helper()
	roots := x509.NewCertPool()
	var w *ward
	var elsewhere dialer
	s := setup{serve: func(l *lab) {
		l.server.StartTLS()
		roots.AddCert(l.server.Certificate())
	}}
	var mu sync.Mutex
	var open []net.Conn
	s.transport = func(_ *lab, transport *http.Transport) {
		transport.Proxy = nil
		transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
		transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			if elsewhere != nil && w.on.Load() {
				return elsewhere(ctx, network, address)
			}
			c, err := new(net.Dialer).DialContext(ctx, network, address)
			if err == nil {
				mu.Lock()
				defer mu.Unlock()
				open = append(open, c)
			}
			return c, err
		}
	}
	row.views = []string{"flow", "pattern"} // as each try costs a handshake
	w = newWard(t, row, s)
	w.roots = roots
	w.reconnect = func() {
		mu.Lock()
		defer mu.Unlock()
		for _, c := range open {
			_ = c.Close()
		}
		open = nil
	}
	if row.dial != nil {
		elsewhere = row.dial(w)
	}
	return w
}

// dialer makes a connection to an address.
type dialer func(ctx context.Context, network, address string) (net.Conn, error)

// to leads connections to another address.
func to(place func(*ward) string) func(*ward) dialer {
	return func(w *ward) dialer {
		other := place(w)
		return func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, other)
		}
	}
}

func newListener(w *ward) net.Listener {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(w, err)
	w.Cleanup(func() { _ = listener.Close() })
	return listener
}

func closedPort(w *ward) string {
	listener := newListener(w)
	_ = listener.Close()
	return listener.Addr().String()
}

// listening is a place where each connection is treated so.
func listening(treat func(net.Conn)) func(*ward) string {
	return func(w *ward) string {
		listener := newListener(w)
		go func() {
			for {
				c, err := listener.Accept()
				if err != nil {
					return
				}
				go treat(c)
			}
		}()
		return listener.Addr().String()
	}
}

// silence takes what comes and says nothing.
func silence(c net.Conn) {
	_, _ = io.Copy(io.Discard, c)
	_ = c.Close()
}

func closed(c net.Conn) { _ = c.Close() }

// reset ends a connection as a firewall does.
func reset(c net.Conn) {
	if wrapped, ok := c.(*tls.Conn); ok {
		c = wrapped.NetConn()
	}
	_ = c.(*net.TCPConn).SetLinger(0)
	_ = c.Close()
}

// serveHTTP serves the simulated API at another place.
func serveHTTP(w *ward, listener net.Listener) string {
	server := &http.Server{Handler: w.sim, ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: time.Second}
	w.Cleanup(func() { _ = server.Close() })
	go func() { _ = server.Serve(listener) }()
	return listener.Addr().String()
}

// certified is a place that serves the API with a certificate.
func certified(certificate func(*ward) tls.Certificate) func(*ward) string {
	return func(w *ward) string {
		return serveHTTP(w, tls.NewListener(newListener(w), &tls.Config{
			Certificates: []tls.Certificate{certificate(w)}, MinVersion: tls.VersionTLS12,
		}))
	}
}

// trusted is a certificate that the data source trusts, but for what else is wrong with it.
func (w *ward) trusted(flaw func(*x509.Certificate)) tls.Certificate {
	made := newCertificate(w, flaw)
	parsed, err := x509.ParseCertificate(made.Certificate[0])
	require.NoError(w, err)
	w.roots.AddCert(parsed)
	return made
}

func expired(c *x509.Certificate)  { c.NotAfter = time.Now().Add(-time.Minute) }
func early(c *x509.Certificate)    { c.NotBefore = time.Now().Add(time.Hour) }
func misnamed(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"cdn.example"} }

// newCertificate is one for this machine, signed by itself.
func newCertificate(w *ward, flaw func(*x509.Certificate)) tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(w, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "planted-certificate"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(2 * time.Hour),
	}
	if flaw != nil {
		flaw(template)
	}
	made, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(w, err)
	return tls.Certificate{Certificate: [][]byte{made}, PrivateKey: key}
}

// unknownName looks up a name at a name server that does not know it.
func unknownName(w *ward) dialer {
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(w, err)
	w.Cleanup(func() { _ = server.Close() })
	go func() {
		packet := make([]byte, 1500)
		for {
			n, from, err := server.ReadFrom(packet)
			if err != nil {
				return
			}
			packet[2] |= 0x80              // a response
			packet[3] = packet[3]&0xf0 | 3 // no such name
			_, _ = server.WriteTo(packet[:n], from)
		}
	}()
	resolver := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", server.LocalAddr().String())
	}}
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{Resolver: resolver}).DialContext(ctx, network, "cdn.invalid.:443")
	}
}

// hijacked says a text and ends the connection.
func hijacked(text string, end func(net.Conn)) answers {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_, _ = io.WriteString(c, text)
			end(c)
		}
	}
}

// stalled begins an answer and says no more.
func stalled(begin string) answers {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		w.WriteHeader(http.StatusOK)
		_, _ = io.WriteString(w, begin)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}
}

// dripping says a byte now and then, so that no connection counts as idle.
func dripping(w http.ResponseWriter, r *http.Request, _ http.Handler) {
	for r.Context().Err() == nil {
		_, _ = io.WriteString(w, " ")
		_ = http.NewResponseController(w).Flush()
		select {
		case <-r.Context().Done():
		case <-time.After(time.Second):
		}
	}
}
