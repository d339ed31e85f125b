package plugin

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"golang.org/x/sync/errgroup"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
)

// planted are credentials that must not come to light anywhere.
var planted = map[string]string{
	"accessKeyId":     "LTAI5tPlantedKeyId00",
	"accessKeySecret": "PlantedKeySecret000000000000",
	"securityToken":   "CAISPlantedSecurityToken+/==",
}

// proxy is whom the plugin calls through, with a password that must not come to light either.
var proxy = url.UserPassword("proxy", "PlantedProxyPassword")

// telling is a text that an API, a gateway or a proxy may answer with: all that there is to give away, and more.
var telling = `server string to sign is:GET&%2F&AccessKeyId%3D` + planted["accessKeyId"] + ` Signature=c2VjcmV0 ` +
	planted["accessKeySecret"] + " " + planted["securityToken"] + " " + proxy.String() + " 1000000000000001"

// leaks are the ways to fail that quote, or could quote, a secret.
var leaks = map[string]setup{
	"wrong secret": {api: cdnsim.Options{Keys: map[string]cdnsim.Key{planted["accessKeyId"]: {Secret: "another", SecurityToken: planted["securityToken"]}}}},
	"unknown key":  {},
	"wrong token":  {api: cdnsim.Options{Keys: map[string]cdnsim.Key{planted["accessKeyId"]: {Secret: planted["accessKeySecret"], SecurityToken: "another"}}}},
	"skewed clock": {api: cdnsim.Options{SigningClock: func() time.Time { return time.Now().Add(time.Hour) }}},
	"no permission in detail": faulty(cdnsim.Fault{Status: 403, Body: `{"Code":"Forbidden.RAM","RequestId":"1","Message":"User not authorized",` +
		`"Recommend":"https://api.aliyun.com/troubleshoot?q=` + planted["accessKeyId"] + `","AccessDeniedDetail":{"AuthPrincipalType":"SubUser",` +
		`"AuthPrincipalOwnerId":"1000000000000001","AuthPrincipalDisplayName":"PlantedPrincipal","EncodedDiagnosticMessage":"PlantedDiagnosis"}}`}),
	"no permission":                    faulty(cdnsim.Fault{Error: &cdnsim.Error{Status: 403, Code: "Forbidden.RAM", Message: telling}}),
	"a telling error":                  faulty(cdnsim.Fault{Error: &cdnsim.Error{Code: "Teapot", Message: telling}}),
	"a telling code":                   faulty(cdnsim.Fault{Error: &cdnsim.Error{Code: telling, Message: telling}}),
	"throttled":                        faulty(cdnsim.Fault{Error: &cdnsim.Error{Code: "Throttling.User", Message: telling}}),
	"a redirect":                       faulty(cdnsim.Fault{Status: 302, Header: http.Header{"Location": {"http://127.0.0.1:1/?" + telling}}, Body: telling}),
	"a bad redirect":                   faulty(cdnsim.Fault{Status: 301, Header: http.Header{"Location": {"::" + telling}}}),
	"a page":                           faulty(cdnsim.Fault{Body: "<html>" + telling + "</html>"}),
	"a page under 403":                 faulty(cdnsim.Fault{Status: 403, Body: "<html>" + telling + "</html>"}),
	"a text under 500":                 faulty(cdnsim.Fault{Status: 500, Body: telling}),
	"a text for time":                  faulty(cdnsim.Fault{Body: answerOf(telling, "1", "200")}),
	"a text for value":                 faulty(cdnsim.Fault{Body: answerOf("2024-05-15T11:00:00Z", telling, "200")}),
	"a text for code":                  faulty(cdnsim.Fault{Body: answerOf("2024-05-15T11:00:00Z", telling, telling)}),
	"a telling id":                     faulty(cdnsim.Fault{Status: 400, Body: `{"RequestId":"` + telling + `","Code":"Teapot"}`}),
	"half an answer":                   faulty(cdnsim.Fault{Edit: func(b []byte) []byte { return b[:len(b)/2] }}),
	"a cut connection":                 faulty(cdnsim.Fault{Break: true}),
	"a cut answer":                     faulty(cdnsim.Fault{Break: true, Body: telling}),
	"an API that hangs":                impatient(faulty(cdnsim.Fault{Hang: true})),
	"headers that are none":            saying("HTTP/1.1 what %s\r\n\r\n"),
	"no HTTP":                          saying("what %s\r\n\r\n"),
	"a telling header":                 saying("HTTP/1.1 200 OK\r\n%s\r\n\r\n"),
	"a telling length":                 saying("HTTP/1.1 200 OK\r\nContent-Length: %s\r\n\r\n"),
	"a telling chunk":                  saying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%s\r\n"),
	"a telling status":                 saying("HTTP/1.1 503 %s\r\nContent-Length: 0\r\n\r\n"),
	"a telling hint":                   saying("HTTP/1.1 103 Early Hints\r\nLink: %s\r\n\r\nHTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"),
	"a certificate that nobody signed": {serve: func(l *lab) { l.server.StartTLS() }},
	"an outdated TLS": {json: map[string]any{"tlsSkipVerify": true}, serve: func(l *lab) {
		l.server.TLS = &tls.Config{MaxVersion: tls.VersionTLS11} //nolint:gosec // to be refused
		l.server.StartTLS()
	}},
	"no TLS": {serve: func(l *lab) {
		l.server.Start()
		l.server.URL = strings.Replace(l.server.URL, "http:", "https:", 1)
	}},
	"a TLS that hangs": impatient(setup{serve: func(l *lab) {
		l.server.Start()
		silent, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(l, err)
		l.Cleanup(func() { _ = silent.Close() })
		l.server.URL = "https://" + silent.Addr().String()
	}}),
	"a proxy that refuses": {json: map[string]any{"endpoint": "https://cdn.invalid"}, wrap: refusing, transport: func(l *lab, transport *http.Transport) {
		transport.Proxy = http.ProxyURL(&url.URL{Scheme: "http", User: proxy, Host: l.server.Listener.Addr().String()})
	}},
	"a proxy where nobody listens": {json: map[string]any{"endpoint": "https://cdn.invalid"}, transport: func(_ *lab, transport *http.Transport) {
		transport.Proxy = http.ProxyURL(&url.URL{Scheme: "http", User: proxy, Host: "127.0.0.1:1"})
	}},
	"a proxy that cannot be": {transport: func(_ *lab, transport *http.Transport) {
		transport.Proxy = func(*http.Request) (*url.URL, error) { // as the one of the environment says it
			return nil, fmt.Errorf("invalid proxy address %q", "http://"+proxy.String()+"@[")
		}
	}},
	"a panic": {transport: func(_ *lab, transport *http.Transport) {
		transport.Proxy = func(r *http.Request) (*url.URL, error) { panic(r.URL.String()) }
	}},
	"an echo":                         {wrap: func(http.Handler) http.Handler { return http.HandlerFunc(echo) }},
	"an address where nobody listens": {json: map[string]any{"endpoint": "http://127.0.0.1:1"}},
	"a name that does not exist":      impatient(setup{json: map[string]any{"endpoint": "https://nowhere.invalid"}}),
	"settings with mistakes":          {json: map[string]any{"callsPerSecond": 0, "endpoint": "http://example.com"}},
	"an endpoint with a password":     {json: map[string]any{"endpoint": "https://user:" + planted["accessKeySecret"] + "@example.com"}},
	"an endpoint with a query":        {json: map[string]any{"endpoint": "https://example.com/?AccessKeyId=" + planted["accessKeyId"]}},

	"an STS that refuses":         plantedRole(answer(403, `{"Code":"NoPermission","RequestId":"R-1","Message":"`+telling+`","AccessDeniedDetail":{"AuthPrincipalOwnerId":"1000000000000001"}}`)),
	"an STS with a telling code":  plantedRole(answer(400, `{"Code":"`+telling+`","RequestId":"`+telling+`"}`)),
	"an STS with a page":          plantedRole(answer(200, "<html>"+telling)),
	"an STS that redirects":       plantedRole(answer(302, telling)),
	"an STS that cuts":            plantedRole(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }),
	"an STS out of reach":         plantedRole(nil, "stsEndpoint", "http://127.0.0.1:1"),
	"an STS of somebody else":     plantedRole(nil, "stsEndpoint", "https://me:"+planted["accessKeySecret"]+"@example.com"),
	"a role that is none":         plantedRole(nil, "roleArn", "acs:ram::1000000000000001:user/me"),
	"an STS that speaks no HTTP":  plantedRole(babble),
	"an STS that echoes":          plantedRole(echo),
	"a session that is refused":   plantedRole(answer(200, plantedSession)),
	"a session that never begins": plantedRole(answer(200, strings.ReplaceAll(plantedSession, "2100-01-01T00:00:00Z", telling))),
	"a panic on the way to STS":   aPanicOnTheWayToSTS(),
}

