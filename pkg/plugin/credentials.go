package plugin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

const (
	authAccessKey = "accessKey"
	authSTSToken  = "stsToken"
	authDemo      = "demo"
)

// authType is a way to sign in.
type authType struct {
	// fields are the keys of secureJsonData that it needs.
	fields []string
	// provider makes the credentials of the fields' values, in the same order.
	provider func(values []string) credentials.CredentialsProvider
}

// authTypes are the ways to sign in. A new one is a row here and one in src/components/config/authKinds.ts.
var authTypes = map[string]authType{
	authAccessKey: {
		fields: []string{"accessKeyId", "accessKeySecret"},
		provider: func(v []string) credentials.CredentialsProvider {
			return credentials.NewStaticAKCredentialsProvider(v[0], v[1])
		},
	},
	authSTSToken: {
		fields: []string{"accessKeyId", "accessKeySecret", "securityToken"},
		provider: func(v []string) credentials.CredentialsProvider {
			return credentials.NewStaticSTSCredentialsProvider(v[0], v[1], v[2])
		},
	},
	authDemo: {
		provider: func([]string) credentials.CredentialsProvider {
			return credentials.NewStaticAKCredentialsProvider(cdnsim.DemoKeyID, cdnsim.DemoKeySecret)
		},
	},
}

// fieldValues are the values of the fields that the way to sign in needs. Copying a key brings white space along.
func (s settings) fieldValues() []string {
	var values []string
	for _, field := range authTypes[s.AuthType].fields {
		values = append(values, strings.TrimSpace(s.secrets[field]))
	}
	return values
}

func (s settings) missingFields() error {
	var problems []error
	for i, value := range s.fieldValues() {
		if value == "" {
			field := authTypes[s.AuthType].fields[i]
			problems = append(problems, fmt.Errorf("%s: is missing; authType %s needs it", field, s.AuthType))
		}
	}
	return errors.Join(problems...)
}

// middlewares are the SDK's but for the one that lets each request of Grafana bring its own. Those add headers to the calls,
// and capture what is answered, which may quote keys and accounts, into frames. A call is not a single request's anyway:
// several may wait for it.
func middlewares() []httpclient.Middleware {
	return slices.DeleteFunc(httpclient.DefaultMiddlewares(), func(m httpclient.Middleware) bool {
		named, ok := m.(httpclient.MiddlewareName)
		return ok && named.MiddlewareName() == httpclient.ContextualMiddlewareName
	})
}

// newClient makes the client of the CDN API. In demo mode the API is simulated inside this process.
func newClient(
	ctx context.Context, instance backend.DataSourceInstanceSettings, s settings, now func() time.Time,
) (*cdn.Client, error) {
	provider := authTypes[s.AuthType].provider(s.fieldValues())
	if s.AuthType == authDemo {
		options := cdnsim.DemoOptions()
		options.Now, options.SigningClock = now, time.Now
		demo := cdnsim.InProcess(cdnsim.New(options))
		return cdn.NewClient(s.endpoint, &http.Client{Transport: &cdn.Signer{Credentials: provider, Next: demo}}), nil
	}
	options, err := instance.HTTPClientOptions(ctx)
	if err != nil {
		return nil, errors.New("the HTTP settings (timeout, TLS, proxy) are not valid; check them")
	}
	sign := httpclient.MiddlewareFunc(func(_ httpclient.Options, next http.RoundTripper) http.RoundTripper {
		return &cdn.Signer{Credentials: provider, Next: next}
	})
	// The signer comes last, next to the wire: tracing and whatever else quotes a URL then sees the unsigned one.
	options.Middlewares = append(middlewares(), sign)
	client, err := httpclient.New(options)
	if err != nil {
		return nil, errors.New("the HTTP settings (timeout, TLS, proxy) are not valid; check them")
	}
	return cdn.NewClient(s.endpoint, client), nil
}
