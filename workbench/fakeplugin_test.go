package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/datasource"
	"github.com/grafana/grafana-plugin-sdk-go/backend/grpcplugin"
	"github.com/grafana/grafana-plugin-sdk-go/backend/instancemgmt"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// TestMain lets the test binary be the plugin as well: the host starts it with the handshake's cookie in the
// environment, which nothing else sets.
func TestMain(m *testing.M) {
	if os.Getenv(grpcplugin.MagicCookieKey) == grpcplugin.MagicCookieValue {
		if err := datasource.Manage("fake", newFakeInstance, datasource.ManageOpts{}); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// fakeInstance is a plugin that tells what it was asked.
type fakeInstance struct {
	settings backend.DataSourceInstanceSettings
}

func newFakeInstance(_ context.Context, settings backend.DataSourceInstanceSettings) (instancemgmt.Instance, error) {
	return &fakeInstance{settings: settings}, nil
}

// QueryData answers one point at the range's start, or the error the query asks for.
func (f *fakeInstance) QueryData(_ context.Context, req *backend.QueryDataRequest) (*backend.QueryDataResponse, error) {
	answer := backend.NewQueryDataResponse()
	for _, q := range req.Queries {
		var ask struct {
			Fail string `json:"fail"`
		}
		if err := json.Unmarshal(q.JSON, &ask); err != nil {
			return nil, err
		}
		if ask.Fail != "" {
			answer.Responses[q.RefID] = backend.DataResponse{
				Error: errors.New(ask.Fail), Status: backend.StatusBadRequest, ErrorSource: backend.ErrorSourceDownstream,
			}
			continue
		}
		frame := data.NewFrame("asked",
			data.NewField("Time", nil, []time.Time{q.TimeRange.From}),
			data.NewField("Value", data.Labels{"points": fmt.Sprint(q.MaxDataPoints)},
				[]float64{q.TimeRange.Duration().Seconds()}))
		frame.Meta = &data.FrameMeta{Custom: req.Headers}
		answer.Responses[q.RefID] = backend.DataResponse{Frames: data.Frames{frame}}
	}
	return answer, nil
}

// CheckHealth is well when a secret is there, and says which settings it sees.
func (f *fakeInstance) CheckHealth(context.Context, *backend.CheckHealthRequest) (*backend.CheckHealthResult, error) {
	result := &backend.CheckHealthResult{
		Status: backend.HealthStatusError, Message: "no key", JSONDetails: f.settings.JSONData,
	}
	if key := f.settings.DecryptedSecureJSONData["accessKeySecret"]; key != "" {
		result.Status, result.Message = backend.HealthStatusOk, fmt.Sprintf("a key of %d letters", len(key))
	}
	return result, nil
}

// CallResource repeats the call in two parts.
func (f *fakeInstance) CallResource(
	_ context.Context, req *backend.CallResourceRequest, sender backend.CallResourceResponseSender,
) error {
	first := &backend.CallResourceResponse{
		Status: 418, Headers: map[string][]string{"content-type": {"text/plain"}}, Body: []byte(req.Method + " "),
	}
	if err := sender.Send(first); err != nil {
		return err
	}
	return sender.Send(&backend.CallResourceResponse{Body: []byte(req.URL + " " + string(req.Body))})
}