// aPanicOnTheWayToSTS is one that nothing but a session waits for.
func aPanicOnTheWayToSTS() setup {
	s := plantedRole(nil)
	s.transport = func(_ *lab, transport *http.Transport) {
		transport.Proxy = func(r *http.Request) (*url.URL, error) { panic(r.URL.String()) }
	}
	return s
}

// plantedSession is what STS gives out.
var plantedSession = `{"Credentials":{"AccessKeyId":"` + planted["accessKeyId"] + `","AccessKeySecret":"` + planted["accessKeySecret"] +
	`","SecurityToken":"` + planted["securityToken"] + `","Expiration":"2100-01-01T00:00:00Z"}}`

// plantedRole is a data source that assumes a role with the planted key, at an STS that answers so; the CDN API echoes.
func plantedRole(sts http.HandlerFunc, settings ...string) setup {
	json := map[string]any{"authType": "ramRoleArn", "roleArn": "acs:ram::1000000000000001:role/r", "externalId": "PlantedExternalId"}
	for i := 0; i < len(settings); i += 2 {
		json[settings[i]] = settings[i+1]
	}
	return impatient(setup{json: json, wrap: func(cdn http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("Action") == "AssumeRole" {
				sts(w, r)
				return
			}
			cdn.ServeHTTP(w, r)
		})
	}})
}

