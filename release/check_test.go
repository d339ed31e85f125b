package release

import (
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

var here = Platform{runtime.GOOS, runtime.GOARCH}

// program is the smallest executable that Go builds.
var program = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "aliyuncdn-program-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	source, executable := filepath.Join(folder, "main.go"), filepath.Join(folder, "program")
	if err := os.WriteFile(source, []byte("package main\nfunc main() {}\n"), 0o600); err != nil {
		return nil, err
	}
	if text, err := exec.Command("go", "build", "-ldflags=-s -w", "-o", executable, source).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, text)
	}
	return os.ReadFile(executable)
})

// built is a plugin that the catalogue would take, and the project that it was built of.
func built(t *testing.T) (plugin, project fstest.MapFS) {
	t.Helper()
	executable, err := program()
	require.NoError(t, err)
	licence, err := os.ReadFile("../LICENSE")
	require.NoError(t, err)
	var picture bytes.Buffer
	require.NoError(t, png.Encode(&picture, image.NewGray(image.Rect(0, 0, 1, 1))))
	source := sha256.Sum256([]byte("package main\n"))
	text := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s), Mode: 0o644} }
	name := Plugin{Executable: "gpx_flow"}.ExecutableName(here)
	return fstest.MapFS{
		"plugin.json": text(`{
				"type": "datasource", "id": "acme-flow-datasource", "name": "Flow", "backend": true, "alerting": true,
				"executable": "gpx_flow", "languages": ["en-US"],
				"info": {
					"description": "d", "keywords": ["k"], "author": {"name": "acme", "url": "https://github.com/acme"},
					"logos": {"small": "img/logo.svg", "large": "img/logo.svg"},
					"links": [{"name": "Project", "url": "https://github.com/acme/flow"}],
					"screenshots": [{"name": "s", "path": "img/s.png"}],
					"version": "1.2.3", "updated": "2026-11-23"
				},
				"includes": [{"type": "dashboard", "name": "Why", "path": "dashboards/why.json"}],
				"dependencies": {"grafanaDependency": ">=11.0.0"}
			}`),
		"README.md": text("# Flow\n\n[docs](https://github.com/acme/flow/blob/main/docs/a.md#b) [top](#flow)\n" +
			"![s](https://raw.githubusercontent.com/acme/flow/main/src/img/s.png \"s\")\n" +
			"[others](https://github.com/acme/other/blob/main/nothing)\n"),
		"CHANGELOG.md":             text("## [1.2.3] - 2026-11-23\n"),
		"LICENSE":                  &fstest.MapFile{Data: licence, Mode: 0o644},
		"module.js":                text("define([])"),
		"module.js.map":            text(`{"sources": ["webpack:///./module.ts"], "sourcesContent": ["export {};"]}`),
		"go_plugin_build_manifest": text(hex.EncodeToString(source[:]) + ":pkg/main.go\n"),
		"img/logo.svg":             text(`<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>`),
		"img/s.png":                &fstest.MapFile{Data: picture.Bytes(), Mode: 0o644},
		"dashboards/why.json":      text("{}"),
		"locales/en-US/acme-flow-datasource.json": text("{}"),
		name: &fstest.MapFile{Data: executable, Mode: 0o755},
	}, fstest.MapFS{
		"package.json":              text(`{"version": "1.2.3"}`),
		"pkg/main.go":               text("package main\n"),
		"node_modules/odd/other.go": text("package other\n"),
		"src/module.ts":             text("export {};"),
		"src/img/s.png":             text(""),
		"docs/a.md":                 text(""),
	}
}

func TestWhatTheCatalogueTakesPasses(t *testing.T) {
	plugin, project := built(t)
	require.NoError(t, Check(Subject{Folder: plugin, Platforms: []Platform{here}, Project: project}))
}

