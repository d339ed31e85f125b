package plugin

import (
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
	"github.com/originflow/aliyuncdn-datasource/pkg/plugin/locales"
)

// fields are those of a query or of the settings, by name, with the values they may take; none where any will do.
type fields map[string][]string

// queryValues are the tables behind the fields of queryModel.
var queryValues = fields{
	"queryType":   values(queryTypes),
	"domainMode":  values(domainModes),
	"timeMerge":   values(timeMerges),
	"granularity": values(granularities),
	"gapFill":     values(gapFills),
	"unit":        values(units),
	"provisional": values(provisional),
	"statusBy":    values(statusBys),
	"onForbidden": values(onForbidden),
	"topBy":       values(topBys),
}

// settingValues are the tables behind the fields of settings.
var settingValues = fields{
	"authType":     values(authTypes),
	"apiVersion":   values(apiVersions),
	"flowUnit2014": values(flowUnits),
	"language":     values(locales.Languages),
}

// sdkSettings and sdkSecrets are read by the plugin SDK, which documents them.
var (
	sdkSettings = []string{"timeout", "enableSecureSocksProxy", "tlsSkipVerify", "tlsAuthWithCACert", "tlsAuth", "serverName"}
	sdkSecrets  = []string{"tlsCACert", "tlsClientCert", "tlsClientKey"}
)

func values[V any](table map[string]V) []string { return slices.Sorted(maps.Keys(table)) }

func TestTheQueryIsTheSameInTypeScriptGoAndDocumentation(t *testing.T) {
	inGo := goFields(queryModel{}, queryValues)
	assert.Equal(t, inGo, typeScriptFields(t, "CdnQuery"), "src/types.ts")
	assert.Equal(t, inGo, documentedFields(t, "../../docs/query.md", "Field"), "docs/query.md")
}

func TestSettingsAreTheSameInTypeScriptGoAndDocumentation(t *testing.T) {
	inGo := goFields(settings{}, settingValues)
	inTypeScript := typeScriptFields(t, "CdnSettings")
	documented := documentedFields(t, "../../docs/configuration.md", "Setting")
	assert.Equal(t, inGo, inTypeScript, "src/types.ts")
	assert.Equal(t, inGo, documented, "docs/configuration.md")
}

func TestSettingsOfTheSDKAreTheSameInTypeScriptAndDocumentation(t *testing.T) {
	for kind, names := range map[string][]string{"SdkSettings": sdkSettings, "SdkSecrets": sdkSecrets} {
		inTypeScript := typeScriptFields(t, kind)
		for _, name := range names {
			assert.Contains(t, inTypeScript, name)
			assert.Contains(t, readSource(t, "../../docs/configuration.md"), "`"+name+"`")
			assert.Contains(t, readSource(t, "../../docs/zh-CN/configuration.md"), "`"+name+"`")
		}
	}
}

func TestSecretsAreTheSameInTypeScriptGoAndDocumentation(t *testing.T) {
	neededBy := fields{"sharedCachePassword": nil} // by no way to sign in
	for name, kind := range authTypes {
		for _, field := range kind.fields {
			neededBy[field] = append(neededBy[field], name)
			slices.Sort(neededBy[field])
		}
	}
	assert.Equal(t, neededBy, documentedFields(t, "../../docs/configuration.md", "Secret"), "docs/configuration.md")
	assert.ElementsMatch(t, slices.Collect(maps.Keys(neededBy)),
		slices.Collect(maps.Keys(typeScriptFields(t, "CdnSecrets"))), "src/types.ts")
}

func TestEveryTableBelongsToAField(t *testing.T) {
	for _, c := range []struct {
		model  any
		tables fields
	}{{queryModel{}, queryValues}, {settings{}, settingValues}} {
		names := slices.Collect(maps.Keys(goFields(c.model, nil)))
		assert.Subset(t, names, slices.Collect(maps.Keys(c.tables)))
	}
}

func TestDefaultsAreTheSameInTypeScriptAndGo(t *testing.T) {
	text := readSource(t, "../../src/query.ts")
	_, text, found := strings.Cut(text, "DEFAULT_QUERY")
	require.True(t, found)
	body := text[strings.Index(text, "{"):strings.Index(text, "};")]
	inTypeScript := map[string]any{}
	for _, m := range regexp.MustCompile(`(?m)^\s+(\w+): (.+),$`).FindAllStringSubmatch(body, -1) {
		var value any
		require.NoError(t, json.Unmarshal([]byte(strings.ReplaceAll(m[2], "'", `"`)), &value), m[0])
		inTypeScript[m[1]] = value
	}
	q := defaultQuery()
	q.Domains, q.StatusCodes = []string{}, []string{}
	var inGo map[string]any
	require.NoError(t, json.Unmarshal(mustJSON(t, q), &inGo))
	delete(inGo, "unit") // which is the metric's first
	assert.Equal(t, inGo, inTypeScript)
}

