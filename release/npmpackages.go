package release

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// sourceMap is what the bundler writes beside a bundle.
type sourceMap struct {
	Sources        []string `json:"sources"`
	SourcesContent []string `json:"sourcesContent"`
}

// bundled matches the folder of a package in the path of a source; the innermost where packages hold packages.
var bundled = regexp.MustCompile(`^.*node_modules/(?:@[^/]+/)?[^/]+`)

// NPMPackages returns the packages that are in the bundle, by what its source map says of where each line is from. What
// Grafana lends is not among them. The project is the folder that has node_modules.
func NPMPackages(plugin fs.FS, project string) ([]Component, error) {
	var bundle sourceMap
	if err := readJSON(plugin, "module.js.map", &bundle); err != nil {
		return nil, err
	}
	found := map[string]Component{}
	for _, source := range bundle.Sources {
		folder := bundled.FindString(source)
		if strings.HasPrefix(source, "webpack:///webpack/") {
			folder = "node_modules/webpack" // what it adds to each bundle
		}
		at := strings.Index(folder, "node_modules/")
		if at < 0 {
			continue
		}
		folder = folder[at:]
		if _, known := found[folder]; known {
			continue
		}
		component, err := npmPackage(project, folder)
		if err != nil {
			return nil, err
		}
		found[folder] = component
	}
	return slices.SortedFunc(maps.Values(found), compareComponents), nil
}

func npmPackage(project, folder string) (Component, error) {
	var manifest struct{ Name, Version, License string }
	if err := readJSON(os.DirFS(project), folder+"/package.json", &manifest); err != nil {
		return Component{}, err
	}
	texts, err := licenceTexts(filepath.Join(project, filepath.FromSlash(folder)))
	return Component{
		Name:     manifest.Name,
		Version:  manifest.Version,
		PURL:     "pkg:npm/" + strings.Replace(manifest.Name, "@", "%40", 1) + "@" + manifest.Version,
		Licences: []string{manifest.License},
		Texts:    texts,
	}, err
}