func TestWhatTheCatalogueRejectsIsNamed(t *testing.T) {
	executable := Plugin{Executable: "gpx_flow"}.ExecutableName(here)
	add := func(name, text string) func(plugin, project fstest.MapFS) {
		return func(plugin, _ fstest.MapFS) { plugin[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o644} }
	}
	without := func(name string) func(plugin, project fstest.MapFS) {
		return func(plugin, _ fstest.MapFS) { delete(plugin, name) }
	}
	instead := func(name, old, with string) func(plugin, project fstest.MapFS) {
		return func(plugin, _ fstest.MapFS) {
			text := string(plugin[name].Data)
			require.Contains(t, text, old)
			add(name, strings.ReplaceAll(text, old, with))(plugin, nil)
		}
	}
	metadata := func(old, with string) func(plugin, project fstest.MapFS) { return instead("plugin.json", old, with) }
	for name, c := range map[string]struct {
		change func(plugin, project fstest.MapFS)
		want   string
	}{
		"a leftover":                       {add("module.js.bak", "x"), "module.js.bak: what is it?"},
		"a plugin within":                  {add("dashboards/plugin.json", "{}"), "dashboards/plugin.json: a data source has no plugin within"},
		"no bundle":                        {without("module.js"), "open module.js"},
		"no source map":                    {without("module.js.map"), "open module.js.map"},
		"another source":                   {instead("module.js.map", "export {};", "x"), "built of another src/module.ts"},
		"a source map of nothing":          {instead("module.js.map", "webpack:///./module.ts", "x"), "quotes none of our sources"},
		"not an AMD module":                {add("module.js", "export {}"), "not an AMD module"},
		"a tracker":                        {add("module.js", `define([],"https://www.google-analytics.com/x")`), "tracks by"},
		"no readme":                        {without("README.md"), "open README.md"},
		"an empty readme":                  {add("README.md", " \n"), "README.md is empty"},
		"a relative link":                  {add("README.md", "[a](docs/a.md)"), `"docs/a.md" is not an https address`},
		"a relative picture":               {add("README.md", `![a](./a.png "A")`), `"./a.png" is not an https address`},
		"a relative reference":             {add("README.md", "[a]\n\n[a]: docs/a.md\n"), `"docs/a.md" is not an https address`},
		"a relative HTML picture":          {add("README.md", `<img src="a.png">`), `"a.png" is not an https address`},
		"a link to nothing of ours":        {add("README.md", "[a](https://github.com/acme/flow/blob/main/docs/b.md)"), "docs/b.md"},
		"words of builders":                {add("README.md", "run yarn"), `"yarn" is for those who build`},
		"no changelog":                     {without("CHANGELOG.md"), "open CHANGELOG.md"},
		"a changelog of others":            {add("CHANGELOG.md", "## [Unreleased]"), "no section, with a date, of 1.2.3"},
		"a changelog with a relative link": {add("CHANGELOG.md", "## [1.2.3] - 2026-11-23\n[a](a.md)"), `"a.md" is not`},
		"no licence":                       {without("LICENSE"), "open LICENSE"},
		"a licence of its own":             {add("LICENSE", "Ask me."), "LICENSE: recognized as"},
		"no executable":                    {without(executable), "open " + executable},
		"an executable of nobody":          {add("gpx_flow_plan9_386", "x"), "gpx_flow_plan9_386: not an executable of a platform"},
		"an executable that is text":       {add(executable, "x"), executable + ": not built by Go"},
		"who may not be run": {
			func(plugin, _ fstest.MapFS) { plugin[executable].Mode = 0o644 },
			executable + ": its mode must be 0755, not 0644",
		},
		"Go files changed": {
			func(_, project fstest.MapFS) { project["pkg/main.go"].Data = []byte("package other\n") },
			"built of another pkg/main.go",
		},
		"Go files added": {
			func(_, project fstest.MapFS) { project["pkg/b.go"] = &fstest.MapFile{} },
			"built of another pkg/b.go",
		},
		"Go files gone":         {func(_, project fstest.MapFS) { delete(project, "pkg/main.go") }, "there is no pkg/main.go"},
		"another version":       {metadata("1.2.3", "1.2.4"), "info.version: that of package.json"},
		"no semantic version":   {metadata("1.2.3", "%VERSION%"), "info.version: a semantic version"},
		"no date":               {metadata("2026-11-23", "%TODAY%"), "info.updated"},
		"no range of Grafana":   {metadata(">=11.0.0", ""), "grafanaDependency"},
		"an id without a name":  {metadata("acme-flow-datasource", "flow-datasource"), "plugin.json: id"},
		"no keywords":           {metadata(`["k"]`, "[]"), "info.keywords"},
		"no description":        {metadata(`"description": "d"`, `"description": ""`), "info.description"},
		"a name like the id":    {metadata(`"Flow"`, `"acme-flow-datasource"`), "plugin.json: name"},
		"no backend":            {metadata(`"backend": true`, `"backend": false`), "alerting needs backend"},
		"a link without https":  {metadata("https://github.com/acme\"", "http://acme.example\""), "is not an https address"},
		"an absolute path":      {metadata("img/s.png", "/img/s.png"), "is not a path within the plugin"},
		"a path with a dot":     {metadata("img/s.png", "./img/s.png"), "is not a path within the plugin"},
		"a missing dashboard":   {without("dashboards/why.json"), "open dashboards/why.json"},
		"a broken dashboard":    {add("dashboards/why.json", "{"), "dashboards/why.json: not JSON"},
		"a missing language":    {without("locales/en-US/acme-flow-datasource.json"), "locales/en-US/acme-flow-datasource.json"},
		"no screenshots":        {metadata(`[{"name": "s", "path": "img/s.png"}]`, "[]"), "info.screenshots"},
		"a broken screenshot":   {add("img/s.png", "x"), "img/s.png: unexpected EOF"},
		"a logo that runs":      {add("img/logo.svg", `<svg><script/></svg>`), "img/logo.svg: holds <script>"},
		"a logo that reacts":    {add("img/logo.svg", `<svg onload="x"/>`), "img/logo.svg: has the attribute onload"},
		"a logo from elsewhere": {add("img/logo.svg", `<svg><image href="https://a"/></svg>`), "img/logo.svg: holds <image>"},
	} {
		t.Run(name, func(t *testing.T) {
			plugin, project := built(t)
			c.change(plugin, project)
			require.ErrorContains(t, Check(Subject{Folder: plugin, Platforms: []Platform{here}, Project: project}), c.want)
		})
	}
}

