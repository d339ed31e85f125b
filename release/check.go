package release

import (
	"archive/zip"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

// Subject is a built plugin that is checked, and what it was built of.
type Subject struct {
	// Folder has plugin.json.
	Folder fs.FS
	// Platforms are those that it must have an executable for.
	Platforms []Platform
	// Project is the repository.
	Project fs.FS

	plugin   Plugin
	problems []error
}

// The catalogue's validator is https://github.com/grafana/plugin-validator. These are its demands that can be looked at
// without the network, and some of our own.
var demands = []func(*Subject){
	(*Subject).checkFiles,
	(*Subject).checkExecutables,
	(*Subject).checkGoManifest,
	(*Subject).checkMetadata,
	(*Subject).checkPaths,
	(*Subject).checkPictures,
	(*Subject).checkReadme,
	(*Subject).checkChangelog,
	(*Subject).checkLicence,
	(*Subject).checkBundle,
}

// Check returns everything that is wrong with a built plugin.
func Check(subject Subject) error {
	plugin, err := ReadPlugin(subject.Folder)
	if err != nil {
		return err
	}
	subject.plugin = plugin
	for _, demand := range demands {
		demand(&subject)
	}
	return errors.Join(subject.problems...)
}

// CheckArchive returns everything that is wrong with a release's zip, built for these platforms.
func CheckArchive(file string, platforms []Platform, project fs.FS) error {
	archive, err := zip.OpenReader(file)
	if err != nil {
		return err
	}
	defer func() { _ = archive.Close() }()
	roots, err := fs.ReadDir(archive, ".")
	if err != nil {
		return err
	}
	if len(roots) != 1 || !roots[0].IsDir() {
		return fmt.Errorf("%s: one folder, that of the plugin, may be at the top, not %d entries", file, len(roots))
	}
	folder, err := fs.Sub(archive, roots[0].Name())
	if err != nil {
		return err
	}
	plugin, err := ReadPlugin(folder)
	if err != nil {
		return err
	}
	if roots[0].Name() != plugin.ID {
		return fmt.Errorf("%s: the folder is called %q, the plugin %q", file, roots[0].Name(), plugin.ID)
	}
	err = Check(Subject{Folder: folder, Platforms: platforms, Project: project})
	if _, missing := fs.Stat(folder, noticesFile); missing != nil {
		err = errors.Join(err, missing)
	}
	return err
}

func (s *Subject) say(format string, args ...any) {
	s.problems = append(s.problems, fmt.Errorf(format, args...))
}

// read returns a file's text, and says so if there is none.
func (s *Subject) read(name string) []byte {
	text, err := fs.ReadFile(s.Folder, name)
	if err != nil {
		s.say("%w", err)
	} else if len(strings.TrimSpace(string(text))) == 0 {
		s.say("%s is empty", name)
	}
	return text
}

// expected matches the files of a plugin that are not its executables. MANIFEST.txt is the signature.
var expected = regexp.MustCompile(`^(plugin\.json|module\.js(\.map)?|README\.md|CHANGELOG\.md|LICENSE|MANIFEST\.txt|` +
	`THIRD_PARTY_LICENSES\.txt|go_plugin_build_manifest|img/.+\.(svg|png)|(dashboards|locales)/.+\.json)$`)

// checkFiles finds what has no business in a plugin: leftovers, sources, other things' files.
func (s *Subject) checkFiles() {
	err := fs.WalkDir(s.Folder, ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && !expected.MatchString(name) && !s.plugin.isExecutable(name) {
			s.say("%s: what is it?", name)
		}
		if err == nil && path.Base(name) == "plugin.json" && name != "plugin.json" {
			s.say("%s: a data source has no plugin within", name)
		}
		return err
	})
	if err != nil {
		s.say("%w", err)
	}
}
