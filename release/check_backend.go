package release

import (
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// checkExecutables holds that there is one for each platform, that it is of that platform, and that Grafana may run it.
func (s *Subject) checkExecutables() {
	if !s.plugin.Backend || s.plugin.Executable == "" {
		s.say("plugin.json: backend and executable are missing")
		return
	}
	for _, platform := range s.Platforms {
		name := s.plugin.ExecutableName(platform)
		stat, err := fs.Stat(s.Folder, name)
		if err != nil {
			s.say("%w", err)
			continue
		}
		if mode := stat.Mode().Perm(); mode != 0o755 && platform.OS != "windows" {
			s.say("%s: its mode must be 0755, not %04o", name, mode)
		}
		info, err := buildinfo.Read(bytes.NewReader(s.read(name)))
		if err != nil {
			s.say("%s: not built by Go: %w", name, err)
			continue
		}
		settings := map[string]string{}
		for _, setting := range info.Settings {
			settings[setting.Key] = setting.Value
		}
		if is := (Platform{settings["GOOS"], settings["GOARCH"]}); is != platform {
			s.say("%s: built for %s", name, is)
		}
		s.checkNotices(name, info)
	}
	known := []string{}
	for _, platform := range Platforms {
		known = append(known, s.plugin.ExecutableName(platform))
	}
	entries, _ := fs.ReadDir(s.Folder, ".")
	for _, entry := range entries {
		if s.plugin.isExecutable(entry.Name()) && !slices.Contains(known, entry.Name()) {
			s.say("%s: not an executable of a platform that is built for", entry.Name())
		}
	}
}

// checkNotices holds, of an archive, that the licences of all modules that an executable is linked from are in it.
func (s *Subject) checkNotices(name string, info *buildinfo.BuildInfo) {
	notices, err := fs.ReadFile(s.Folder, noticesFile)
	if err != nil {
		return // what is built to be tried has none
	}
	for _, module := range info.Deps {
		if module.Replace != nil {
			module = module.Replace
		}
		if !bytes.Contains(notices, []byte("\n"+module.Path+" "+module.Version+": ")) {
			s.say("%s: the licence of %s %s is missing, which %s is linked from", noticesFile, module.Path, module.Version, name)
		}
	}
}

// checkGoManifest holds that the executables come with the checksums of the Go files that they were built of: each file
// of the project that Go builds, as it is.
func (s *Subject) checkGoManifest() {
	listed := map[string]string{}
	for line := range strings.Lines(string(s.read("go_plugin_build_manifest"))) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), ":")
		listed[name] = sum
	}
	err := fs.WalkDir(s.Project, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == ".git") {
			return fs.SkipDir
		}
		if entry.IsDir() || path.Ext(name) != ".go" {
			return nil
		}
		text, err := fs.ReadFile(s.Project, name)
		if sum := sha256.Sum256(text); listed[name] != hex.EncodeToString(sum[:]) {
			s.say("go_plugin_build_manifest: built of another %s; build again", name)
		}
		delete(listed, name)
		return err
	})
	if err != nil {
		s.say("%w", err)
	}
	for name := range listed {
		s.say("go_plugin_build_manifest: there is no %s", name)
	}
}
