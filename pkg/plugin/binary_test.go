package plugin

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/grpcplugin"
	"github.com/grafana/grafana-plugin-sdk-go/genproto/pluginv2"
	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	coltrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
)

// binary is the plugin as it is shipped: built, started and spoken to the way Grafana does it.
type binary struct {
	data        grpcplugin.DataClient
	diagnostics grpcplugin.DiagnosticsClient
	resources   grpcplugin.ResourceClient
	// log is what the process writes to stderr, where Grafana reads its log; complete once stop has returned.
	log     *lockedBuffer
	stop    func()
	client  *goplugin.Client
	process *exec.Cmd
}

// startBinary builds the plugin and starts it with an environment, besides that of the test.
func startBinary(t *testing.T, environment ...string) *binary {
	t.Helper()
	return launch(t, buildBinary(t), environment...)
}

func buildBinary(t *testing.T) (executable string) {
	t.Helper()
	executable = filepath.Join(t.TempDir(), "gpx_aliyuncdn")
	build := exec.Command("go", "build", "-o", executable, "./pkg")
	build.Dir = "../.."
	output, err := build.CombinedOutput()
	require.NoError(t, err, string(output))
	return executable
}

// launch starts an executable that is the plugin.
func launch(t testing.TB, executable string, environment ...string) *binary {
	t.Helper()
	b := &binary{log: &lockedBuffer{}, process: exec.Command(executable)}
	b.process.Env = append(os.Environ(), environment...)
	b.client = goplugin.NewClient(&goplugin.ClientConfig{
		Cmd: b.process,
		HandshakeConfig: goplugin.HandshakeConfig{
			ProtocolVersion:  grpcplugin.ProtocolVersion,
			MagicCookieKey:   grpcplugin.MagicCookieKey,
			MagicCookieValue: grpcplugin.MagicCookieValue,
		},
		VersionedPlugins: map[int]goplugin.PluginSet{grpcplugin.ProtocolVersion: {
			"data":        &grpcplugin.DataGRPCPlugin{},
			"diagnostics": &grpcplugin.DiagnosticsGRPCPlugin{},
			"resource":    &grpcplugin.ResourceGRPCPlugin{},
		}},
		AllowedProtocols: []goplugin.Protocol{goplugin.ProtocolGRPC},
		Logger:           hclog.NewNullLogger(),
		Stderr:           b.log,
	})
	b.stop = sync.OnceFunc(b.client.Kill)
	t.Cleanup(b.stop)
	protocol, err := b.client.Client()
	require.NoError(t, err)
	b.data = dispense[grpcplugin.DataClient](t, protocol, "data")
	b.diagnostics = dispense[grpcplugin.DiagnosticsClient](t, protocol, "diagnostics")
	b.resources = dispense[grpcplugin.ResourceClient](t, protocol, "resource")
	return b
}

func dispense[C any](t testing.TB, protocol goplugin.ClientProtocol, name string) C {
	t.Helper()
	raw, err := protocol.Dispense(name)
	require.NoError(t, err)
	client, ok := raw.(C)
	require.True(t, ok, name)
	return client
}

// QueryData asks the process for data.
func (b *binary) QueryData(ctx context.Context, request *backend.QueryDataRequest) (*backend.QueryDataResponse, error) {
	answer, err := b.data.QueryData(ctx, backend.ToProto().QueryDataRequest(request))
	if err != nil {
		return nil, err
	}
	return backend.FromProto().QueryDataResponse(answer)
}

// CheckHealth has the process check a data source.
func (b *binary) CheckHealth(ctx context.Context, request *backend.CheckHealthRequest) (*backend.CheckHealthResult, error) {
	answer, err := b.diagnostics.CheckHealth(ctx, &pluginv2.CheckHealthRequest{
		PluginContext: backend.ToProto().PluginContext(request.PluginContext),
	})
	if err != nil {
		return nil, err
	}
	return backend.FromProto().CheckHealthResponse(answer), nil
}

