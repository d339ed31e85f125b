package release

import (
	"cmp"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// Component is somebody else's work that is in the archive.
type Component struct {
	Name, Version string
	// PURL is its address among all packages, https://github.com/package-url.
	PURL string
	// Licences are SPDX identifiers: those that the package declares, or that its texts are recognized as.
	Licences []string
	// Texts are its licences and notices, word by word.
	Texts []string
}

func compareComponents(a, b Component) int { return cmp.Compare(a.PURL, b.PURL) }

// licenceFile matches the names of files that have to be passed on with a work.
var licenceFile = regexp.MustCompile(`(?i)^(un)?licen[cs]e([._-].*)?$|^(copying|notices?|patents|copyright)([.].*)?$`)

// licenceTexts returns what is passed on with a folder's files, in the order of the files' names.
func licenceTexts(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var texts []string
	for _, entry := range entries {
		if !entry.Type().IsRegular() || !licenceFile.MatchString(entry.Name()) || filepath.Ext(entry.Name()) == ".go" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			return nil, err
		}
		texts = append(texts, strings.TrimSpace(strings.ReplaceAll(string(text), "\r\n", "\n"))+"\n")
	}
	return texts, nil
}

// recognize returns the SPDX identifiers of the licences in a text, leaving out those that are mentioned by address only,
// and grants of patents, which stand beside a licence and have no identifier.
func recognize(text string) []string {
	var found []string
	for _, match := range licensecheck.Scan([]byte(text)).Match {
		if !match.IsURL && !strings.HasPrefix(match.ID, "GooglePatent") {
			found = append(found, match.ID)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}
