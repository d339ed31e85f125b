// Package plugin is what Grafana calls: one file for each method of the SDK (query, health, resource), and what they
// share: settings, the query JSON, frames and errors.
//
// It knows Grafana, not HTTP and not time slices.
package plugin

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/instancemgmt"
	"github.com/grafana/grafana-plugin-sdk-go/backend/resource/httpadapter"

	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
	"github.com/originflow/aliyuncdn-datasource/pkg/plugin/locales"
)

// ID is the id of the plugin, as in src/plugin.json.
const ID = "originflow-aliyuncdn-datasource"

// accounts are shared by all data sources of the process: two data sources of one Alibaba Cloud account share its slices
// and its call budget.
var accounts originflow.Accounts

// Datasource is one configured data source.
type Datasource struct {
	backend.CallResourceHandler

	settings settings
	// words are those of the language that the settings choose.
	words *locales.Words
	// template is the reader but for its account, which the lease has.
	template originflow.Reader
	lease    *lease
	// broken is what is wrong with the settings. A data source with wrong settings exists all the same, to say so. It has
	// no reader and no lease.
	broken error
}

var (
	_ backend.QueryDataHandler      = (*Datasource)(nil)
	_ backend.CheckHealthHandler    = (*Datasource)(nil)
	_ backend.CallResourceHandler   = (*Datasource)(nil)
	_ instancemgmt.InstanceDisposer = (*Datasource)(nil)
)

// New makes a data source of its settings. What is wrong with the settings is not its failure: every query and the health
// check tell it.
func New(ctx context.Context, instance backend.DataSourceInstanceSettings) (instancemgmt.Instance, error) {
	var d *Datasource
	if err := guarded(ctx, func() { d = newDatasource(ctx, instance, time.Now) }); err != nil {
		return nil, errors.New(explain(locales.English, err).text)
	}
	return d, nil
}

func newDatasource(ctx context.Context, instance backend.DataSourceInstanceSettings, now func() time.Time) *Datasource {
	return thisServer().newDatasource(ctx, instance, now)
}

func (on server) newDatasource(
	ctx context.Context, instance backend.DataSourceInstanceSettings, now func() time.Time,
) *Datasource {
	d := &Datasource{}
	routes := http.NewServeMux()
	routes.HandleFunc("GET /domains", d.listDomains)
	d.CallResourceHandler = httpadapter.New(d.guardedHandler(routes))

	d.settings, d.broken = parseSettings(instance.JSONData, instance.DecryptedSecureJSONData)
	d.words = cmp.Or(locales.Languages[d.settings.Language], locales.English)
	if d.broken = errors.Join(d.broken, on.permits(d.settings.AuthType)); d.broken != nil {
		return d
	}
	client, err := newHTTPClient(ctx, instance, d.settings, now)
	if err != nil {
		d.broken = err
		return d
	}
	sharedCache, err := d.settings.sharedCache(ctx, instance)
	if err != nil {
		d.broken = err
		return d
	}
	d.template = originflow.Reader{
		Client:      d.settings.connect(client, on, now),
		APIVersion:  apiVersions[d.settings.APIVersion],
		SrcFlowUnit: flowUnits[d.settings.FlowUnit2014],
		DataDelay:   d.settings.dataDelay,
		Now:         now,
		Report:      logPanic,
	}
	d.lease = newLease(func() (*originflow.Account, func()) {
		return accounts.Open(d.settings.account(), originflow.Limits{
			CallsPerSecond: d.settings.CallsPerSecond,
			CacheBytes:     int64(d.settings.CacheMaxMB) << 20,
			SharedCache:    sharedCache,
		})
	})
	return d
}

// reader answers from the data source's account. To ask for it is to use the data source, which must not be broken: one
// that nobody uses for a day lets go of its account.
func (d *Datasource) reader() *originflow.Reader {
	reader := d.template
	reader.Account = d.lease.use()
	return &reader
}

// Dispose lets go of the account when the data source's settings change.
func (d *Datasource) Dispose() {
	if d.lease != nil {
		d.lease.dispose()
	}
}
