//go:build mage

package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/magefile/mage/sh"
)

// oldestGrafana is the first version that grafanaDependency in plugin.json allows.
const oldestGrafana = "11.0.0"

// Compat type-checks the plugin against the packages of the oldest Grafana, and type-checks and tests it with those of
// the newest and its React. Each is installed in a folder of its own, which takes minutes and the network, so verify does
// not. ESLint holds the code to compat/grafana-11.0.0.json in the meantime.
func Compat(ctx context.Context) error {
	return steps(ctx,
		npmPackages,
		step{"types of Grafana " + oldestGrafana, func() error { return inNewFolder(compatOldest) }},
		step{"types and tests with the newest Grafana", func() error { return inNewFolder(compatNewest) }},
	)
}

// CompatExports writes compat/grafana-11.0.0.json, the names that the packages of the oldest Grafana export.
func CompatExports() error {
	return inNewFolder(func(folder string) error {
		if err := installOldest(folder); err != nil {
			return err
		}
		return sh.RunV("node", "compat/exports.js", folder, "compat/grafana-"+oldestGrafana+".json")
	})
}

func inNewFolder(use func(folder string) error) error {
	folder, err := os.MkdirTemp("", "aliyuncdn-compat-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	return use(folder)
}

// npmInstall installs packages in a folder, running none of their scripts.
func npmInstall(folder string, packages ...string) error {
	args := append([]string{"install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"}, packages...)
	return runIn(folder, "npm", args...)
}

func runIn(folder, program string, args ...string) error {
	command := exec.Command(program, args...)
	command.Dir, command.Stdout, command.Stderr = folder, os.Stdout, os.Stderr
	return command.Run()
}

func installOldest(folder string) error {
	if err := os.WriteFile(filepath.Join(folder, "package.json"), []byte("{}"), 0o644); err != nil {
		return err
	}
	return npmInstall(folder, "--omit=optional", "react@18.2", "@types/react@18",
		"@grafana/data@"+oldestGrafana, "@grafana/runtime@"+oldestGrafana, "@grafana/ui@"+oldestGrafana)
}

// compatOldest type-checks what is bundled, tests not. What the folder lacks is not Grafana's and is taken from here.
func compatOldest(folder string) error {
	if err := installOldest(folder); err != nil {
		return err
	}
	here, err := os.Getwd()
	if err != nil {
		return err
	}
	packages := filepath.Join(folder, "node_modules")
	config, err := json.Marshal(map[string]any{
		"extends": filepath.Join(here, "tsconfig.json"),
		"compilerOptions": map[string]any{
			"types": []string{},
			"paths": map[string][]string{"*": {packages + "/@types/*", packages + "/*"}},
		},
		"include": []string{},
		"files":   []string{filepath.Join(here, "src", "module.ts")},
	})
	if err != nil {
		return err
	}
	file := filepath.Join(folder, "tsconfig.json")
	if err := os.WriteFile(file, config, 0o644); err != nil {
		return err
	}
	return sh.RunV("npx", "tsc", "-p", file)
}

// compatNewest type-checks and tests what git has in its index.
func compatNewest(folder string) error {
	if err := sh.Run("git", "checkout-index", "--all", "--prefix="+folder+"/"); err != nil {
		return err
	}
	// Tests set the language of the i18next that @grafana/i18n asks.
	i18next, err := sh.Output("npm", "view", "@grafana/i18n@latest", "dependencies.i18next")
	if err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(folder, "package-lock.json")); err != nil {
		return err
	}
	packages := []string{"react@19", "react-dom@19", "@types/react@19", "@types/react-dom@19", "i18next@" + i18next}
	for _, name := range []string{"data", "i18n", "runtime", "schema", "ui"} {
		packages = append(packages, "@grafana/"+name+"@latest")
	}
	if err := npmInstall(folder, packages...); err != nil {
		return err
	}
	for _, script := range []string{"typecheck", "test:ci", "build"} {
		if err := runIn(folder, "npm", strings.Fields("run --silent "+script)...); err != nil {
			return err
		}
	}
	return nil
}
