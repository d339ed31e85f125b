package release

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// The forms that https://github.com/grafana/grafana/blob/main/docs/sources/developers/plugins/plugin.schema.json demands.
var (
	idForm         = regexp.MustCompile(`^[0-9a-z]+-[0-9a-z]+-datasource$`)
	versionForm    = regexp.MustCompile(`^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`)
	dateForm       = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	dependencyForm = regexp.MustCompile(`^(>=|[~^])?\d+\.(\d+|x)(\.(\d+|x))?$`)
)

func (s *Subject) checkMetadata() {
	p := s.plugin
	version, err := Version(s.Project)
	if err != nil {
		s.say("%w", err)
	}
	for _, demand := range []struct {
		met  bool
		what string
	}{
		{idForm.MatchString(p.ID), "id: <organization>-<name>-datasource"},
		{p.Type == "datasource", "type: datasource"},
		{p.Name != "" && p.Name != p.ID, "name: one for people"},
		{p.Backend || !p.Alerting, "alerting needs backend"},
		{p.Info.Description != "", "info.description"},
		{len(p.Info.Keywords) > 0, "info.keywords"},
		{p.Info.Author.Name != "", "info.author.name"},
		{len(p.Info.Links) > 0, "info.links"},
		{len(p.Info.Screenshots) > 0, "info.screenshots"},
		{versionForm.MatchString(p.Info.Version), "info.version: a semantic version"},
		{p.Info.Version == version, "info.version: that of package.json"},
		{dateForm.MatchString(p.Info.Updated), "info.updated: year-month-day"},
		{dependencyForm.MatchString(p.Dependencies.Grafana), "dependencies.grafanaDependency: a range of versions"},
	} {
		if !demand.met {
			s.say("plugin.json: %s", demand.what)
		}
	}
	addresses := []string{p.Info.Author.URL}
	for _, link := range p.Info.Links {
		addresses = append(addresses, link.URL)
	}
	for _, address := range addresses {
		if !strings.HasPrefix(address, "https://") {
			s.say("plugin.json: %q is not an https address", address)
		}
		s.checkOwnAddress("plugin.json", address)
	}
}

// checkPaths holds that what plugin.json names is there.
func (s *Subject) checkPaths() {
	names := []string{s.plugin.Info.Logos.Small, s.plugin.Info.Logos.Large}
	for _, picture := range s.plugin.Info.Screenshots {
		names = append(names, picture.Path)
	}
	for _, include := range s.plugin.Includes {
		names = append(names, include.Path)
		if include.Type != "dashboard" || include.Name == "" {
			s.say("plugin.json: what is %q?", include.Path)
		}
		if !json.Valid(s.read(include.Path)) {
			s.say("%s: not JSON", include.Path)
		}
	}
	for _, language := range s.plugin.Languages {
		names = append(names, path.Join("locales", language, s.plugin.ID+".json"))
	}
	for _, name := range names {
		if !fs.ValidPath(name) { // neither absolute nor with dots
			s.say("plugin.json: %q is not a path within the plugin", name)
		} else {
			s.read(name)
		}
	}
}

// checkPictures holds that pictures are what their names say, and that none runs a script.
func (s *Subject) checkPictures() {
	for _, picture := range s.plugin.Info.Screenshots {
		if _, err := png.DecodeConfig(bytes.NewReader(s.read(picture.Path))); err != nil {
			s.say("%s: %w", picture.Path, err)
		}
	}
	for _, logo := range []string{s.plugin.Info.Logos.Small, s.plugin.Info.Logos.Large} {
		if path.Ext(logo) != ".svg" {
			s.say("%s: the logo must be drawn at any size", logo)
		}
	}
	err := fs.WalkDir(s.Folder, ".", func(name string, _ fs.DirEntry, err error) error {
		if err == nil && path.Ext(name) == ".svg" {
			if err := harmless(s.read(name)); err != nil {
				s.say("%s: %w", name, err)
			}
		}
		return err
	})
	if err != nil {
		s.say("%w", err)
	}
}

// harmless tells whether a drawing is a drawing: no script, no foreign content, nothing from elsewhere.
func harmless(svg []byte) error {
	for decoder := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		element, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if slices.Contains([]string{"script", "foreignObject", "iframe", "image", "use", "a", "style"}, element.Name.Local) {
			return errors.New("holds <" + element.Name.Local + ">")
		}
		for _, attribute := range element.Attr {
			if strings.HasPrefix(attribute.Name.Local, "on") || attribute.Name.Local == "href" {
				return errors.New("has the attribute " + attribute.Name.Local)
			}
		}
	}
}
