//go:build mage

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
)

// E2e runs the browser tests of e2e/grafana in a real Grafana: the one at GRAFANA_URL, which has the plugin and
// everything in provisioning/, or one started for them from GRAFANA_HOME, the folder of an unpacked Grafana.
func E2e(ctx context.Context) error { return inGrafana(ctx, "plugin") }

// Screenshots takes the pictures of the catalogue and the README anew, in the Grafana that e2e uses and in the workbench.
func Screenshots(ctx context.Context) error {
	return inGrafana(ctx, "pictures", workbench)
}

// inGrafana runs a project of e2e/grafana/playwright.config.ts, after the steps that it needs beside the plugin.
func inGrafana(ctx context.Context, project string, needs ...step) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	all := append([]step{npmPackages, chromium}, needs...)
	if url := os.Getenv("GRAFANA_URL"); url != "" {
		all = append(all, step{"Grafana at " + url, func() error { return playwright(ctx, url, project) }})
		return steps(ctx, all...)
	}
	grafana, found := findGrafana()
	if !found {
		return errors.New("this needs a Grafana, 11.0 or later: set GRAFANA_HOME to the folder of an unpacked one, " +
			"or GRAFANA_URL to the address of one that runs with the plugin and everything in provisioning/")
	}
	all = append(all,
		pluginFrontend,
		pluginBackend,
		step{"Grafana of " + grafana.home, func() error {
			return grafana.while(ctx, func(address string) error { return playwright(ctx, address, project) })
		}},
	)
	return steps(ctx, all...)
}

// while calls use with the address of a Grafana that has the plugin, everything in provisioning/ and a data folder of its
// own, and ends it afterwards. Its log is kept in e2e/grafana/log.
func (g grafanaInstall) while(ctx context.Context, use func(address string) error) error {
	data, err := os.MkdirTemp("", "aliyuncdn-e2e-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(data) }()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	server, address, err := g.command(ctx, data)
	if err != nil {
		return err
	}
	logs, err := filepath.Abs(filepath.Join("e2e", "grafana", "log"))
	if err != nil {
		return err
	}
	server.Env = append(server.Env, "GF_PATHS_LOGS="+logs, "GF_LOG_MODE=file")
	fmt.Println("  log in", logs)
	return runUntilDone(ctx, server, func() error {
		if err := waitFor(ctx, address+"/api/health"); err != nil {
			return err
		}
		defer stop()
		return use(address)
	})
}

// playwright runs a project of the tests in the Grafana at address.
func playwright(ctx context.Context, address, project string) error {
	tests := exec.CommandContext(ctx,
		"npx", "playwright", "test", "--config", "e2e/grafana/playwright.config.ts", "--project", project)
	tests.Env = append(os.Environ(), "GRAFANA_URL="+address, browser.variable+"="+browser.find())
	tests.Stdout, tests.Stderr = os.Stdout, os.Stderr
	return tests.Run()
}
