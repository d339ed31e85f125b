package plugin

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
)

// recorder keeps what comes in at an API.
type recorder struct {
	mu       sync.Mutex
	requests []*http.Request
}

func (r *recorder) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		r.mu.Lock()
		r.requests = append(r.requests, request)
		r.mu.Unlock()
		next.ServeHTTP(w, request)
	})
}

// The parameters of a call: those that sign it, which every one has, and those of the operations.
var (
	signing = []string{
		"AccessKeyId", "Action", "Format", "RegionId", "Signature", "SignatureMethod", "SignatureNonce", "SignatureType", "SignatureVersion",
		"Timestamp", "Version",
	}
	ofSlices  = []string{"DomainName", "EndTime", "Interval", "StartTime"}
	ofDomains = []string{"PageNumber", "PageSize"}
)

// TestACallCarriesNothingButWhatItAsksFor has Grafana say all that it can about a user and a query, to the plugin's real
// server.
func TestACallCarriesNothingButWhatItAsksFor(t *testing.T) {
	p, err := served()
	require.NoError(t, err)
	var record recorder
	s := setup{wrap: record.wrap, now: time.Now(), json: map[string]any{
		"oauthPassThru": true, "keepCookies": []string{"grafana_session"}, "callsPerSecond": 100, "accessKeyId": "Other", "Action": "Other",
	}}
	l := newLab(t, s)
	instance := l.instance(s)
	instance.ID, instance.UID, instance.Updated = 77, "recorded", time.Now()
	pc := backend.PluginContext{
		Namespace: "default", PluginID: ID, DataSourceInstanceSettings: &instance,
		User: &backend.User{Login: "planted-login", Name: "planted-name", Email: "planted@example.com"},
	}
	headers := map[string]string{
		"Authorization": "Bearer planted", "X-ID-Token": "planted", "Cookie": "grafana_session=planted", "FromAlert": "true",
		"http_X-Grafana-User": "planted", "http_X-Dashboard-Uid": "planted", "http_X-Forwarded-For": "planted", "http_Referer": "planted",
		"X-Grafana-HAR-Capture": "true", "http_Baggage": "user=planted",
	}
	var queries []backend.DataQuery
	ask := func(query string) {
		queries = append(queries, backend.DataQuery{
			RefID: query, JSON: []byte(query), MaxDataPoints: 100,
			TimeRange: backend.TimeRange{From: l.now().Add(-2 * time.Hour), To: l.now()},
		})
	}
	for _, m := range originflow.Metrics {
		for mode, fields := range map[string]string{
			"list": `"domains":["www.example.com","img.example.com"]`, "all": `"domainMode":"all","mergeDomains":true`,
			"merged": `"domains":["www.example.com","img.example.com"],"mergeDomains":true`, "regex": `"domainMode":"regex","domainPattern":"^www"`,
		} {
			ask(`{"queryType":"` + m.Name + `",` + fields + `,"mode":"` + mode + `","Action":"DeleteCdnDomain","OwnerId":"1","datasource":{"uid":"planted"}}`)
		}
	}
	for _, fields := range []string{`"timeMerge":"on"`, `"timeMerge":"off"`, `"gapFill":"zero"`, `"granularity":"1h"`, `"provisional":"show"`, `"timeShift":"1d"`} {
		ask(`{"domains":["www.example.com"],` + fields + `}`)
	}
	response, err := p.Client.QueryData(t.Context(), &backend.QueryDataRequest{PluginContext: pc, Headers: headers, Queries: queries})
	require.NoError(t, err)
	for refID, answer := range response.Responses {
		assert.NoError(t, answer.Error, refID)
	}
	health, err := p.Client.CheckHealth(t.Context(), &backend.CheckHealthRequest{PluginContext: pc, Headers: headers})
	require.NoError(t, err)
	assert.Equal(t, backend.HealthStatusOk, health.Status, health.Message)
	require.NoError(t, p.Client.CallResource(t.Context(), &backend.CallResourceRequest{
		PluginContext: pc, Method: "GET", Path: "domains", URL: "domains?search=www&DomainName=planted&Action=planted",
		Headers: map[string][]string{"Cookie": {"planted"}, "Authorization": {"planted"}}, Body: []byte("planted"),
	}, backend.CallResourceResponseSenderFunc(func(*backend.CallResourceResponse) error { return nil })))

	record.mu.Lock()
	defer record.mu.Unlock()
	operations := map[string]bool{}
	for _, request := range record.requests {
		query := request.URL.Query()
		operation := query.Get("Action")
		operations[operation] = true
		allowed := slices.Concat(signing, ofSlices)
		switch operation {
		case flow:
			allowed = append(allowed, "TimeMerge", "FixTimeGap")
		case listing:
			allowed = slices.Concat(signing, ofDomains)
		}
		for name, values := range query {
			assert.Contains(t, allowed, name, operation)
			assert.Len(t, values, 1, name)
		}
		assert.Empty(t, query.Get("RegionId"), "is the SDK's, and nothing of ours")
		assert.Equal(t, http.MethodGet, request.Method)
		assert.Equal(t, "/", request.URL.Path)
		assert.Zero(t, request.ContentLength)
		assert.Subset(t, []string{"Accept-Encoding", "Traceparent", "User-Agent"}, slices.Collect(maps.Keys(request.Header)))
		for _, values := range request.Header {
			assert.NotContains(t, strings.Join(values, " "), "planted")
		}
		assert.NotContains(t, request.URL.String(), "planted")
	}
	assert.Len(t, operations, 9, "each operation was called")
	for _, call := range l.sim.Calls() {
		assert.Empty(t, call.Code, "%s: the simulated API refuses what it does not know", call.Operation)
	}
}
