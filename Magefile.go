//go:build mage

// Every command of the project: go tool mage -l lists them. The two that matter are demo and verify; each installs what
// it needs. The files mage_*.go beside it have the commands that they are named after.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/build"
	"github.com/magefile/mage/sh"
	"github.com/magefile/mage/target"
)

// The steps that several commands are made of.
var (
	npmPackages    = step{"npm packages", install}
	translations   = step{"Chinese dashboards and alert rules", npm("run", "--silent", "translate")}
	goTests        = step{"Go tests with the race detector", testGo}
	frontendTests  = step{"frontend tests", testFrontend}
	pluginFrontend = step{"plugin frontend", buildFrontend}
	pluginBackend  = step{"plugin backend", buildBackend}
	workbench      = step{"workbench", buildWorkbench}
	redisServer    = step{"Redis server", redis.install}
	chromium       = step{"Chromium", browser.install}
)

// Verify installs what it needs and runs every check: checkGo and checkFrontend, side by side.
func Verify(ctx context.Context) error {
	return steps(ctx,
		redisServer, chromium, // here, as Debian installs one at a time
		step{"Go code and frontend", func() error { return sideBySide("checkGo", "checkFrontend") }},
	)
}

// CheckGo runs every check of the Go code: format, vet, lint, tests and simulation.
func CheckGo(ctx context.Context) error {
	return steps(ctx,
		step{"Go format, vet and staticcheck", lintGo},
		step{"workflows", lintWorkflows},
		redisServer, goTests,
		step{"simulation of 300 seeds", func() error { return Simulate(300, 1) }},
	)
}

// CheckFrontend runs every check of the frontend: format, types, lint, tests, builds, and the whole plugin in a browser.
func CheckFrontend(ctx context.Context) error {
	return steps(ctx,
		npmPackages,
		step{"TypeScript format, types and lint", lintTypeScript},
		step{"Chinese dashboards and alert rules are up to date", npm("run", "--silent", "translate:check")},
		frontendTests, pluginFrontend, pluginBackend,
		step{"what the catalogue demands of the plugin", checkDist},
		workbench, chromium,
		step{"browser tests", testBrowser},
	)
}

// Build builds the plugin into dist/ and the workbench into workbench/dist/.
func Build(ctx context.Context) error {
	return steps(ctx, npmPackages, translations, pluginFrontend, pluginBackend, workbench)
}

// Test runs the Go and the frontend tests, without the browser.
func Test(ctx context.Context) error {
	return steps(ctx, npmPackages, redisServer, goTests, frontendTests)
}

// govulncheck is run by its version, not as a tool of go.mod, whose packages it would raise.
const govulncheck = "golang.org/x/vuln/cmd/govulncheck@v1.9.0"

// Audit asks for known vulnerabilities of what the plugin is built of. The answer depends on the network and on the day,
// so verify does not ask.
func Audit() error {
	return errors.Join(
		sh.RunV("go", "run", govulncheck, "./pkg/..."),
		sh.RunV("npm", "audit", "--omit=dev", "--audit-level=high"),
	)
}

// Format rewrites Go and TypeScript files the way verify wants them.
func Format(ctx context.Context) error {
	return steps(ctx,
		npmPackages,
		step{"Go", func() error { return sh.RunV("go", append([]string{"tool", "gofumpt", "-w"}, goFiles()...)...) }},
		step{"TypeScript", npm("run", "--silent", "format")},
	)
}

// Translate writes provisioning/zh-Hans of the English dashboards and alert rules and the texts in localize/zh-Hans.json.
func Translate() error { return translations.run() }

// Clean deletes what the other commands made, except node_modules.
func Clean() error {
	for _, made := range []string{
		"dist", packages, "workbench/bin", "workbench/dist", "coverage",
		"e2e/results", "e2e/grafana/log", "e2e/grafana/results", "playwright",
	} {
		if err := os.RemoveAll(made); err != nil {
			return err
		}
	}
	return nil
}

// step is a part of a command that the user is told about.
type step struct {
	name string
	run  func() error
}

func steps(ctx context.Context, all ...step) error {
	for i, s := range all {
		if err := ctx.Err(); err != nil {
			return err
		}
		fmt.Printf("▸ [%d/%d] %s\n", i+1, len(all), s.name)
		start := time.Now()
		if err := s.run(); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		fmt.Printf("  done in %s\n", time.Since(start).Round(100*time.Millisecond))
	}
	return nil
}

func npm(args ...string) func() error {
	return func() error { return sh.RunV("npm", args...) }
}

// install installs exactly what package-lock.json says, if that is not what is there.
func install() error {
	stale, err := target.Path("node_modules/.package-lock.json", "package-lock.json")
	if err != nil || !stale {
		return err
	}
	return sh.RunV("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error")
}

// goFiles is where the project's Go code is.
func goFiles() []string {
	commands, _ := filepath.Glob("*.go")
	return append(commands, "pkg", "release", "workbench")
}

