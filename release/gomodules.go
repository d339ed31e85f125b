package release

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// goPackage is what go list tells of one.
type goPackage struct {
	Dir      string
	Standard bool
	Module   *struct {
		Path, Version, Dir string
		Main               bool
	}
}

// GoModules returns the modules that the executable of any of the platforms is linked from, and Go's own library.
func GoModules(main, tags string, platforms []Platform) ([]Component, error) {
	found := map[string]Component{}
	seen := map[string]bool{}
	for _, platform := range platforms {
		packages, err := linked(main, tags, platform)
		if err != nil {
			return nil, err
		}
		for _, p := range packages {
			if p.Module == nil || p.Module.Main || seen[p.Dir] {
				continue
			}
			seen[p.Dir] = true
			purl := "pkg:golang/" + p.Module.Path + "@" + strings.ReplaceAll(p.Module.Version, "+", "%2B")
			module, known := found[purl]
			if !known {
				module = Component{Name: p.Module.Path, Version: p.Module.Version, PURL: purl}
			}
			if err := module.readLicences(p.Module.Dir, p.Dir); err != nil {
				return nil, err
			}
			found[purl] = module
		}
	}
	library, err := goLibrary()
	if err != nil {
		return nil, err
	}
	found[library.PURL] = library
	return slices.SortedFunc(maps.Values(found), compareComponents), nil
}

// linked asks Go which packages an executable is made of.
func linked(main, tags string, platform Platform) ([]goPackage, error) {
	list := exec.Command("go", "list", "-deps", "-tags", tags, "-json=Dir,Standard,Module", main)
	list.Env = append(os.Environ(), "GOOS="+platform.OS, "GOARCH="+platform.Arch, "CGO_ENABLED=0")
	list.Stderr = os.Stderr
	text, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	var packages []goPackage
	for decoder := json.NewDecoder(bytes.NewReader(text)); ; {
		var p goPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages, nil
		} else if err != nil {
			return nil, err
		}
		packages = append(packages, p)
	}
}

// readLicences adds what lies in a package's folder and in those above it, up to the module's: parts of a module may have
// a licence of their own.
func (c *Component) readLicences(module, folder string) error {
	for {
		texts, err := licenceTexts(folder)
		if err != nil {
			return err
		}
		for _, text := range texts {
			if !slices.Contains(c.Texts, text) {
				c.Texts = append(c.Texts, text)
				c.Licences = append(c.Licences, recognize(text)...)
			}
		}
		if folder == module {
			break
		}
		folder = filepath.Dir(folder)
	}
	slices.Sort(c.Texts)
	slices.Sort(c.Licences)
	c.Licences = slices.Compact(c.Licences)
	return nil
}

// goLibrary is the standard library and the run time, which every executable has a part of.
func goLibrary() (Component, error) {
	text, err := exec.Command("go", "env", "GOROOT", "GOVERSION").Output()
	if err != nil {
		return Component{}, err
	}
	root, version, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
	version = strings.TrimPrefix(version, "go")
	library := Component{Name: "std", Version: version, PURL: "pkg:golang/std@" + version}
	return library, library.readLicences(root, root)
}
