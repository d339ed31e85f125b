package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// manifest is what the host needs from the built plugin.json.
type manifest struct {
	ID         string `json:"id"`
	Executable string `json:"executable"`
	Info       struct {
		Version string `json:"version"`
	} `json:"info"`

	// binary is the path of the executable for this operating system and processor.
	binary string
}

// readManifest reads plugin.json from the folder of the built plugin and finds the binary that Grafana would start.
func readManifest(dist string) (manifest, error) {
	var m manifest
	raw, err := os.ReadFile(filepath.Join(dist, "plugin.json"))
	if err != nil {
		return m, fmt.Errorf("the plugin is not built: %w", err)
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return m, fmt.Errorf("%s/plugin.json: %w", dist, err)
	}
	if m.ID == "" || m.Executable == "" {
		return m, errors.New(dist + "/plugin.json has no id or no executable")
	}
	m.binary, err = filepath.Abs(filepath.Join(dist, binaryName(m.Executable)))
	if err != nil {
		return m, err
	}
	if _, err := os.Stat(m.binary); err != nil {
		return m, fmt.Errorf("the plugin is not built for this machine: %w", err)
	}
	return m, nil
}

// binaryName is Grafana's naming rule for plugin executables.
func binaryName(executable string) string {
	name := executable + "_" + runtime.GOOS + "_" + runtime.GOARCH
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return name
}