func answer(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "http://127.0.0.1:1/?"+telling)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// babble answers with what is no HTTP, and quotes the call.
func babble(w http.ResponseWriter, r *http.Request) {
	say(w, "HTTP/1.1 what "+r.URL.String()+"\r\n\r\n")
}

// echo answers with the call, its body included.
func echo(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	w.WriteHeader(http.StatusBadGateway)
	_, _ = w.Write([]byte("cannot reach " + r.URL.String() + r.Form.Encode()))
}

// answerOf is one that has a point for every operation.
func answerOf(moment, value, code string) string {
	module := `{"DataModule":[{"TimeStamp":"` + moment + `","Value":"` + value + `","AccValue":"` + value + `"}]}`
	usage := `{"UsageData":[{"TimeStamp":"` + moment + `","Value":{"CodeProportionData":[{"Code":"` + code + `","Count":"` + value + `"}]}}]}`
	parts := []string{`"HttpCodeData":` + usage}
	for _, container := range []string{
		"SrcFlowDataPerInterval", "SrcTrafficDataPerInterval", "TrafficDataPerInterval", "SrcQpsDataPerInterval", "QpsDataInterval",
		"HitRateInterval", "ReqHitRateInterval",
	} {
		parts = append(parts, `"`+container+`":`+module)
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// saying is the setup of a server that says a text in place of an answer, with the signed URL for %s.
func saying(text string) setup {
	return setup{wrap: func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { say(w, strings.ReplaceAll(text, "%s", r.URL.String())) })
	}}
}

func say(w http.ResponseWriter, text string) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_, _ = conn.Write([]byte(text))
		_ = conn.Close()
	}
}

// refusing is a proxy that says why, in words that hold its password.
func refusing(http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		say(w, "HTTP/1.1 407 not with "+r.Header.Get("Proxy-Authorization")+" "+proxy.String()+"\r\nContent-Length: 0\r\n\r\n")
	})
}

// faulty is the setup of an API that answers every call with the fault. Its key is the planted one.
func faulty(fault cdnsim.Fault) setup {
	return setup{api: cdnsim.Options{
		Keys:  map[string]cdnsim.Key{planted["accessKeyId"]: {Secret: planted["accessKeySecret"], SecurityToken: planted["securityToken"]}},
		Fault: func(cdnsim.Call) *cdnsim.Fault { return &fault },
	}}
}

// impatient gives up calls that nobody answers after a second, which is the least that can be set.
func impatient(s setup) setup {
	json := map[string]any{"timeout": 1}
	maps.Copy(json, s.json)
	s.json = json
	return s
}

