package release

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"
)

// Version is the version of the project, which package.json holds and everything else is filled in from.
func Version(project fs.FS) (string, error) {
	var manifest struct{ Version string }
	err := readJSON(project, "package.json", &manifest)
	return manifest.Version, err
}

// CheckVersion tells whether what is at hand may be released as tag: the tag is that of the version in package.json, and
// the changelog has a section of it, with a date.
func CheckVersion(project fs.FS, tag string) error {
	version, err := Version(project)
	if err != nil {
		return err
	}
	if strings.TrimPrefix(tag, "v") != version || tag == version {
		return fmt.Errorf("the tag is %q, but the version in package.json wants v%s", tag, version)
	}
	changes, err := fs.ReadFile(project, "CHANGELOG.md")
	if err != nil {
		return err
	}
	if !changelogHas(changes, version) {
		return fmt.Errorf("CHANGELOG.md has no section \"## [%s] - <year>-<month>-<day>\"", version)
	}
	return nil
}

func changelogHas(changes []byte, version string) bool {
	section := `(?m)^## \[` + regexp.QuoteMeta(version) + `\] - \d{4}-\d{2}-\d{2}$`
	return regexp.MustCompile(section).Match(changes)
}
