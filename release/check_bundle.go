package release

import (
	"io/fs"
	"path"
	"regexp"
	"strings"
)

// trackers are addresses that tell somebody about who looks at a page.
var trackers = regexp.MustCompile(`https?://[^\s"']*(google-analytics|googletagmanager|doubleclick|hotjar|segment\.(io|com)|` +
	`mixpanel|amplitude|matomo|sentry\.io|facebook\.net)`)

// checkBundle holds that the bundle is an AMD module, tracks nobody, and comes with a source map that quotes the sources
// as they are.
func (s *Subject) checkBundle() {
	bundle := string(s.read("module.js"))
	if !strings.HasPrefix(strings.TrimSpace(bundle), "define(") {
		s.say("module.js: not an AMD module")
	}
	if found := trackers.FindString(bundle); found != "" {
		s.say("module.js: tracks by %s", found)
	}
	var sources sourceMap
	if err := readJSON(s.Folder, "module.js.map", &sources); err != nil {
		s.say("%w", err)
	}
	own := 0
	for i, source := range sources.Sources {
		name, ours := strings.CutPrefix(source, "webpack:///./")
		if !ours || i >= len(sources.SourcesContent) {
			continue
		}
		own++
		text, err := fs.ReadFile(s.Project, path.Join("src", name))
		if err != nil {
			s.say("module.js.map: %w", err)
		} else if string(text) != sources.SourcesContent[i] {
			s.say("module.js.map: built of another src/%s; build again", name)
		}
	}
	if own == 0 {
		s.say("module.js.map: quotes none of our sources")
	}
}
