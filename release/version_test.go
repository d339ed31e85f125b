package release

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func TestOnlyTheVersionThatTheChangelogKnowsIsReleased(t *testing.T) {
	project := fstest.MapFS{
		"package.json": {Data: []byte(`{"version": "1.2.3"}`)},
		"CHANGELOG.md": {Data: []byte("# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2026-11-23\n\n- it\n")},
	}
	require.NoError(t, CheckVersion(project, "v1.2.3"))
	for _, tag := range []string{"1.2.3", "v1.2.4", "v1.2.3-rc.1", "", "v"} {
		require.ErrorContains(t, CheckVersion(project, tag), "wants v1.2.3", tag)
	}
	for name, changes := range map[string]string{
		"no date":  "## [1.2.3]\n",
		"not yet":  "## [Unreleased]\n",
		"another":  "## [1.2.30] - 2026-11-23\n",
		"a dot is": "## [1a2.3] - 2026-11-23\n",
	} {
		project["CHANGELOG.md"] = &fstest.MapFile{Data: []byte(changes)}
		require.ErrorContains(t, CheckVersion(project, "v1.2.3"), "CHANGELOG.md has no section", name)
	}
}
