package rpc_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"net/url"
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/guard"
	"github.com/originflow/aliyuncdn-datasource/pkg/rpc"
)

// secret is in what fails, and must not come to light.
const secret = "a secret"

var planted = rpc.Key{ID: "id of " + secret, Secret: "key of " + secret}

// roundTripper answers calls by a function.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestAFailureOfTheNetworkTellsItsClassAlone(t *testing.T) {
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	for want, cause := range map[string]error{
		"connection refused":      dial(os.NewSyscallError("connect", syscall.ECONNREFUSED)),
		"timeout":                 dial(os.ErrDeadlineExceeded),
		"context canceled":        fmt.Errorf("%s: %w", secret, context.Canceled),
		"connection closed":       fmt.Errorf("%s: %w", secret, io.ErrUnexpectedEOF),
		"host not found":          dial(&net.DNSError{Err: secret, Name: secret, IsNotFound: true}),
		"certificate not trusted": &tls.CertificateVerificationError{Err: errors.New(secret)},
		"no TLS":                  tls.RecordHeaderError{Msg: secret},
		"no proper answer":        errors.New("malformed HTTP response " + secret),
	} {
		signer := &rpc.Signer{Next: roundTripper(func(*http.Request) (*http.Response, error) { return nil, cause })}
		for _, ctx := range []context.Context{t.Context(), rpc.Sign(t.Context(), demoKey)} {
			request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://cdn.example/?Action=A&Version=B", nil)
			require.NoError(t, err)
			_, err = signer.RoundTrip(request)
			assert.EqualError(t, err, want)
			assert.ErrorIs(t, err, cause, "who wants to know finds it")
			failure := &url.Error{Op: "Get", URL: "https://cdn.example", Err: err}
			assert.Equal(t, want == "timeout", failure.Timeout(), want)
		}
	}
}

func TestAPanicBelowTheSignerTellsNothingOfTheCall(t *testing.T) {
	client := &http.Client{Transport: &rpc.Signer{Next: roundTripper(func(r *http.Request) (*http.Response, error) { panic(r.URL.String()) })}}
	for name, ctx := range map[string]context.Context{"a signed one": rpc.Sign(t.Context(), planted), "one without a key": t.Context()} {
		t.Run(name, func(t *testing.T) {
			var value any
			func() {
				defer func() { value = recover() }()
				request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://cdn.example/?Action=A&Version=B&Token="+url.QueryEscape(secret), nil)
				require.NoError(t, err)
				_, _ = client.Do(request)
			}()
			require.IsType(t, (*guard.Panic)(nil), value)
			text := fmt.Sprintf("%v %+v", value, value)
			for _, part := range []string{secret, url.QueryEscape(secret), "Signature", "Action"} {
				assert.NotContains(t, text, part)
			}
			assert.Contains(t, value.(*guard.Panic).Stack, "quiet_test.go")
		})
	}
}

func TestATraceOfTheClientHearsOfEverythingButInterimAnswers(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", r.URL.String())
		w.WriteHeader(http.StatusEarlyHints)
		w.Header().Del("Link")
		_, _ = io.WriteString(w, `{"RequestId":"1"}`)
	}))
	t.Cleanup(server.Close)
	client := &http.Client{Transport: &rpc.Signer{Next: server.Client().Transport}}
	var connected, wrote, answered bool
	ctx := httptrace.WithClientTrace(rpc.Sign(t.Context(), demoKey), &httptrace.ClientTrace{
		GotConn:              func(httptrace.GotConnInfo) { connected = true },
		WroteRequest:         func(httptrace.WroteRequestInfo) { wrote = true },
		GotFirstResponseByte: func() { answered = true },
		Got1xxResponse: func(_ int, header textproto.MIMEHeader) error {
			t.Error("told of ", header)
			return nil
		},
	})
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/?Action=A&Version=B", nil)
	require.NoError(t, err)
	response, err := client.Do(request)
	require.NoError(t, err)
	_ = response.Body.Close()
	assert.True(t, connected && wrote && answered)
}
