//go:build mage

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Demo installs, builds and serves the plugin on built-in demo data, and prints the address: in Grafana where
// GRAFANA_HOME names an unpacked one or grafana is on the PATH, else in the workbench. Ctrl-C ends it.
func Demo(ctx context.Context) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	grafana, inGrafana := findGrafana()
	all := []step{npmPackages, pluginFrontend, pluginBackend}
	if !inGrafana {
		all = append(all, workbench)
	}
	if err := steps(ctx, all...); err != nil {
		return err
	}
	if inGrafana {
		return grafana.serve(ctx)
	}
	host := exec.CommandContext(ctx, workbenchHost, "-dist", "dist", "-web", "workbench/dist")
	return runUntilDone(ctx, host, func() error {
		say("The workbench needs no Grafana; GRAFANA_HOME=<folder of an unpacked Grafana> shows the plugin in a real one.",
			"Ctrl-C ends it.")
		return nil
	})
}

// grafanaInstall is a Grafana on this machine.
type grafanaInstall struct {
	executable string
	home       string
}

// findGrafana looks for an unpacked Grafana in GRAFANA_HOME, then for an installed one.
func findGrafana() (grafanaInstall, bool) {
	if home := os.Getenv("GRAFANA_HOME"); home != "" {
		return grafanaInstall{executable: filepath.Join(home, "bin", "grafana"), home: home}, true
	}
	path, err := exec.LookPath("grafana")
	if err != nil {
		return grafanaInstall{}, false
	}
	home := "/usr/share/grafana" // where the packages put it
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		unpacked := filepath.Dir(filepath.Dir(resolved))
		if _, err := os.Stat(filepath.Join(unpacked, "conf", "defaults.ini")); err == nil {
			home = unpacked
		}
	}
	return grafanaInstall{executable: path, home: home}, true
}

// serve runs Grafana with the plugin and everything in provisioning/ until ctx ends. Its data folder is a temporary one.
func (g grafanaInstall) serve(ctx context.Context) error {
	data, err := os.MkdirTemp("", "aliyuncdn-demo-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(data) }()
	server, address, err := g.command(ctx, data)
	if err != nil {
		return err
	}
	return runUntilDone(ctx, server, func() error {
		if err := waitFor(ctx, address+"/api/health"); err != nil {
			return err
		}
		say("Grafana with the plugin and its demo data: "+address,
			"Dashboard: "+address+"/dashboards", "Ctrl-C ends it.")
		return nil
	})
}

// command is Grafana on a free port of the loopback interface, with its data in the folder data.
func (g grafanaInstall) command(ctx context.Context, data string) (command *exec.Cmd, address string, err error) {
	here, err := os.Getwd()
	if err != nil {
		return nil, "", err
	}
	plugin, err := readManifest()
	if err != nil {
		return nil, "", err
	}
	plugins := filepath.Join(data, "plugins")
	if err := os.Mkdir(plugins, 0o755); err != nil {
		return nil, "", err
	}
	if err := os.Symlink(filepath.Join(here, "dist"), filepath.Join(plugins, plugin.ID)); err != nil {
		return nil, "", err
	}
	port, err := freePort()
	if err != nil {
		return nil, "", err
	}
	command = exec.CommandContext(ctx, g.executable, "server", "--homepath", g.home)
	command.Env = os.Environ()
	for key, value := range map[string]string{
		"PATHS_DATA":                             data,
		"PATHS_LOGS":                             filepath.Join(data, "log"),
		"PATHS_PLUGINS":                          plugins,
		"PATHS_PROVISIONING":                     filepath.Join(here, "provisioning"),
		"SERVER_HTTP_ADDR":                       "127.0.0.1",
		"SERVER_HTTP_PORT":                       port,
		"PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS": plugin.ID,
		"AUTH_ANONYMOUS_ENABLED":                 "true",
		"AUTH_ANONYMOUS_ORG_ROLE":                "Viewer",
		"ANALYTICS_REPORTING_ENABLED":            "false",
		"ANALYTICS_CHECK_FOR_UPDATES":            "false",
		"ANALYTICS_CHECK_FOR_PLUGIN_UPDATES":     "false",
		"LOG_LEVEL":                              "warn",
	} {
		command.Env = append(command.Env, "GF_"+key+"="+value)
	}
	return command, "http://127.0.0.1:" + port, nil
}

// say prints lines that must not be missed.
func say(lines ...string) { fmt.Println("\n" + strings.Join(lines, "\n")) }

// runUntilDone starts a server, calls ready, and waits for the server to end, which the end of ctx brings about.
func runUntilDone(ctx context.Context, server *exec.Cmd, ready func() error) error {
	server.Stdout, server.Stderr = os.Stdout, os.Stderr
	server.Cancel = func() error { return server.Process.Signal(syscall.SIGTERM) }
	server.WaitDelay = 10 * time.Second
	if err := server.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Wait() }()
	if err := ready(); err != nil {
		_ = server.Process.Signal(syscall.SIGTERM)
		<-ended
		return err
	}
	err := <-ended
	if ctx.Err() != nil {
		return nil // asked to
	}
	return err
}

// waitFor returns when url answers 200.
func waitFor(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-time.After(250 * time.Millisecond):
		case <-ctx.Done():
			return errors.New("no Grafana within two minutes; its log is above")
		}
	}
}

func freePort() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer func() { _ = listener.Close() }()
	return fmt.Sprint(listener.Addr().(*net.TCPAddr).Port), nil
}
