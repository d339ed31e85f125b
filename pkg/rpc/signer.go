package rpc

import (
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"

	"github.com/originflow/aliyuncdn-datasource/pkg/guard"
)

// Signer is the transport that signs a call (RPC signature version 1, HMAC-SHA1) at the last moment before it leaves. What
// stands above it sees the bare call, so that a span, a log line or an error that quotes a URL shows no key.
//
// It signs with the key that [Sign] left in the request's context; a request without one leaves as it is.
type Signer struct {
	Next http.RoundTripper
}

// RoundTrip signs a copy of the request, with a fresh nonce and timestamp, and sends it. What it fails or panics with says
// nothing of the call: it ends up in spans.
func (s *Signer) RoundTrip(request *http.Request) (response *http.Response, err error) {
	if p := guard.Run(func() { response, err = s.roundTrip(request) }); p != nil {
		panic(p)
	}
	return response, err
}

func (s *Signer) roundTrip(request *http.Request) (*http.Response, error) {
	signed := request.Clone(withoutHints(request.Context()))
	if key, ok := request.Context().Value(keyOf{}).(Key); ok {
		query, err := sign(request, key)
		if err != nil {
			return nil, err
		}
		signed.URL.RawQuery = query
	}
	response, err := s.Next.RoundTrip(signed)
	if response != nil {
		response.Request = request // not the signed one: a response is looked at from above, too
	}
	if err != nil {
		return response, quietError{err}
	}
	return response, nil
}

// sign returns the query of the signed request.
func sign(request *http.Request, key Key) (string, error) {
	query := request.URL.Query()
	call := &requests.RpcRequest{}
	call.InitWithApiInfo("", query.Get("Version"), query.Get("Action"), "", "")
	call.Method = request.Method
	for name := range query {
		call.QueryParams[name] = query.Get(name)
	}
	form, err := formOf(request)
	if err != nil {
		return "", quietError{err}
	}
	for name := range form {
		call.FormParams[name] = form.Get(name)
	}
	provider := credentials.NewStaticSTSCredentialsProvider(key.ID, key.Secret, key.Token)
	if err := auth.Sign(call, nil, "", provider); err != nil {
		return "", quietError{err}
	}
	return strings.TrimPrefix(call.BuildQueries(), "/?"), nil
}

// formOf reads the form in the body of a request, which can be read again.
func formOf(request *http.Request) (url.Values, error) {
	if request.GetBody == nil {
		return nil, nil
	}
	body, err := request.GetBody()
	if err != nil {
		return nil, err
	}
	defer func() { _ = body.Close() }()
	text, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	return url.ParseQuery(string(text))
}
