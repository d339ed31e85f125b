package plugin

import (
	"context"
	"net/http"
	"runtime"
	"slices"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
	"github.com/originflow/aliyuncdn-datasource/pkg/rpc"
	"github.com/originflow/aliyuncdn-datasource/pkg/sts"
)

// connect makes the client of the CDN API. Its calls and those of the way to sign in go through the same HTTP client.
func (s settings) connect(httpClient *http.Client, on server, now func() time.Time) *cdn.Client {
	return cdn.NewClient(s.endpoint, httpClient, s.signIn(sts.New(s.stsEndpoint, httpClient, on.metadata), now))
}

// newHTTPClient makes the HTTP client that Grafana wants for the data source, with its proxy, TLS, timeout and headers. In
// demo mode the API is simulated inside this process.
func newHTTPClient(
	ctx context.Context, instance backend.DataSourceInstanceSettings, s settings, now func() time.Time,
) (*http.Client, error) {
	if s.AuthType == authDemo {
		options := cdnsim.DemoOptions()
		options.Now, options.SigningClock = now, time.Now
		options.Domains = cdnsim.LargeDemo(s.DemoDomains)
		return &http.Client{Transport: &rpc.Signer{Next: cdnsim.InProcess(cdnsim.New(options))}}, nil
	}
	options, err := httpOptions(ctx, instance)
	if err != nil {
		return nil, err
	}
	client, err := httpclient.New(options)
	if err != nil {
		return nil, errHTTPSettings
	}
	return client, nil
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

// httpOptions reads the SDK's own settings. The SDK panics over what should be a text and is none.
func httpOptions(ctx context.Context, instance backend.DataSourceInstanceSettings) (options httpclient.Options, err error) {
	defer func() {
		switch value := recover().(type) {
		case nil:
		case *runtime.TypeAssertionError:
			err = errHTTPSettings
		default:
			panic(value)
		}
	}()
	if options, err = instance.HTTPClientOptions(ctx); err != nil {
		return options, errHTTPSettings
	}
	sign := httpclient.MiddlewareFunc(func(_ httpclient.Options, next http.RoundTripper) http.RoundTripper {
		return &rpc.Signer{Next: next}
	})
	// The signer comes last, next to the wire: tracing and whatever else quotes a URL then sees the unsigned one.
	options.Middlewares = append(middlewares(), sign)
	return options, nil
}

// errHTTPSettings is told without the SDK's words, which quote settings.
var errHTTPSettings = newProblem("settings.http", nil)
