package main

import (
	"encoding/json"
	"maps"
	"sync"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// dataSourceUID is the uid of the one data source there is.
const dataSourceUID = "workbench"

// dataSource is the data source under test: Grafana's database row, kept in memory.
type dataSource struct {
	mu       sync.Mutex
	pluginID string
	name     string
	url      string
	jsonData json.RawMessage
	secrets  map[string]string
	version  int
	updated  time.Time
}

// dataSourceJSON is the data source as Grafana's HTTP API sends and takes it. Secrets come in through SecureJSONData
// and never go out: SecureJSONFields only says which of them are set.
type dataSourceJSON struct {
	ID               int64             `json:"id"`
	UID              string            `json:"uid"`
	OrgID            int64             `json:"orgId"`
	Name             string            `json:"name"`
	Type             string            `json:"type"`
	Access           string            `json:"access"`
	URL              string            `json:"url"`
	JSONData         json.RawMessage   `json:"jsonData"`
	SecureJSONFields map[string]bool   `json:"secureJsonFields"`
	SecureJSONData   map[string]string `json:"secureJsonData,omitempty"`
	Version          int               `json:"version"`
	ReadOnly         bool              `json:"readOnly"`
}

// newDataSource makes the data source in demo mode, so that there is something to see at once.
func newDataSource(pluginID string) *dataSource {
	return &dataSource{
		pluginID: pluginID,
		name:     "Workbench",
		jsonData: json.RawMessage(`{"authType":"demo"}`),
		secrets:  map[string]string{},
		version:  1,
		updated:  time.Now(),
	}
}

// public is what the page may know.
func (d *dataSource) public() dataSourceJSON {
	d.mu.Lock()
	defer d.mu.Unlock()
	fields := make(map[string]bool, len(d.secrets))
	for key := range d.secrets {
		fields[key] = true
	}
	return dataSourceJSON{
		ID: 1, UID: dataSourceUID, OrgID: 1, Name: d.name, Type: d.pluginID, Access: "proxy", URL: d.url,
		JSONData: d.jsonData, SecureJSONFields: fields, Version: d.version,
	}
}

// save takes new settings by Grafana's rules: a secret that is not sent is kept, an empty one is removed. The time of
// the change always grows by a millisecond or more, because the plugin builds a new instance only when it differs.
func (d *dataSource) save(in dataSourceJSON) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if in.Name != "" {
		d.name = in.Name
	}
	d.url = in.URL
	d.jsonData = in.JSONData
	if d.jsonData == nil {
		d.jsonData = json.RawMessage(`{}`)
	}
	for key, value := range in.SecureJSONData {
		if value == "" {
			delete(d.secrets, key)
			continue
		}
		d.secrets[key] = value
	}
	d.version++
	now := time.Now()
	if earliest := d.updated.Add(time.Millisecond); now.Before(earliest) {
		now = earliest
	}
	d.updated = now
}

// settings is the same data source as the plugin gets it, secrets included.
func (d *dataSource) settings() *backend.DataSourceInstanceSettings {
	d.mu.Lock()
	defer d.mu.Unlock()
	return &backend.DataSourceInstanceSettings{
		ID: 1, UID: dataSourceUID, Type: d.pluginID, Name: d.name, URL: d.url,
		JSONData: d.jsonData, DecryptedSecureJSONData: maps.Clone(d.secrets), Updated: d.updated,
	}
}