// handlers are a data source, in this process or in that of the plugin.
type handlers interface {
	backend.QueryDataHandler
	backend.CheckHealthHandler
	backend.CallResourceHandler
}

// everythingSaid is all that a data source answers to queries, a health check and a resource call, each of which fails.
// They have no deadline: how soon somebody answers is no matter here. Grafana is asked to capture what is answered.
func everythingSaid(
	ctx context.Context, h handlers, pc backend.PluginContext, source backend.ErrorSource, request *backend.QueryDataRequest,
) (string, error) {
	var group errgroup.Group
	var query, metrics, health, resource strings.Builder
	failed := func(said *strings.Builder, failed bool, answer any) error {
		text, _ := json.Marshal(answer)
		said.Write(text)
		if !failed {
			return fmt.Errorf("no failure: %s", text)
		}
		return nil
	}
	request.PluginContext = pc
	request.Headers = map[string]string{"X-Grafana-HAR-Capture": "true"}
	others := *request
	others.Queries = nil
	for _, m := range originflow.Metrics[1:] {
		another := request.Queries[0]
		another.RefID, another.JSON = m.Name, []byte(`{"queryType":"`+m.Name+`","domains":["www.example.com"]}`)
		others.Queries = append(others.Queries, another)
	}
	queries := map[string]string{
		"B": `{"domains":["www.example.com","img.example.com"],"mergeDomains":true,"gapFill":"zero"}`,
		"C": `{"domainMode":"regex","domainPattern":"."}`,
	}
	for metric := range metricTruths {
		queries[metric] = `{"domains":["api.example.com"],"queryType":"` + metric + `","timeShift":"5m"}`
	}
	for refID, query := range queries {
		another := request.Queries[0]
		another.RefID, another.JSON = refID, []byte(query)
		request.Queries = append(request.Queries, another)
	}
	ask := func(said *strings.Builder, request *backend.QueryDataRequest) func() error {
		return func() error {
			response, err := h.QueryData(ctx, request)
			if err != nil {
				return err
			}
			for _, answer := range response.Responses {
				err = errors.Join(err, failed(said, answer.Error != nil && answer.ErrorSource == source, answer))
			}
			return err
		}
	}
	group.Go(ask(&query, request))
	group.Go(ask(&metrics, &others))
	group.Go(func() error {
		result, err := h.CheckHealth(ctx, &backend.CheckHealthRequest{PluginContext: pc})
		if err != nil {
			return err
		}
		return failed(&health, result.Status == backend.HealthStatusError, result)
	})
	group.Go(func() error {
		status := 0
		err := h.CallResource(ctx, &backend.CallResourceRequest{PluginContext: pc, Path: "domains", Method: "GET", URL: "domains"},
			backend.CallResourceResponseSenderFunc(func(r *backend.CallResourceResponse) error {
				status = max(status, r.Status)
				resource.Write(r.Body)
				return nil
			}))
		return errors.Join(err, failed(&resource, status >= 400, status))
	})
	err := group.Wait()
	return query.String() + metrics.String() + health.String() + resource.String(), err
}

// sayAll has a data source fail in every way at once, and returns what it said. use says who is asked, and as whom; nobody
// is where that way to fail cannot be had.
func sayAll(t *testing.T, use func(name string, l *lab, s setup) (handlers, backend.PluginContext)) map[string]string {
	t.Helper()
	var group errgroup.Group
	var said sync.Map
	for name, s := range leaks {
		s.json, s.secrets, s.now = withSTS(s.json), planted, time.Now() // the clock of a process
		l := newLab(t, s)
		h, pc := use(name, l, s)
		if h == nil {
			continue
		}
		source := backend.ErrorSourceDownstream
		if strings.HasPrefix(name, "a panic") {
			source = backend.ErrorSourcePlugin
		}
		group.Go(func() error {
			text, err := everythingSaid(t.Context(), h, pc, source, l.request(hour(`{"domains":["www.example.com"]}`)))
			said.Store(name, text)
			if err != nil {
				err = fmt.Errorf("%s: %w", name, err)
			}
			return err
		})
	}
	require.NoError(t, group.Wait())
	all := map[string]string{}
	said.Range(func(name, text any) bool { all[name.(string)] = text.(string); return true })
	return all
}

