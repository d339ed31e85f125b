package rpc

import (
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
)

// Signer is the transport that signs a call (RPC signature version 1, HMAC-SHA1) at the last moment before it leaves. What
// stands above it sees the bare call, so that a span, a log line or an error that quotes a URL shows no key.
//
// It signs with the key that [Sign] left in the request's context; a request without one leaves as it is.
type Signer struct {
	Next http.RoundTripper
}

// RoundTrip signs a copy of the request, with a fresh nonce and timestamp, and sends it.
func (s *Signer) RoundTrip(request *http.Request) (*http.Response, error) {
	key, ok := request.Context().Value(keyOf{}).(Key)
	if !ok {
		return s.Next.RoundTrip(request)
	}
	query := request.URL.Query()
	call := &requests.RpcRequest{}
	call.InitWithApiInfo("", query.Get("Version"), query.Get("Action"), "", "")
	call.Method = request.Method
	for name := range query {
		call.QueryParams[name] = query.Get(name)
	}
	form, err := formOf(request)
	if err != nil {
		return nil, err
	}
	for name := range form {
		call.FormParams[name] = form.Get(name)
	}
	provider := credentials.NewStaticSTSCredentialsProvider(key.ID, key.Secret, key.Token)
	if err := auth.Sign(call, nil, "", provider); err != nil {
		return nil, err
	}
	signed := request.Clone(request.Context())
	signed.URL.RawQuery = strings.TrimPrefix(call.BuildQueries(), "/?")
	response, err := s.Next.RoundTrip(signed)
	if err != nil {
		return nil, wireError{err}
	}
	response.Request = request // not the signed one: a response is looked at from above, too
	return response, nil
}

// wireError keeps the words of the network to itself: an answer that is no HTTP is quoted there, and may quote the call.
type wireError struct{ error }

func (wireError) Error() string { return "the call failed on its way" }

// Unwrap returns the cause.
func (e wireError) Unwrap() error { return e.error }

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