// CallResource calls a resource of the process.
func (b *binary) CallResource(ctx context.Context, request *backend.CallResourceRequest, sender backend.CallResourceResponseSender) error {
	stream, err := b.resources.CallResource(ctx, backend.ToProto().CallResourceRequest(request))
	for err == nil {
		var part *pluginv2.CallResourceResponse
		if part, err = stream.Recv(); err == nil {
			err = sender.Send(backend.FromProto().CallResourceResponse(part))
		}
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// lockedBuffer is a buffer that a process may write to while a test reads.
type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

// Write appends p.
func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

// String is everything written so far.
func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}

func TestTheBuiltPluginAnswersFromAnAPIOverHTTP(t *testing.T) {
	b := startBinary(t)
	l := newLab(t, setup{now: time.Now()}) // the process has the machine's clock
	instance := l.instance(setup{})
	instance.Updated = time.Now()
	pc := backend.PluginContext{Namespace: "default", PluginID: ID, DataSourceInstanceSettings: &instance}
	domains := []string{"www.example.com", "video.example.com"}

	to := time.Now().UTC().Truncate(5 * time.Minute).Add(-30 * time.Minute)
	from := to.Add(-24 * time.Hour)
	response, err := b.QueryData(t.Context(), &backend.QueryDataRequest{
		PluginContext: pc,
		Queries: []backend.DataQuery{{
			RefID: "A", JSON: mustJSON(t, map[string]any{"domains": domains}), MaxDataPoints: 1000,
			TimeRange: backend.TimeRange{From: from, To: to},
		}},
	})
	require.NoError(t, err)
	answer := response.Responses["A"]
	require.NoError(t, answer.Error)
	assert.Equal(t, domains, labels(answer.Frames))
	for i, f := range answer.Frames {
		assert.Equal(t, 288, f.Rows())
		requireSlices(t, f, domains[i:i+1], from, to, 5*time.Minute, 8)
	}
	assert.Len(t, l.calls(flow), 2)

	health, err := b.CheckHealth(t.Context(), &backend.CheckHealthRequest{PluginContext: pc})
	require.NoError(t, err)
	assert.Equal(t, backend.HealthStatusOk, health.Status, health.Message)

	var body strings.Builder
	require.NoError(t, b.CallResource(t.Context(),
		&backend.CallResourceRequest{PluginContext: pc, Method: "GET", Path: "domains", URL: "domains?search=video"},
		backend.CallResourceResponseSenderFunc(func(r *backend.CallResourceResponse) error {
			body.Write(r.Body)
			return nil
		})))
	assert.Contains(t, body.String(), `"name":"video.example.com"`)
	assert.Contains(t, body.String(), `"total":1`)
}

// collector receives the traces of a process.
type collector struct {
	coltrace.UnimplementedTraceServiceServer
	lockedBuffer
}

// Export keeps what it is told.
func (c *collector) Export(_ context.Context, spans *coltrace.ExportTraceServiceRequest) (*coltrace.ExportTraceServiceResponse, error) {
	_, err := c.Write([]byte(spans.String()))
	return &coltrace.ExportTraceServiceResponse{}, err
}

// startCollector starts one and returns its address with it.
func startCollector(t *testing.T) (*collector, string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	c, server := &collector{}, grpc.NewServer()
	coltrace.RegisterTraceServiceServer(server, c)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	return c, listener.Addr().String()
}

// TestTheLogGivesNoSecretAway has the built plugin fail in every way and reads the log, the metrics and the traces that it
// leaves. All but the APIs on this machine are behind a proxy that refuses.
func TestTheLogGivesNoSecretAway(t *testing.T) {
	t.Parallel() // some failures are tried again for seconds
	traces, address := startCollector(t)
	refusal := httptest.NewServer(refusing(nil))
	t.Cleanup(refusal.Close)
	b := startBinary(t, "GF_INSTANCE_OTLP_ADDRESS="+address, "OTEL_BSP_SCHEDULE_DELAY=100",
		"HTTPS_PROXY="+strings.Replace(refusal.URL, "://", "://"+proxy.String()+"@", 1), "NO_PROXY=")
	id := int64(0)
	for name, said := range sayAll(t, func(name string, l *lab, s setup) (handlers, backend.PluginContext) {
		if s.transport != nil && name != "a proxy that refuses" {
			return nil, backend.PluginContext{}
		}
		id++
		instance := l.instance(s)
		instance.ID, instance.UID, instance.Updated = id, name, time.Now()
		return b, backend.PluginContext{Namespace: "default", PluginID: ID, DataSourceInstanceSettings: &instance}
	}) {
		t.Run(name, func(t *testing.T) { requireSilence(t, said) })
	}
	metrics, err := b.diagnostics.CollectMetrics(t.Context(), &pluginv2.CollectMetricsRequest{})
	require.NoError(t, err)
	assert.Contains(t, string(metrics.Metrics.Prometheus), "aliyuncdn_api_calls_total")
	requireSilence(t, string(metrics.Metrics.Prometheus))
	b.stop()
	log := b.log.String()
	assert.Contains(t, log, "Read metric", "at the level debug, which is the most that the plugin logs")
	assert.Contains(t, log, "SignatureDoesNotMatch")
	requireSilence(t, log)
	for _, part := range []string{"Action=DescribeUserDomains", "Action=DescribeDomainHitRateData", "no proper answer"} {
		assert.Contains(t, traces.String(), part)
	}
	requireSilence(t, traces.String())
}

var _ handlers = (*binary)(nil)
