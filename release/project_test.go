package release

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", name))
	require.NoError(t, err)
	return string(text)
}

func TestActionsArePinnedByCommit(t *testing.T) {
	workflows, err := filepath.Glob("../.github/workflows/*.yml")
	require.NoError(t, err)
	require.NotEmpty(t, workflows)
	pinned := regexp.MustCompile(`^[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
	versions := map[string]string{}
	for _, workflow := range workflows {
		for _, line := range regexp.MustCompile(`(?m)uses: (.*)$`).FindAllStringSubmatch(read(t, workflow[3:]), -1) {
			require.Regexp(t, pinned, line[1], workflow)
			action, version, _ := strings.Cut(line[1], "@")
			if versions[action] == "" {
				versions[action] = version
			}
			require.Equal(t, versions[action], version, "%s: another %s than elsewhere", workflow, action)
		}
	}
}

func TestDocumentsNameTheVersionsOfGoAndNodeThatTheProjectIsBuiltWith(t *testing.T) {
	goVersion := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(read(t, "go.mod"))[1]
	lines := regexp.MustCompile(`"node": "\^(\d+)\.\d+ \|\| \^(\d+)"`).FindStringSubmatch(read(t, "package.json"))
	require.Len(t, lines, 3, "the two lines of Node.js in package.json")
	for name, or := range map[string]string{"README.md": "(or %)", "CONTRIBUTING.md": "(or %;", "README.zh-CN.md": "（或 %）"} {
		require.Contains(t, read(t, name), "Go "+goVersion+" ", name)
		require.Contains(t, read(t, name), "Node.js "+lines[2], name)
		require.Contains(t, read(t, name), strings.ReplaceAll(or, "%", lines[1]), name)
	}
}

func TestThePinnedVersionsOfTheDocumentsAreThoseOfTheCode(t *testing.T) {
	version, err := Version(os.DirFS(".."))
	require.NoError(t, err)
	for _, name := range []string{"README.md", "README.zh-CN.md"} {
		require.Contains(t, read(t, name), "VERSION="+version+"\n", name)
	}
	oldest := regexp.MustCompile(`oldestGrafana = "([\d.]+)"`).FindStringSubmatch(read(t, "mage_compat.go"))[1]
	plugin, err := ReadPlugin(os.DirFS("../src"))
	require.NoError(t, err)
	require.Equal(t, ">="+oldest, plugin.Dependencies.Grafana)
	require.FileExists(t, "../compat/grafana-"+oldest+".json")
	require.Contains(t, read(t, ".github/workflows/ci.yml"), `grafana: ["`+oldest+`"`)
}
