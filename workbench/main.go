// Command workbench hosts the built plugin without Grafana.
//
// It starts the plugin binary over the plugin protocol, answers the few routes of Grafana's HTTP API that the plugin's
// frontend calls, and serves a small page that loads the built module.js as Grafana does. It imports none of the
// plugin's packages: what works here works because the built files work.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// shutdownGrace is how long running requests may take to finish once the host is told to stop.
const shutdownGrace = 3 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "workbench:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends. The only line it writes to stdout is the address, once requests are answered there, so
// that a script can wait for it; everything else goes to stderr.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("workbench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	addr := flags.String("addr", "127.0.0.1:0", "loopback address to listen on; port 0 picks a free one")
	dist := flags.String("dist", "dist", "folder of the built plugin")
	web := flags.String("web", "workbench/dist", "folder of the built page")
	if err := flags.Parse(args); err != nil {
		return err
	}

	manifest, err := readManifest(*dist)
	if err != nil {
		return err
	}
	listener, err := listenLoopback(*addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	origin := "http://" + listener.Addr().String()

	plugin, err := startPlugin(manifest, origin, stderr)
	if err != nil {
		return err
	}
	defer plugin.stop()

	host := &host{plugin: plugin, source: newDataSource(manifest.ID), dist: *dist, web: *web}
	server := &http.Server{Handler: host.handler(listener.Addr()), ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	fmt.Fprintln(stdout, origin+"/")

	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.Background(), shutdownGrace)
	defer cancel()
	if err := server.Shutdown(grace); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

// listenLoopback opens addr, which must be an address that only this machine can reach: the host holds credentials
// and asks nobody who they are.
func listenLoopback(addr string) (net.Listener, error) {
	tcp, err := net.ResolveTCPAddr("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("-addr %s: %w", addr, err)
	}
	if !tcp.IP.IsLoopback() {
		return nil, fmt.Errorf("-addr %s: only a loopback address is allowed, such as 127.0.0.1:8080", addr)
	}
	return net.ListenTCP("tcp", tcp)
}