func TestAnArchiveIsThePluginsFolderWithAllOfIt(t *testing.T) {
	plugin, project := built(t)
	write := func() string {
		file, err := os.Create(t.TempDir() + "/plugin.zip")
		require.NoError(t, err)
		require.NoError(t, WriteArchive(file, plugin, committed))
		require.NoError(t, file.Close())
		return file.Name()
	}
	platforms := []Platform{here}
	require.ErrorContains(t, CheckArchive(write(), platforms, project), "THIRD_PARTY_LICENSES.txt: file does not exist")
	plugin["THIRD_PARTY_LICENSES.txt"] = &fstest.MapFile{Data: []byte("x")}
	require.NoError(t, CheckArchive(write(), platforms, project))
}

func TestTheLicencesOfAllThatIsLinkedAreThere(t *testing.T) {
	linked := &buildinfo.BuildInfo{Deps: []*debug.Module{
		{Path: "a", Version: "v1"},
		{Path: "b", Version: "v1", Replace: &debug.Module{Path: "c", Version: "v2"}},
		{Path: "d", Version: "v1"},
	}}
	folder := fstest.MapFS{"THIRD_PARTY_LICENSES.txt": {Data: []byte("Texts:\na v1: MIT\nc v2: MIT\nd v10: MIT\n")}}
	subject := Subject{Folder: folder}
	subject.checkNotices("gpx", linked)
	require.Len(t, subject.problems, 1)
	require.ErrorContains(t, subject.problems[0], "the licence of d v1 is missing, which gpx is linked from")
}

func TestExecutablesAreCalledAsGrafanaCallsThem(t *testing.T) {
	plugin, err := ReadPlugin(os.DirFS("../src"))
	require.NoError(t, err)
	require.Equal(t, "gpx_aliyuncdn_windows_arm64.exe", plugin.ExecutableName(Platform{"windows", "arm64"}))
	require.Equal(t, "gpx_aliyuncdn_linux_amd64", plugin.ExecutableName(Platform{"linux", "amd64"}))
}
