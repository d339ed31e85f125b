package release

import (
	"io/fs"
	"path"
	"regexp"
	"strings"
)

// link matches the address of a Markdown link or picture, inline or by reference, or of an HTML attribute.
var link = regexp.MustCompile(`(?m)\]\(\s*<?([^)\s>]+)|^\[[^\]]+\]:\s*(\S+)|(?:href|src)="([^"]+)"`)

// checkReadme holds that the text is for those who install.
func (s *Subject) checkReadme() {
	text := string(s.read("README.md"))
	for _, word := range []string{"yarn", "nodejs", "npm", "go tool"} {
		if strings.Contains(text, word) {
			s.say("README.md: %q is for those who build, not for those who install", word)
		}
	}
	s.checkLinks("README.md", text)
}

// checkLinks holds that the catalogue can show the text: it has no page that a relative link could be relative to.
func (s *Subject) checkLinks(name, text string) {
	for _, match := range link.FindAllStringSubmatch(text, -1) {
		switch address := match[1] + match[2] + match[3]; {
		case strings.HasPrefix(address, "https://"):
			s.checkOwnAddress(name, address)
		case !strings.HasPrefix(address, "#"):
			s.say("%s: %q is not an https address", name, address)
		}
	}
}

// ownAddress matches an address of a file in our repository, as a page or as it is.
var ownAddress = regexp.MustCompile(`^https://(?:github\.com/([^/]+/[^/]+)/(?:blob|tree|raw)|` +
	`raw\.githubusercontent\.com/([^/]+/[^/]+))/[^/]+/([^#?]+)`)

// checkOwnAddress holds that an address of our repository is of a file that it has. Others are not asked.
func (s *Subject) checkOwnAddress(where, address string) {
	parts := ownAddress.FindStringSubmatch(address)
	if parts == nil || !strings.HasPrefix(s.plugin.repository(), "https://github.com/"+parts[1]+parts[2]) {
		return
	}
	if _, err := fs.Stat(s.Project, path.Clean(parts[3])); err != nil {
		s.say("%s: %s: %w", where, address, err)
	}
}

// repository is the address of the project's page.
func (p Plugin) repository() string {
	if len(p.Info.Links) == 0 {
		return ""
	}
	return p.Info.Links[0].URL
}

func (s *Subject) checkChangelog() {
	text := s.read("CHANGELOG.md")
	if !changelogHas(text, s.plugin.Info.Version) {
		s.say("CHANGELOG.md: no section, with a date, of %s", s.plugin.Info.Version)
	}
	s.checkLinks("CHANGELOG.md", string(text))
}

// accepted are the licences that the catalogue takes.
var accepted = regexp.MustCompile(`^(0BSD|BSD-.*|MIT.*|Apache-2\.0|LGPL-3.*|A?GPL-3\.0.*)$`)

func (s *Subject) checkLicence() {
	text := string(s.read("LICENSE"))
	if found := recognize(text); len(found) != 1 || !accepted.MatchString(found[0]) {
		s.say("LICENSE: recognized as %q", found)
	}
	for _, blank := range []string{"{yyyy}", "{name of copyright owner}", "[yyyy]", "[name of copyright owner]"} {
		if strings.Contains(text, blank) {
			s.say("LICENSE: %s is to be filled in", blank)
		}
	}
}
