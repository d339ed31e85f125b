package release

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// noticesFile is where the licences lie in the plugin.
const noticesFile = "THIRD_PARTY_LICENSES.txt"

// WriteNotices writes, into the plugin's folder, the list of components with their licences, and each licence's text once. A component without
// either a known licence or a text is an error: nobody may pass it on.
func WriteNotices(folder string, components []Component) error {
	var out strings.Builder
	var problems []error
	users := map[string][]string{}
	var texts []string
	out.WriteString("The plugin contains the work of others, under the licences that they gave it. Their texts follow the list.\n\n")
	for _, c := range components {
		name := c.Name + " " + c.Version
		if len(c.Licences) == 0 || len(c.Texts) == 0 {
			problems = append(problems, fmt.Errorf("%s: licences %q, %d texts", name, c.Licences, len(c.Texts)))
		}
		fmt.Fprintf(&out, "%s: %s\n", name, strings.Join(c.Licences, ", "))
		for _, text := range c.Texts {
			if users[text] == nil {
				texts = append(texts, text)
			}
			users[text] = append(users[text], name)
		}
	}
	if err := errors.Join(problems...); err != nil {
		return err
	}
	for _, text := range texts {
		fmt.Fprintf(&out, "\n%s\n%s\n\n%s", strings.Repeat("=", 80), strings.Join(users[text], "\n"), text)
	}
	return os.WriteFile(filepath.Join(folder, noticesFile), []byte(out.String()), 0o644)
}
