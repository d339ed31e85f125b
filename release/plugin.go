// Package release turns the built plugin into what is published: an archive whose bytes depend on the sources alone, the
// licences of what is in it, a bill of materials, and a check for what the catalogue of Grafana demands.
package release

import (
	"encoding/json"
	"fmt"
	"io/fs"
)

// Plugin is what this package needs of plugin.json.
type Plugin struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	Type       string   `json:"type"`
	Backend    bool     `json:"backend"`
	Alerting   bool     `json:"alerting"`
	Executable string   `json:"executable"`
	Languages  []string `json:"languages"`
	Info       struct {
		Description string `json:"description"`
		Author      struct {
			Name string `json:"name"`
			URL  string `json:"url"`
		} `json:"author"`
		Keywords []string `json:"keywords"`
		Logos    struct {
			Small string `json:"small"`
			Large string `json:"large"`
		} `json:"logos"`
		Links []struct {
			Name string `json:"name"`
			URL  string `json:"url"`
		} `json:"links"`
		Screenshots []struct {
			Name string `json:"name"`
			Path string `json:"path"`
		} `json:"screenshots"`
		Version string `json:"version"`
		Updated string `json:"updated"`
	} `json:"info"`
	Includes []struct {
		Type string `json:"type"`
		Name string `json:"name"`
		Path string `json:"path"`
	} `json:"includes"`
	Dependencies struct {
		Grafana string `json:"grafanaDependency"`
	} `json:"dependencies"`
}

// ReadPlugin reads the plugin.json of a folder.
func ReadPlugin(folder fs.FS) (Plugin, error) {
	var plugin Plugin
	return plugin, readJSON(folder, "plugin.json", &plugin)
}

func readJSON(folder fs.FS, name string, into any) error {
	text, err := fs.ReadFile(folder, name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// Platform is an operating system and a processor, as Go names them.
type Platform struct{ OS, Arch string }

// Platforms are those that a release is built for.
var Platforms = []Platform{
	{"darwin", "amd64"},
	{"darwin", "arm64"},
	{"linux", "amd64"},
	{"linux", "arm64"},
	{"windows", "amd64"},
	{"windows", "arm64"},
}

func (p Platform) String() string { return p.OS + "/" + p.Arch }

// ExecutableName is how Grafana wants the executable of a platform to be called.
func (p Plugin) ExecutableName(on Platform) string {
	name := p.Executable + "_" + on.OS + "_" + on.Arch
	if on.OS == "windows" {
		name += ".exe"
	}
	return name
}
