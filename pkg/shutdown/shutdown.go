// Package shutdown ends the plugin process in order when it is told to: what is being asked is answered first.
//
// Grafana ends its plugins itself, by a call. But whoever stops a whole service or container sends SIGTERM to every process
// in it, and then the plugin would be gone in the middle of the answers that Grafana still waits for.
package shutdown

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
)

const (
	// patience is how long requests may go on.
	patience = 3 * time.Second
	// lastWord is how long they may take to say that they were cut short.
	lastWord = time.Second
	// flush is how long what was answered may take to leave the process.
	flush = 100 * time.Millisecond
)

// Order ends a process in order.
type Order struct {
	plugin.NetRPCUnsupportedPlugin
	servers chan *grpc.Server
	// cut ends the requests that are still under way.
	cut context.CancelFunc
	end context.Context

	mu       sync.Mutex
	underWay int
	idle     chan struct{} // closed once nothing is under way; nil until somebody waits for it
}

// OnTerminate returns an order that is carried out when the process gets SIGTERM, once.
func OnTerminate() *Order {
	o := &Order{servers: make(chan *grpc.Server, 1)}
	o.end, o.cut = context.WithCancel(context.Background())
	terminated := make(chan os.Signal, 1)
	signal.Notify(terminated, syscall.SIGTERM)
	go func() {
		<-terminated
		o.stop(<-o.servers)
	}()
	return o
}

// Decorate has the order know the server and what it is asked. It is a [backend.ServeOptsDecorator]: the SDK has them for
// licenses, and no other way to either.
func (o *Order) Decorate(_ string, opts backend.ServeOpts) (backend.ServeOpts, error) {
	opts.HandlerMiddlewares = append(opts.HandlerMiddlewares, backend.HandlerMiddlewareFunc(func(next backend.Handler) backend.Handler {
		return &handler{backend.NewBaseHandler(next), o}
	}))
	opts.ExtraPlugins = plugin.PluginSet{"shutdown": o}
	return opts, nil
}

// GRPCServer takes the server, on which it serves nothing.
func (o *Order) GRPCServer(_ *plugin.GRPCBroker, server *grpc.Server) error {
	o.servers <- server
	return nil
}

// GRPCClient has nothing to offer.
func (o *Order) GRPCClient(context.Context, *plugin.GRPCBroker, *grpc.ClientConn) (any, error) {
	return nil, nil
}

// stop takes no more requests, waits for those under way, and stops the server, with which the process ends. The server's
// own graceful stop would wait for streams that Grafana never closes.
func (o *Order) stop(server *grpc.Server) {
	go server.GracefulStop()
	idle := o.whenIdle()
	select {
	case <-idle:
	case <-time.After(patience):
		o.cut()
		select {
		case <-idle:
		case <-time.After(lastWord):
		}
	}
	time.Sleep(flush)
	server.Stop()
}

func (o *Order) whenIdle() <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.idle = make(chan struct{})
	if o.underWay == 0 {
		close(o.idle)
	}
	return o.idle
}

// begin counts a request in, and gives it a context that the order may end; done counts it out.
func (o *Order) begin(ctx context.Context) (_ context.Context, done func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.underWay++
	ctx, cancel := context.WithCancel(ctx)
	spared := context.AfterFunc(o.end, cancel)
	return ctx, func() {
		spared()
		cancel()
		o.mu.Lock()
		defer o.mu.Unlock()
		if o.underWay--; o.underWay == 0 && o.idle != nil {
			close(o.idle)
			o.idle = nil
		}
	}
}

// handler counts the requests that the plugin answers.
type handler struct {
	backend.BaseHandler
	order *Order
}

// QueryData answers queries.
func (h *handler) QueryData(ctx context.Context, request *backend.QueryDataRequest) (*backend.QueryDataResponse, error) {
	ctx, done := h.order.begin(ctx)
	defer done()
	return h.BaseHandler.QueryData(ctx, request)
}

// CheckHealth checks a data source.
func (h *handler) CheckHealth(ctx context.Context, request *backend.CheckHealthRequest) (*backend.CheckHealthResult, error) {
	ctx, done := h.order.begin(ctx)
	defer done()
	return h.BaseHandler.CheckHealth(ctx, request)
}

// CallResource answers a resource call.
func (h *handler) CallResource(ctx context.Context, request *backend.CallResourceRequest, sender backend.CallResourceResponseSender) error {
	ctx, done := h.order.begin(ctx)
	defer done()
	return h.BaseHandler.CallResource(ctx, request, sender)
}
