package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/gtime"
)

// Grafana's defaults for queries that do not say.
const (
	defaultMaxDataPoints = 100
	defaultIntervalMs    = 1000
)

// passedHeaders are the request headers the plugin gets to see. In Grafana FromAlert is set by the alerting engine;
// here whoever asks can set it, to see what a rule would see.
var passedHeaders = []string{"FromAlert", "X-Cache-Skip"}

// queryBody is the body of POST /api/ds/query. From and To are milliseconds since 1970 or relative, as "now-6h".
type queryBody struct {
	From    string            `json:"from"`
	To      string            `json:"to"`
	Queries []json.RawMessage `json:"queries"`
}

// queryHead is what the host reads of a query; the plugin gets the whole of it as it came.
type queryHead struct {
	RefID         string `json:"refId"`
	QueryType     string `json:"queryType"`
	IntervalMs    int64  `json:"intervalMs"`
	MaxDataPoints int64  `json:"maxDataPoints"`
	DataSource    struct {
		UID string `json:"uid"`
	} `json:"datasource"`
}

// query answers POST /api/ds/query. Like Grafana 11.0.0 it sets the HTTP status to 400 as soon as one query failed,
// and sends every query's own answer and status in the body all the same.
func (h *host) query(w http.ResponseWriter, r *http.Request) {
	var body queryBody
	if !readJSON(w, r, &body) {
		return
	}
	queries, err := parseQueries(body, time.Now())
	if err != nil {
		writeMessage(w, http.StatusBadRequest, err.Error())
		return
	}
	req := &backend.QueryDataRequest{
		PluginContext: h.pluginContext(), Queries: queries, Headers: map[string]string{},
	}
	for _, name := range passedHeaders {
		if value := r.Header.Get(name); value != "" {
			req.Headers[name] = value
		}
	}
	answer, err := h.plugin.query(r.Context(), req)
	if err != nil {
		writeMessage(w, http.StatusInternalServerError, "Query data error: "+err.Error())
		return
	}
	status := http.StatusOK
	for _, one := range answer.Responses {
		if one.Error != nil {
			status = http.StatusBadRequest
		}
	}
	writeJSON(w, status, answer)
}

// parseQueries turns Grafana's body into the SDK's queries.
func parseQueries(body queryBody, now time.Time) ([]backend.DataQuery, error) {
	if len(body.Queries) == 0 {
		return nil, fmt.Errorf("no queries found")
	}
	asked := gtime.TimeRange{From: body.From, To: body.To, Now: now}
	from, err := asked.ParseFrom()
	if err != nil {
		return nil, fmt.Errorf("from %q is not a time: %w", body.From, err)
	}
	to, err := asked.ParseTo()
	if err != nil {
		return nil, fmt.Errorf("to %q is not a time: %w", body.To, err)
	}
	queries := make([]backend.DataQuery, 0, len(body.Queries))
	for _, raw := range body.Queries {
		head := queryHead{RefID: "A", IntervalMs: defaultIntervalMs, MaxDataPoints: defaultMaxDataPoints}
		if err := json.Unmarshal(raw, &head); err != nil {
			return nil, fmt.Errorf("query is not valid: %w", err)
		}
		if uid := head.DataSource.UID; uid != "" && uid != dataSourceUID {
			return nil, fmt.Errorf("data source %q not found", uid)
		}
		queries = append(queries, backend.DataQuery{
			RefID: head.RefID, QueryType: head.QueryType, JSON: raw,
			Interval:      time.Duration(head.IntervalMs) * time.Millisecond,
			MaxDataPoints: head.MaxDataPoints,
			TimeRange:     backend.TimeRange{From: from, To: to},
		})
	}
	return queries, nil
}
