package cdn_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"net/url"
	"os"
	"syscall"
	"testing"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/guard"
)

// roundTripper answers calls by a function.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestAFailureOfTheNetworkTellsItsClassAlone(t *testing.T) {
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	for want, cause := range map[string]error{
		"connection refused":      dial(os.NewSyscallError("connect", syscall.ECONNREFUSED)),
		"timeout":                 dial(os.ErrDeadlineExceeded),
		"context canceled":        fmt.Errorf("%s: %w", secretKey, context.Canceled),
		"connection closed":       fmt.Errorf("%s: %w", secretKey, io.ErrUnexpectedEOF),
		"host not found":          dial(&net.DNSError{Err: secretKey, Name: secretKey, IsNotFound: true}),
		"certificate not trusted": &tls.CertificateVerificationError{Err: errors.New(secretKey)},
		"no TLS":                  tls.RecordHeaderError{Msg: secretKey},
		"no proper answer":        errors.New("malformed HTTP response " + secretKey),
	} {
		signer := &cdn.Signer{Credentials: demoKey, Next: roundTripper(func(*http.Request) (*http.Response, error) { return nil, cause })}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://cdn.example/?Action=A&Version=B", nil)
		require.NoError(t, err)
		_, err = signer.RoundTrip(request)
		assert.EqualError(t, err, want)
		assert.ErrorIs(t, err, cause, "who wants to know finds it")
		failure := &url.Error{Op: "Get", URL: "https://cdn.example", Err: err}
		assert.Equal(t, want == "timeout", failure.Timeout(), want)
	}
}

func TestAPanicBelowTheSignerTellsNothingOfTheCall(t *testing.T) {
	for name, signer := range map[string]*cdn.Signer{
		"of the transport": {Credentials: credentials.NewStaticAKCredentialsProvider(secretID, secretKey), Next: roundTripper(func(r *http.Request) (*http.Response, error) {
			panic(r.URL.String())
		})},
		"of the credentials": {Credentials: panicking{}},
	} {
		t.Run(name, func(t *testing.T) {
			var value any
			func() {
				defer func() { value = recover() }()
				client := cdn.NewClient(&url.URL{Scheme: "https", Host: "cdn.example"}, &http.Client{Transport: signer})
				_, _ = client.UserDomains(t.Context(), 1, 1)
			}()
			require.IsType(t, (*guard.Panic)(nil), value)
			assertNoLeak(t, fmt.Sprintf("%v %+v", value, value))
			assert.Contains(t, value.(*guard.Panic).Stack, "quiet_test.go")
		})
	}
}

type panicking struct{}

func (panicking) GetCredentials() (*credentials.Credentials, error) { panic(secretKey) }

func (panicking) GetProviderName() string { return "panicking" }

func TestATraceOfTheClientHearsOfEverythingButInterimAnswers(t *testing.T) {
	client, _ := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", r.URL.String())
		w.WriteHeader(http.StatusEarlyHints)
		w.Header().Del("Link")
		_, _ = io.WriteString(w, `{"RequestId":"1"}`)
	}), demoKey)
	var connected, wrote, answered bool
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
		GotConn:              func(httptrace.GotConnInfo) { connected = true },
		WroteRequest:         func(httptrace.WroteRequestInfo) { wrote = true },
		GotFirstResponseByte: func() { answered = true },
		Got1xxResponse: func(_ int, header textproto.MIMEHeader) error {
			t.Error("told of ", header)
			return nil
		},
	})
	_, err := client.Describe(ctx, cdn.SrcFlowData, cdn.Request{})
	require.NoError(t, err)
	assert.True(t, connected && wrote && answered)
}