func lintGo() error {
	unformatted, err := sh.OutputWith(withoutCgo, "go", append([]string{"tool", "gofumpt", "-l"}, goFiles()...)...)
	if err != nil {
		return err
	}
	if unformatted != "" {
		return fmt.Errorf("not formatted, run go tool mage format:\n%s", unformatted)
	}
	for _, args := range [][]string{
		{"vet", "./..."},
		{"vet", "-tags", "mage", "."},
		{"tool", "staticcheck", "./..."},
		{"tool", "staticcheck", "-tags", "mage", "."},
		{"mod", "tidy", "-diff"},
	} {
		if err := sh.RunWithV(withoutCgo, "go", args...); err != nil {
			return err
		}
	}
	return nil
}

func lintTypeScript() error {
	for _, script := range []string{"format:check", "typecheck", "lint"} {
		if err := sh.RunV("npm", "run", "--silent", script); err != nil {
			return err
		}
	}
	return nil
}

// actionlint is run by its version, like govulncheck.
const actionlint = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12"

// lintWorkflows checks what GitHub would run. It finds the same whether there is a shellcheck or not.
func lintWorkflows() error {
	return sh.RunWithV(withoutCgo, "go", "run", actionlint, "-shellcheck=", "-pyflakes=")
}

// testGo allows a package more than the usual ten minutes: a busy machine is no failure. Tests that run in parallel wait
// most of the time. Vet has a step of its own.
func testGo() error {
	return sh.RunV("go", "test", "-race", "-vet=off", "-parallel=6", "-timeout=30m", "./...")
}

// withoutCgo is how the SDK builds the plugin's executable, and all else is that does without the race detector: what they
// have in common, three hundred packages, is compiled once.
var withoutCgo = map[string]string{"CGO_ENABLED": "0"}

func testFrontend() error { return sh.RunV("npm", "run", "--silent", "test:ci") }

// buildFrontend builds dist/module.js and what stands beside it, if a source is newer.
func buildFrontend() error {
	stale, err := target.Dir("dist/module.js",
		"src", "provisioning", "package.json", "package-lock.json", "webpack.config.js", "CHANGELOG.md", "LICENSE")
	if err != nil || !stale {
		return err
	}
	return sh.RunV("npm", "run", "--silent", "build")
}

// manifest is what the commands need of plugin.json, the one place that holds it.
type manifest struct{ ID, Executable string }

func readManifest() (plugin manifest, err error) {
	text, err := os.ReadFile("plugin.json")
	if err != nil {
		return plugin, err
	}
	return plugin, json.Unmarshal(text, &plugin)
}

// buildBackend builds the plugin's executable for this machine, if a source is newer.
func buildBackend() error {
	plugin, err := readManifest()
	if err != nil {
		return err
	}
	executable := filepath.Join("dist", plugin.Executable+"_"+runtime.GOOS+"_"+runtime.GOARCH)
	stale, err := target.Dir(executable, "pkg", "go.mod", "go.sum", "src/plugin.json", "package.json")
	if err != nil {
		return err
	}
	if !stale {
		return build.Build{}.GenerateManifestFile() // which is of every Go file
	}
	return build.Build{}.Custom(runtime.GOOS, runtime.GOARCH)
}

// workbenchHost is the executable that serves the workbench.
var workbenchHost = filepath.Join("workbench", "bin", "workbench")

// buildWorkbench builds the host and its page.
func buildWorkbench() error {
	if err := sh.RunWithV(withoutCgo, "go", "build", "-o", workbenchHost, "./workbench"); err != nil {
		return err
	}
	stale, err := target.Dir("workbench/dist/index.html",
		"workbench/web", "workbench/webpack.config.js", "package-lock.json")
	if err != nil || !stale {
		return err
	}
	return sh.RunV("npm", "run", "--silent", "build:workbench")
}

func testBrowser() error {
	env := map[string]string{browser.variable: browser.find()}
	return sh.RunWithV(env, "npx", "playwright", "test", "--config", "e2e/playwright.config.ts")
}

// Bench runs the benchmarks six times and prints a table of their medians; docs/performance.md says what to look at.
func Bench() error {
	folder, err := os.MkdirTemp("", "aliyuncdn-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	results, err := os.Create(filepath.Join(folder, "results"))
	if err != nil {
		return err
	}
	defer func() { _ = results.Close() }()
	for _, pkg := range []string{"cdn", "plugin"} {
		fmt.Println("▸ benchmarks of pkg/" + pkg)
		executable := filepath.Join(folder, pkg+".test")
		if err := sh.Run("go", "test", "-c", "-o", executable, "./pkg/"+pkg); err != nil {
			return err
		}
		// Not by go test, which would mix the log into the results.
		run := exec.Command(executable, "-test.run=^$", "-test.bench=.", "-test.benchmem", "-test.count=6")
		run.Dir, run.Stdout = filepath.Join("pkg", pkg), results
		if err := run.Run(); err != nil {
			return err
		}
	}
	return sh.RunV("go", "tool", "benchstat", "median="+results.Name())
}
