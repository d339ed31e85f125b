package plugin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// planted are credentials that must not come to light anywhere.
var planted = map[string]string{
	"accessKeyId":     "LTAI5tPlantedKeyId00",
	"accessKeySecret": "PlantedKeySecret000000000000",
	"securityToken":   "CAISPlantedSecurityToken+/==",
}

// telling is a text that an API, a gateway or a proxy may answer with: all that there is to give away, and more.
var telling = `server string to sign is:GET&%2F&AccessKeyId%3D` + planted["accessKeyId"] + ` Signature=c2VjcmV0 ` +
	planted["accessKeySecret"] + " " + planted["securityToken"] + " 1000000000000001"

// leaks are the ways to fail that quote, or could quote, a secret.
var leaks = map[string]setup{
	"wrong secret":      {api: cdnsim.Options{Keys: map[string]cdnsim.Key{planted["accessKeyId"]: {Secret: "another", SecurityToken: planted["securityToken"]}}}},
	"unknown key":       {},
	"wrong token":       {api: cdnsim.Options{Keys: map[string]cdnsim.Key{planted["accessKeyId"]: {Secret: planted["accessKeySecret"], SecurityToken: "another"}}}},
	"skewed clock":      {api: cdnsim.Options{SigningClock: func() time.Time { return time.Now().Add(time.Hour) }}},
	"no permission":     faulty(cdnsim.Fault{Error: &cdnsim.Error{Status: 403, Code: "Forbidden.RAM", Message: telling}}),
	"a telling error":   faulty(cdnsim.Fault{Error: &cdnsim.Error{Code: "Teapot", Message: telling}}),
	"a telling code":    faulty(cdnsim.Fault{Error: &cdnsim.Error{Code: telling, Message: telling}}),
	"throttled":         faulty(cdnsim.Fault{Error: &cdnsim.Error{Code: "Throttling.User", Message: telling}}),
	"a redirect":        faulty(cdnsim.Fault{Status: 302, Header: http.Header{"Location": {"http://127.0.0.1:1/?" + telling}}, Body: telling}),
	"a bad redirect":    faulty(cdnsim.Fault{Status: 301, Header: http.Header{"Location": {"::" + telling}}}),
	"a page":            faulty(cdnsim.Fault{Body: "<html>" + telling + "</html>"}),
	"a page under 403":  faulty(cdnsim.Fault{Status: 403, Body: "<html>" + telling + "</html>"}),
	"a text under 500":  faulty(cdnsim.Fault{Status: 500, Body: telling}),
	"a text for time":   faulty(cdnsim.Fault{Body: answerOf(telling, "1", "200")}),
	"a text for value":  faulty(cdnsim.Fault{Body: answerOf("2024-05-15T11:00:00Z", telling, "200")}),
	"a text for code":   faulty(cdnsim.Fault{Body: answerOf("2024-05-15T11:00:00Z", telling, telling)}),
	"a telling id":      faulty(cdnsim.Fault{Status: 400, Body: `{"RequestId":"` + telling + `","Code":"Teapot"}`}),
	"half an answer":    faulty(cdnsim.Fault{Edit: func(b []byte) []byte { return b[:len(b)/2] }}),
	"a cut connection":  faulty(cdnsim.Fault{Break: true}),
	"a cut answer":      faulty(cdnsim.Fault{Break: true, Body: telling}),
	"an API that hangs": impatient(faulty(cdnsim.Fault{Hang: true})),
	"headers that are none": {wrap: func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				_, _ = conn.Write([]byte("HTTP/1.1 what " + r.URL.String() + "\r\n\r\n"))
				_ = conn.Close()
			}
		})
	}},
	"an echo": {wrap: func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusBadGateway)
			_, _ = w.Write([]byte("cannot reach " + r.URL.String()))
		})
	}},
	"an address where nobody listens": {json: map[string]any{"endpoint": "http://127.0.0.1:1"}},
	"a name that does not exist":      impatient(setup{json: map[string]any{"endpoint": "https://nowhere.invalid"}}),
	"settings with mistakes":          {json: map[string]any{"callsPerSecond": 0, "endpoint": "http://example.com"}},
	"an endpoint with a password":     {json: map[string]any{"endpoint": "https://user:" + planted["accessKeySecret"] + "@example.com"}},
	"an endpoint with a query":        {json: map[string]any{"endpoint": "https://example.com/?AccessKeyId=" + planted["accessKeyId"]}},
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
// They have no deadline: how soon somebody answers is no matter here.
func everythingSaid(ctx context.Context, h handlers, pc backend.PluginContext, request *backend.QueryDataRequest) (string, error) {
	var group errgroup.Group
	var query, health, resource strings.Builder
	failed := func(said *strings.Builder, failed bool, answer any) error {
		text, _ := json.Marshal(answer)
		said.Write(text)
		if !failed {
			return fmt.Errorf("no failure: %s", text)
		}
		return nil
	}
	request.PluginContext = pc
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
	group.Go(func() error {
		response, err := h.QueryData(ctx, request)
		if err != nil {
			return err
		}
		for _, answer := range response.Responses {
			err = errors.Join(err, failed(&query, answer.Error != nil && answer.ErrorSource == backend.ErrorSourceDownstream, answer))
		}
		return err
	})
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
	return query.String() + health.String() + resource.String(), err
}

// sayAll has a data source fail in every way at once, and returns what it said. use says who is asked, and as whom.
func sayAll(t *testing.T, use func(name string, l *lab, s setup) (handlers, backend.PluginContext)) map[string]string {
	t.Helper()
	var group errgroup.Group
	var said sync.Map
	for name, s := range leaks {
		s.json, s.secrets, s.now = withSTS(s.json), planted, time.Now() // the clock of a process
		l := newLab(t, s)
		h, pc := use(name, l, s)
		group.Go(func() error {
			text, err := everythingSaid(t.Context(), h, pc, l.request(hour(`{"domains":["www.example.com"]}`)))
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
	for _, part := range []string{"Signature=", "Signature%", "AccessKeyId=", "AccessKeyId%", "SecurityToken=", "string to sign", "1000000000000001", "SignatureNonce"} {
		assert.NotContains(t, text, part)
	}
}

func TestNoFailureGivesASecretAway(t *testing.T) {
	t.Parallel() // some failures are tried again for seconds
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
	for metric := range metricTruths {
		requireSilence(t, string(mustJSON(t, l.ask(hour(`{"domainMode":"all","queryType":"`+metric+`"}`)))))
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