func TestMetricsAndTheirUnitsAreTheSameInTypeScriptGoAndDocumentation(t *testing.T) {
	text := readSource(t, "../../src/metrics.ts")
	lists := map[string][]string{}
	for _, m := range regexp.MustCompile(`const (\w+): Unit\[\] = \[(.*)\];`).FindAllStringSubmatch(text, -1) {
		for item := range strings.SplitSeq(m[2], ", ") {
			if base, isBase := strings.CutPrefix(item, "..."); isBase {
				lists[m[1]] = append(lists[m[1]], lists[base]...)
			} else {
				lists[m[1]] = append(lists[m[1]], strings.Trim(item, "'"))
			}
		}
	}
	type row struct {
		name   string
		units  []string
		byCode bool
	}
	var inTypeScript, inGo []row
	for _, m := range regexp.MustCompile(`(?s)\n  (\w+): \{\n.*?units: (\w+),\n(.*?)  \},`).FindAllStringSubmatch(text, -1) {
		inTypeScript = append(inTypeScript, row{m[1], lists[m[2]], strings.Contains(m[3], "byCode: true")})
	}
	for _, m := range originflow.Metrics {
		inGo = append(inGo, row{m.Name, m.Units, m.ByCode()})
		assert.Contains(t, readSource(t, "../../docs/metrics.md"), "`"+m.Name+"`")
		for _, op := range []*cdn.Operation{m.Of, m.By} {
			if op != nil {
				assert.Contains(t, readSource(t, "../../src/components/config/RamPolicy.tsx"), op.Name())
			}
		}
	}
	assert.Equal(t, inGo, inTypeScript)
}

func TestThePluginIsTheOneInPluginJSON(t *testing.T) {
	var manifest struct{ ID, Executable string }
	require.NoError(t, json.Unmarshal([]byte(readSource(t, "../../src/plugin.json")), &manifest))
	assert.Equal(t, ID, manifest.ID)
	assert.Equal(t, "gpx_aliyuncdn", manifest.Executable)
	assert.Equal(t, readSource(t, "../../src/plugin.json"), readSource(t, "../../plugin.json"), "a link")
}

// goFields are the fields that a struct reads from JSON.
func goFields(model any, tables fields) fields {
	found := fields{}
	for _, field := range reflect.VisibleFields(reflect.TypeOf(model)) {
		if name := field.Tag.Get("json"); name != "" {
			found[name] = tables[name]
		}
	}
	return found
}

// typeScriptFields are the fields of an interface in src/types.ts. A union of texts may have a name of its own.
func typeScriptFields(t *testing.T, name string) fields {
	t.Helper()
	source := regexp.MustCompile(`(?s)/\*.*?\*/|//[^\n]*`).ReplaceAllString(readSource(t, "../../src/types.ts"), "")
	body := regexp.MustCompile(`(?s)export interface ` + name + `\b[^{]*\{(.*?)\n\}`).FindStringSubmatch(source)
	require.NotNil(t, body, name)
	found := fields{}
	for _, m := range regexp.MustCompile(`(?s)(\w+)\??:\s*([^;]+);`).FindAllStringSubmatch(body[1], -1) {
		field, text := m[1], m[2]
		if alias := regexp.MustCompile(`(?s)export type ` + regexp.QuoteMeta(text) + ` =([^;]+);`).FindStringSubmatch(source); alias != nil {
			text = alias[1]
		}
		found[field] = nil
		for _, value := range regexp.MustCompile(`'([^']*)'`).FindAllStringSubmatch(text, -1) {
			found[field] = append(found[field], value[1])
		}
		slices.Sort(found[field])
	}
	return found
}

// documentedFields are the rows of the table whose first column has the given title: the field, and the values in
// backticks in the column beside it.
func documentedFields(t *testing.T, path, title string) fields {
	t.Helper()
	_, table, there := strings.Cut(readSource(t, path), "| "+title+" |")
	require.True(t, there, "%s has a table of each %s", path, title)
	table, _, _ = strings.Cut(table, "\n\n")
	found := fields{}
	for _, row := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\|([^|]*)\\|").FindAllStringSubmatch(table, -1) {
		found[row[1]] = nil
		for _, value := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(row[2], -1) {
			found[row[1]] = append(found[row[1]], value[1])
		}
		slices.Sort(found[row[1]])
	}
	return found
}

func readSource(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}