// requireSilence asserts that a text gives nothing away.
func requireSilence(t *testing.T, text string) {
	t.Helper()
	for name, secret := range planted {
		assert.NotContains(t, text, secret, name)
	}
	password, _ := proxy.Password()
	for _, part := range []string{
		password, base64.StdEncoding.EncodeToString([]byte(proxy.String())), "PlantedPrincipal", "PlantedDiagnosis", "Signature=", "Signature%", "AccessKeyId=", "AccessKeyId%", "SecurityToken=", "string to sign", "1000000000000001", "SignatureNonce",
		"PlantedExternalId",
	} {
		assert.NotContains(t, text, part)
	}
}

func TestNoFailureGivesASecretAway(t *testing.T) {
	spans := traces()
	t.Parallel() // some failures are tried again for seconds
	defer spans.Reset()
	for name, said := range sayAll(t, func(_ string, l *lab, _ setup) (handlers, backend.PluginContext) {
		return l.source, backend.PluginContext{}
	}) {
		t.Run(name, func(t *testing.T) {
			assert.Greater(t, len(said), 100)
			requireSilence(t, said)
		})
	}
	families, err := prometheus.DefaultGatherer.Gather()
	require.NoError(t, err)
	var metrics strings.Builder
	for _, family := range families {
		metrics.WriteString(family.String())
	}
	assert.Contains(t, metrics.String(), "aliyuncdn_api_calls_total")
	requireSilence(t, metrics.String())
	assert.NotContains(t, metrics.String(), "example.com", "no label holds a domain")
	text := spanTexts(spans.GetSpans())
	for _, part := range []string{"Action=DescribeDomainSrcFlowData", "Action=DescribeUserDomains", "Action=AssumeRole", "no proper answer", "panic: a value of type string"} {
		assert.Contains(t, text, part)
	}
	requireSilence(t, text)
	requireSilence(t, fmt.Sprintf("%+v", spans.GetSpans()))
}

// traces keeps every span of this process from the first call on. There can be but one keeper, as the SDK's tracer is
// bound to the first.
var traces = sync.OnceValue(func() *tracetest.InMemoryExporter {
	spans := tracetest.NewInMemoryExporter()
	otel.SetTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans)))
	return spans
})

// spanTexts is all that spans tell.
func spanTexts(spans tracetest.SpanStubs) string {
	var text strings.Builder
	attributes := func(all []attribute.KeyValue) {
		for _, a := range all {
			fmt.Fprintf(&text, " %s=%s", a.Key, a.Value.String())
		}
	}
	for _, span := range spans {
		fmt.Fprintf(&text, "\n%s %s", span.Name, span.Status.Description)
		attributes(span.Attributes)
		for _, event := range span.Events {
			text.WriteString(" " + event.Name)
			attributes(event.Attributes)
		}
	}
	return text.String()
}

// withSTS adds the settings of the planted credentials.
func withSTS(json map[string]any) map[string]any {
	settings := map[string]any{"authType": "stsToken", "callsPerSecond": 100}
	for key, value := range json {
		settings[key] = value
	}
	return settings
}

func TestASuccessGivesNoSecretAwayEither(t *testing.T) {
	s := faulty(cdnsim.Fault{})
	s.api.Fault = nil
	s.json, s.secrets = withSTS(nil), planted
	l := newLab(t, s)
	for _, m := range originflow.Metrics {
		answer := l.ask(hour(`{"domainMode":"all","queryType":"` + m.Name + `"}`))
		require.NoError(t, answer.Error)
		requireSilence(t, string(mustJSON(t, answer)))
	}
}

func TestNoCredentialFollowsARedirect(t *testing.T) {
	var followed []string
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { followed = append(followed, r.URL.String()) }))
	defer elsewhere.Close()
	s := faulty(cdnsim.Fault{Status: 307, Header: http.Header{"Location": {elsewhere.URL}}})
	s.json, s.secrets = withSTS(nil), planted
	l := newLab(t, s)
	for metric := range metricTruths {
		require.Error(t, l.ask(hour(`{"domains":["www.example.com"],"queryType":"`+metric+`"}`)).Error)
	}
	assert.Empty(t, followed)
}
