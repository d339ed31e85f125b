package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/grpcplugin"
	"github.com/grafana/grafana-plugin-sdk-go/genproto/pluginv2"
	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
)

// grafanaVersion is the version the host passes itself off as: the oldest that the plugin supports.
const grafanaVersion = "11.0.0"

// process is a running plugin binary, spoken to over the plugin protocol.
type process struct {
	client      *goplugin.Client
	data        grpcplugin.DataClient
	diagnostics grpcplugin.DiagnosticsClient
	resources   grpcplugin.ResourceClient
}

// startPlugin starts the binary with the handshake, protocol version and environment that Grafana gives it, and waits
// until it answers. appURL is the address the plugin is told Grafana has; what the plugin logs goes to log.
func startPlugin(m manifest, appURL string, log io.Writer) (*process, error) {
	cmd := exec.Command(m.binary)
	cmd.Env = append(os.Environ(),
		"GF_VERSION="+grafanaVersion, "GF_APP_URL="+appURL, "GF_PLUGIN_VERSION="+m.Info.Version)

	client := goplugin.NewClient(&goplugin.ClientConfig{
		Cmd: cmd,
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
		Logger:           hclog.New(&hclog.LoggerOptions{Name: "plugin", Level: hclog.Info, Output: log}),
	})
	p := &process{client: client}
	if err := p.connect(); err != nil {
		client.Kill()
		return nil, fmt.Errorf("starting %s: %w", m.binary, err)
	}
	return p, nil
}

// connect performs the handshake and takes the three services the host calls.
func (p *process) connect() error {
	protocol, err := p.client.Client()
	if err != nil {
		return err
	}
	data, errData := protocol.Dispense("data")
	diagnostics, errDiagnostics := protocol.Dispense("diagnostics")
	resources, errResources := protocol.Dispense("resource")
	if err := errors.Join(errData, errDiagnostics, errResources); err != nil {
		return err
	}
	var ok [3]bool
	p.data, ok[0] = data.(grpcplugin.DataClient)
	p.diagnostics, ok[1] = diagnostics.(grpcplugin.DiagnosticsClient)
	p.resources, ok[2] = resources.(grpcplugin.ResourceClient)
	if ok != [3]bool{true, true, true} {
		return errors.New("the plugin does not offer data, diagnostics and resources")
	}
	return nil
}

// stop asks the process to end and kills it if it does not.
func (p *process) stop() { p.client.Kill() }

// query asks for data.
func (p *process) query(ctx context.Context, req *backend.QueryDataRequest) (*backend.QueryDataResponse, error) {
	answer, err := p.data.QueryData(ctx, backend.ToProto().QueryDataRequest(req))
	if err != nil {
		return nil, err
	}
	return backend.FromProto().QueryDataResponse(answer)
}

// health asks the plugin whether the data source works.
func (p *process) health(ctx context.Context, pluginCtx backend.PluginContext) (*backend.CheckHealthResult, error) {
	answer, err := p.diagnostics.CheckHealth(ctx, &pluginv2.CheckHealthRequest{
		PluginContext: backend.ToProto().PluginContext(pluginCtx),
	})
	if err != nil {
		return nil, err
	}
	return backend.FromProto().CheckHealthResponse(answer), nil
}

// resource calls a resource and hands every part of the answer to send, in order.
func (p *process) resource(
	ctx context.Context, req *backend.CallResourceRequest, send func(*backend.CallResourceResponse) error,
) error {
	stream, err := p.resources.CallResource(ctx, backend.ToProto().CallResourceRequest(req))
	if err != nil {
		return err
	}
	for {
		part, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := send(backend.FromProto().CallResourceResponse(part)); err != nil {
			return err
		}
	}
}
