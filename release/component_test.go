package release

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/CycloneDX/cyclonedx-go"
	"github.com/stretchr/testify/require"
)

func licenceOf(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../LICENSE")
	require.NoError(t, err)
	return string(text)
}

func TestTheModulesThatTheExecutableIsLinkedFromAreFoundWithTheirLicences(t *testing.T) {
	modules, err := GoModules("../pkg", "arrow_json_stdlib", []Platform{{"linux", "amd64"}})
	require.NoError(t, err)
	licences := map[string][]string{}
	for _, module := range modules {
		require.NotEmpty(t, module.Texts, module.Name)
		require.NotEmpty(t, module.Licences, module.Name)
		require.NotEmpty(t, module.Version, module.Name)
		licences[module.Name] = module.Licences
	}
	require.Equal(t, []string{"Apache-2.0"}, licences["github.com/grafana/grafana-plugin-sdk-go"])
	require.Equal(t, []string{"BSD-3-Clause"}, licences["std"])
	require.Equal(t, []string{"Apache-2.0", "BSD-3-Clause", "MIT"}, licences["github.com/klauspost/compress"],
		"parts of it have their own")
	require.NotContains(t, licences, "github.com/stretchr/testify", "only tests need it")
	require.NotContains(t, licences, "honnef.co/go/tools", "a tool is not linked")
	require.NotContains(t, licences, "github.com/originflow/aliyuncdn-datasource", "it is ours")
	require.True(t, slices.IsSortedFunc(modules, compareComponents))
}

func TestTheBundledPackagesAreFoundWithTheirLicences(t *testing.T) {
	project := t.TempDir()
	for name, text := range map[string]string{
		"node_modules/@acme/a/package.json":                `{"name": "@acme/a", "version": "1.0.0", "license": "MIT"}`,
		"node_modules/@acme/a/LICENSE_APACHE2":             licenceOf(t),
		"node_modules/@acme/a/src/licence.js":              "not a licence",
		"node_modules/b/package.json":                      `{"name": "b", "version": "2.0.0", "license": "ISC"}`,
		"node_modules/@acme/a/node_modules/b/package.json": `{"name": "b", "version": "1.0.0", "license": "ISC"}`,
		"node_modules/webpack/package.json":                `{"name": "webpack", "version": "5.0.0", "license": "MIT"}`,
	} {
		file := filepath.Join(project, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	}
	plugin := fstest.MapFS{"module.js.map": {Data: []byte(`{"sources": [
		"webpack:///./module.ts", "webpack:///external amd \"react\"", "webpack:///webpack/bootstrap",
		"webpack:///../node_modules/@acme/a/dist/index.mjs", "webpack:///../node_modules/@acme/a/dist/other.mjs",
		"webpack:///../node_modules/@acme/a/node_modules/b/index.js"
	]}`)}}
	packages, err := NPMPackages(plugin, project)
	require.NoError(t, err)
	found := []string{}
	for _, p := range packages {
		found = append(found, p.PURL)
	}
	require.Equal(t, []string{"pkg:npm/%40acme/a@1.0.0", "pkg:npm/b@1.0.0", "pkg:npm/webpack@5.0.0"}, found)
	require.Len(t, packages[0].Texts, 1)
}

func TestNoticesHaveEachTextOnceAndMissNone(t *testing.T) {
	folder := t.TempDir()
	a := Component{Name: "a", Version: "v1", Licences: []string{"MIT"}, Texts: []string{"As you like.\n"}}
	b := Component{Name: "b", Version: "v2", Licences: []string{"MIT"}, Texts: []string{"As you like.\n", "By b.\n"}}
	require.NoError(t, WriteNotices(folder, []Component{a, b}))
	text, err := os.ReadFile(filepath.Join(folder, "THIRD_PARTY_LICENSES.txt"))
	require.NoError(t, err)
	require.Contains(t, string(text), "a v1: MIT\nb v2: MIT\n")
	require.Contains(t, string(text), "\na v1\nb v2\n\nAs you like.\n")
	require.Equal(t, 1, strings.Count(string(text), "As you like."))

	b.Texts = nil
	require.ErrorContains(t, WriteNotices(folder, []Component{a, b}), `b v2: licences ["MIT"], 0 texts`)
	b.Licences = nil
	require.ErrorContains(t, WriteNotices(folder, []Component{b}), "b v2: licences []")
}

func TestTheBillOfMaterialsIsThatOfTheArchive(t *testing.T) {
	plugin := Plugin{ID: "acme-flow-datasource"}
	plugin.Info.Version = "1.2.3"
	write := func() []byte {
		var text bytes.Buffer
		require.NoError(t, WriteSBOM(&text, Archive{Plugin: plugin, SHA256: "00ff", At: committed}, []Component{
			{Name: "a", Version: "v1", PURL: "pkg:golang/a@v1", Licences: []string{"MIT", "ISC"}},
		}))
		return text.Bytes()
	}
	require.Equal(t, write(), write())
	require.True(t, json.Valid(write()))

	var bom cyclonedx.BOM
	require.NoError(t, cyclonedx.NewBOMDecoder(bytes.NewReader(write()), cyclonedx.BOMFileFormatJSON).Decode(&bom))
	require.Equal(t, "1.2.3", bom.Metadata.Component.Version)
	require.Equal(t, "00ff", (*bom.Metadata.Component.Hashes)[0].Value)
	require.Equal(t, "2026-11-23T01:52:40Z", bom.Metadata.Timestamp)
	require.Equal(t, "pkg:golang/a@v1", (*bom.Components)[0].PackageURL)
	require.Equal(t, []string{"pkg:golang/a@v1"}, *(*bom.Dependencies)[0].Dependencies)
}
