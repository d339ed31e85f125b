package cdn

import (
	"errors"
	"net/http"
	"strings"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"

	"github.com/originflow/aliyuncdn-datasource/pkg/guard"
)

// errCredentials stands for every failure to come by credentials. The SDK's own errors quote URLs and answers that hold
// secrets, so none of their text is kept.
var errCredentials = errors.New("no credentials")

// Signer is the transport that signs a call (RPC signature version 1, HMAC-SHA1) at the last moment before it leaves.
// What stands above it sees the bare call, so that a span, a log line or an error that quotes a URL shows no key.
type Signer struct {
	Credentials credentials.CredentialsProvider
	Next        http.RoundTripper
}

// RoundTrip signs a copy of the request with fresh credentials, nonce and timestamp, and sends it. What it fails or panics
// with says nothing of the call: it ends up in spans.
func (s *Signer) RoundTrip(request *http.Request) (response *http.Response, err error) {
	if p := guard.Run(func() { response, err = s.roundTrip(request) }); p != nil {
		panic(p)
	}
	return response, err
}

func (s *Signer) roundTrip(request *http.Request) (*http.Response, error) {
	query := request.URL.Query()
	call := &requests.RpcRequest{}
	call.InitWithApiInfo("Cdn", query.Get("Version"), query.Get("Action"), "", "")
	call.Method = request.Method
	for name := range query {
		call.QueryParams[name] = query.Get(name)
	}
	if err := auth.Sign(call, nil, "", s.Credentials); err != nil {
		return nil, errCredentials
	}
	signed := request.Clone(withoutHints(request.Context()))
	signed.URL.RawQuery = strings.TrimPrefix(call.BuildQueries(), "/?")
	response, err := s.Next.RoundTrip(signed)
	if response != nil {
		response.Request = request // not the signed one: a response is looked at from above, too
	}
	if err != nil {
		return response, quietError{err}
	}
	return response, nil
}
