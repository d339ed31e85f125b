package plugin

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/experimental/datasourcetest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// served is the plugin behind its real server, spoken to over gRPC. A process can have but one: its metrics are global.
var served = sync.OnceValues(func() (datasourcetest.TestPlugin, error) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return datasourcetest.TestPlugin{}, err
	}
	_ = free.Close()
	return datasourcetest.Manage(New, datasourcetest.ManageOpts{Address: free.Addr().String()})
})

// tenant is a data source of an account of its own, with a single domain. Its API has the machine's clock, as the server
// has.
type tenant struct {
	*lab
	domain  string
	context backend.PluginContext
}

func newTenant(t *testing.T, id int64, api cdnsim.Options) tenant {
	t.Helper()
	return newTenantBehind(t, id, api, nil)
}

// newTenantBehind is a tenant with something before its API.
func newTenantBehind(t *testing.T, id int64, api cdnsim.Options, wrap func(http.Handler) http.Handler) tenant {
	t.Helper()
	name := fmt.Sprintf("www.tenant-%d.com", id)
	keyID, secret := fmt.Sprintf("key-%d", id), fmt.Sprintf("secret-%d", id)
	api.Domains = []cdnsim.Domain{{Name: name}}
	api.Keys = map[string]cdnsim.Key{keyID: {Secret: secret}}
	s := setup{api: api, wrap: wrap, now: time.Now(), secrets: map[string]string{"accessKeyId": keyID, "accessKeySecret": secret}}
	l := newLab(t, s)
	instance := l.instance(s)
	instance.ID, instance.UID, instance.Updated = id, name, time.Now()
	return tenant{l, name, backend.PluginContext{Namespace: "default", PluginID: ID, DataSourceInstanceSettings: &instance}}
}

// lastHours asks for final 5-minute slices of the last hours.
func (tn tenant) lastHours(hours int) (request *backend.QueryDataRequest, from, to time.Time) {
	to = tn.now().Truncate(5 * time.Minute).Add(-30 * time.Minute)
	from = to.Add(-time.Duration(hours) * time.Hour)
	return &backend.QueryDataRequest{
		PluginContext: tn.context,
		Queries: []backend.DataQuery{{
			RefID: "A", JSON: []byte(`{"domainMode":"all","granularity":"5m","unit":"bytes"}`), MaxDataPoints: 10_000,
			TimeRange: backend.TimeRange{From: from, To: to},
		}},
	}, from, to
}

func TestThePluginServerServesSeveralDataSourcesAtOnce(t *testing.T) {
	p, err := served()
	require.NoError(t, err)
	var group errgroup.Group
	var checks []func()
	for id := range int64(4) {
		tn := newTenant(t, id+1, cdnsim.Options{Retired: id == 3})
		request, from, to := tn.lastHours(6)
		answers := make([]backend.DataResponse, 3)
		for i := range answers {
			group.Go(func() error {
				response, err := p.Client.QueryData(t.Context(), request)
				if err == nil {
					answers[i] = response.Responses["A"]
				}
				return err
			})
		}
		checks = append(checks, func() {
			for _, answer := range answers {
				require.NoError(t, answer.Error)
				require.Len(t, answer.Frames, 1)
				requireSlices(t, answer.Frames[0], []string{tn.domain}, from, to, 5*time.Minute, 1)
			}
		})
		group.Go(func() error {
			result, err := p.Client.CheckHealth(t.Context(), &backend.CheckHealthRequest{PluginContext: tn.context})
			if err == nil && result.Status != backend.HealthStatusOk {
				err = fmt.Errorf("%s: %s", tn.domain, result.Message)
			}
			return err
		})
		group.Go(func() error {
			var body []byte
			err := p.Client.CallResource(t.Context(),
				&backend.CallResourceRequest{PluginContext: tn.context, Method: "GET", Path: "domains", URL: "domains"},
				backend.CallResourceResponseSenderFunc(func(r *backend.CallResourceResponse) error {
					body = append(body, r.Body...)
					return nil
				}))
			var list domainList
			if err == nil {
				err = json.Unmarshal(body, &list)
			}
			if err == nil && (list.Total != 1 || list.Domains[0].Name != tn.domain) {
				err = fmt.Errorf("%s: %s", tn.domain, body)
			}
			return err
		})
	}
	require.NoError(t, group.Wait())
	for _, check := range checks {
		check()
	}
}

func TestThePluginServerAnswersWithWhatTheFramesHold(t *testing.T) {
	p, err := served()
	require.NoError(t, err)
	tn := newTenant(t, 9, cdnsim.Options{Retired: true})
	request, from, to := tn.lastHours(1)
	response, err := p.Client.QueryData(t.Context(), request)
	require.NoError(t, err)
	answer := response.Responses["A"]
	require.NoError(t, answer.Error)
	assert.Equal(t, backend.StatusOK, answer.Status)
	require.Len(t, answer.Frames, 1)
	requireSlices(t, answer.Frames[0], []string{tn.domain}, from, to, 5*time.Minute, 1)
	assert.Equal(t, float64(5*60*1000), answer.Frames[0].Fields[0].Config.Interval)
	custom := answer.Frames[0].Meta.Custom.(map[string]any)
	assert.Equal(t, "DescribeDomainSrcTrafficData", custom["operation"], "the successor of the retired operation")

	request.Queries[0].JSON = []byte(`{"unit":"miles"}`)
	response, err = p.Client.QueryData(t.Context(), request)
	require.NoError(t, err)
	answer = response.Responses["A"]
	assert.Equal(t, backend.StatusBadRequest, answer.Status)
	assert.Equal(t, backend.ErrorSourceDownstream, answer.ErrorSource)
	assert.ErrorContains(t, answer.Error, "unit")
}

func TestANewVersionOfTheSettingsTakesOver(t *testing.T) {
	p, err := served()
	require.NoError(t, err)
	tn := newTenant(t, 10, cdnsim.Options{})
	request, _, _ := tn.lastHours(1)
	wrong := *tn.context.DataSourceInstanceSettings
	wrong.DecryptedSecureJSONData = map[string]string{"accessKeyId": "key-10", "accessKeySecret": "old"}
	wrong.Updated = tn.now().Add(-time.Hour)
	request.PluginContext.DataSourceInstanceSettings = &wrong
	response, err := p.Client.QueryData(t.Context(), request)
	require.NoError(t, err)
	require.Equal(t, backend.StatusUnauthorized, response.Responses["A"].Status)

	right := *tn.context.DataSourceInstanceSettings
	right.Updated = tn.now()
	request.PluginContext.DataSourceInstanceSettings = &right
	response, err = p.Client.QueryData(t.Context(), request)
	require.NoError(t, err)
	assert.NoError(t, response.Responses["A"].Error)
}
