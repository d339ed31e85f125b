//go:build mage

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/build"
	"github.com/grafana/grafana-plugin-sdk-go/build/buildinfo"
	"github.com/magefile/mage/sh"

	"github.com/originflow/aliyuncdn-datasource/release"
)

// packages is the folder that Package leaves the release in.
const packages = "packages"

// signer signs the plugin for those who have a token of Grafana's.
const (
	signer       = "@grafana/sign-plugin@3.3.3"
	signingToken = "GRAFANA_ACCESS_POLICY_TOKEN"
)

// Package makes a release in packages/: the plugin for every platform as a zip, its checksums and its bill of materials.
// The same commit makes the same bytes, unless it is signed: that is done where GRAFANA_ACCESS_POLICY_TOKEN is set.
func Package(ctx context.Context) error {
	at, err := sourceTime()
	if err != nil {
		return err
	}
	components := []release.Component{}
	all := []step{
		npmPackages,
		{"plugin frontend", func() error { return packageFrontend(at) }},
		{"plugin backend for " + fmt.Sprint(release.Platforms), func() error { return packageBackend(at) }},
		{"licences of what is in it", func() (err error) {
			components, err = collectComponents()
			return err
		}},
	}
	if token := os.Getenv(signingToken); token != "" {
		if err := os.Unsetenv(signingToken); err != nil { // nobody else needs it
			return err
		}
		all = append(all, step{"signature", func() error {
			return sh.RunWithV(map[string]string{signingToken: token}, "npx", "--yes", signer, "--distDir", "dist")
		}})
	}
	all = append(all,
		step{"archive, checksums, bill of materials", func() error { return packageArchive(at, components) }},
		step{"what the catalogue demands", checkPackages},
	)
	return steps(ctx, all...)
}

// Check holds the packaged plugin to what the catalogue of Grafana demands. What it finds in packages/ it looks at, and
// where there is nothing, at what is built in dist/.
func Check() error {
	if archives, _ := filepath.Glob(filepath.Join(packages, "*.zip")); len(archives) > 0 {
		return checkPackages()
	}
	return checkDist()
}

// CheckTag tells whether the commit at hand may be released as tag: package.json and CHANGELOG.md must know the version.
func CheckTag(tag string) error { return release.CheckVersion(os.DirFS("."), tag) }

// sourceTime is the time that a release is dated with: that of the commit, or SOURCE_DATE_EPOCH in seconds.
func sourceTime() (time.Time, error) {
	seconds := os.Getenv("SOURCE_DATE_EPOCH")
	if seconds == "" {
		var err error
		if seconds, err = sh.Output("git", "log", "-1", "--format=%ct"); err != nil {
			return time.Time{}, errors.New("not a clone of the repository: set SOURCE_DATE_EPOCH to the time of its sources")
		}
	}
	since, err := strconv.ParseInt(seconds, 10, 64)
	return time.Unix(since, 0).UTC(), err
}

func packageFrontend(at time.Time) error {
	if err := os.RemoveAll("dist"); err != nil {
		return err
	}
	env := map[string]string{"SOURCE_DATE_EPOCH": fmt.Sprint(at.Unix())}
	return sh.RunWithV(env, "npm", "run", "--silent", "build")
}

// packageBackend builds the executables as the SDK does, without what differs from one build to the next: the time, the
// folder, and the state of the working tree.
func packageBackend(at time.Time) error {
	plugin, err := release.ReadPlugin(os.DirFS("dist"))
	if err != nil {
		return err
	}
	info, err := json.Marshal(buildinfo.Info{Time: at.UnixMilli(), PluginID: plugin.ID, Version: plugin.Info.Version})
	if err != nil {
		return err
	}
	err = build.SetBeforeBuildCallback(func(config build.Config) (build.Config, error) {
		config.CustomVars = map[string]string{
			"github.com/grafana/grafana-plugin-sdk-go/build/buildinfo.buildInfoJSON": string(info),
		}
		if config.Env != nil {
			config.Env["GOFLAGS"] = strings.TrimSpace(os.Getenv("GOFLAGS") + " -trimpath -buildvcs=false")
		}
		return config, nil
	})
	if err != nil {
		return err
	}
	for _, platform := range release.Platforms {
		if err := (build.Build{}).Custom(platform.OS, platform.Arch); err != nil {
			return err
		}
	}
	return nil
}

// collectComponents finds what others made of what is in dist/, and writes its licences there.
func collectComponents() ([]release.Component, error) {
	modules, err := release.GoModules("./pkg", "arrow_json_stdlib", release.Platforms)
	if err != nil {
		return nil, err
	}
	bundled, err := release.NPMPackages(os.DirFS("dist"), ".")
	if err != nil {
		return nil, err
	}
	components := append(modules, bundled...)
	return components, release.WriteNotices("dist", components)
}

func packageArchive(at time.Time, components []release.Component) error {
	plugin, err := release.ReadPlugin(os.DirFS("dist"))
	if err != nil {
		return err
	}
	if err := errors.Join(os.RemoveAll(packages), os.Mkdir(packages, 0o755)); err != nil {
		return err
	}
	name := filepath.Join(packages, plugin.ID+"-"+plugin.Info.Version)
	if err := writeFile(name+".zip", func(file *os.File) error {
		return release.WriteArchive(file, os.DirFS("dist"), at)
	}); err != nil {
		return err
	}
	sum, err := release.WriteChecksums(name + ".zip")
	if err != nil {
		return err
	}
	fmt.Printf("  %s.zip: SHA-256 %s\n", name, sum)
	return writeFile(name+".cdx.json", func(file *os.File) error {
		return release.WriteSBOM(file, release.Archive{Plugin: plugin, SHA256: sum, At: at}, components)
	})
}

func writeFile(name string, write func(*os.File) error) error {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(write(file), file.Close())
}

func checkPackages() error {
	archives, err := filepath.Glob(filepath.Join(packages, "*.zip"))
	for _, archive := range archives {
		err = errors.Join(err, release.CheckArchive(archive, release.Platforms, os.DirFS(".")))
	}
	return err
}

// checkDist looks at what is built for this machine.
func checkDist() error {
	return release.Check(release.Subject{
		Folder:    os.DirFS("dist"),
		Platforms: []release.Platform{{OS: runtime.GOOS, Arch: runtime.GOARCH}},
		Project:   os.DirFS("."),
	})
}
