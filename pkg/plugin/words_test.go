package plugin

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
	"github.com/originflow/aliyuncdn-datasource/pkg/plugin/locales"
)

// What is told of failures that are not those of a call.
var (
	lateForBudget = locales.English.Say("failure.lateForBudget", nil)
	lateForAPI    = locales.English.Say("failure.lateForAPI", nil)
	canceled      = locales.English.Say("failure.canceled", nil)
	ourFault      = locales.English.Say("failure.ours", nil)
)

// sentence is one in a language, in all of its plural forms.
type sentence map[string]string

// catalogue reads the sentences of a language, by their keys.
func catalogue(t *testing.T, language string) map[string]sentence {
	t.Helper()
	var raw map[string]json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(readSource(t, "locales/"+language+".json")), &raw))
	all := map[string]sentence{}
	for key, value := range raw {
		var text string
		if json.Unmarshal(value, &text) == nil {
			all[key] = sentence{"other": text}
			continue
		}
		var forms sentence
		require.NoError(t, json.Unmarshal(value, &forms), key)
		all[key] = forms
	}
	return all
}

// hole is where an argument goes.
var hole = regexp.MustCompile(`\{\{(.*?)\}\}`)

// holes are the names of a sentence's arguments, sorted; those of every form are the same.
func (s sentence) holes(t *testing.T) []string {
	t.Helper()
	var of [][]string
	for _, text := range s {
		names := []string{}
		for _, m := range hole.FindAllStringSubmatch(text, -1) {
			name, named := strings.CutPrefix(m[1], ".")
			require.True(t, named, text)
			names = append(names, name)
		}
		slices.Sort(names)
		of = append(of, slices.Compact(names))
	}
	for _, names := range of {
		assert.Equal(t, of[0], names, "%v", s)
	}
	return of[0]
}

func TestEverySentenceIsThere(t *testing.T) {
	english, chinese := catalogue(t, "en-US"), catalogue(t, "zh-Hans")
	require.Greater(t, len(english), 80)
	assert.Equal(t, slices.Sorted(maps.Keys(english)), slices.Sorted(maps.Keys(chinese)))
	for key := range english {
		want := []string{"other"} // Chinese has one form
		assert.Equal(t, want, slices.Sorted(maps.Keys(chinese[key])), key)
		if slices.Contains(english[key].holes(t), "count") {
			want = []string{"one", "other"}
		}
		assert.Equal(t, want, slices.Sorted(maps.Keys(english[key])), "%s: count decides between one and other", key)
		assert.Equal(t, english[key].holes(t), chinese[key].holes(t), key)
	}
}

// sources are the files of the program that make sentences.
func sources(t *testing.T) (files []*ast.File) {
	t.Helper()
	var paths []string
	for _, pattern := range []string{"*.go", "locales/*.go"} {
		found, err := filepath.Glob(pattern)
		require.NoError(t, err)
		paths = append(paths, found...)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		require.NoError(t, err)
		files = append(files, file)
	}
	return files
}

// literal is the text of a literal, empty for whatever is none.
func literal(e ast.Node) string {
	basic, ok := e.(*ast.BasicLit)
	if !ok || basic.Kind != token.STRING {
		return ""
	}
	text, _ := strconv.Unquote(basic.Value)
	return text
}

func TestTheCodeUsesEverySentenceAndNoOther(t *testing.T) {
	english := catalogue(t, "en-US")
	groups := map[string]bool{}
	for key := range english {
		group, _, _ := strings.Cut(key, ".")
		groups[group] = true
	}
	used := map[string]bool{}
	for _, m := range originflow.Metrics {
		used["metric."+m.Name] = true
	}
	for _, file := range sources(t) {
		ast.Inspect(file, func(n ast.Node) bool {
			text := literal(n)
			if group, rest, _ := strings.Cut(text, "."); groups[group] && regexp.MustCompile(`^\w+$`).MatchString(rest) {
				used[text] = true
			}
			return true
		})
	}
	assert.Equal(t, slices.Sorted(maps.Keys(english)), slices.Sorted(maps.Keys(used)))
}

func TestASentenceGetsTheArgumentsThatItHasPlacesFor(t *testing.T) {
	english := catalogue(t, "en-US")
	checked := 0
	check := func(key string, args ast.Expr) {
		if english[key] == nil {
			return // the key is a variable; or there is none, which another test tells
		}
		names := []string{}
		if composite, ok := args.(*ast.CompositeLit); ok {
			for _, element := range composite.Elts {
				names = append(names, literal(element.(*ast.KeyValueExpr).Key))
			}
		} else if args != nil && types(args) != "nil" {
			return // they are made elsewhere
		}
		slices.Sort(names)
		assert.Equal(t, english[key].holes(t), names, key)
		checked++
	}
	for _, file := range sources(t) {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if len(n.Args) == 2 {
					check(literal(n.Args[0]), n.Args[1])
				}
			case *ast.CompositeLit:
				if len(n.Elts) == 0 {
					return true
				}
				key, ok := n.Elts[0].(*ast.KeyValueExpr)
				if !ok || types(key.Key) != "Key" {
					return true
				}
				var args ast.Expr
				if len(n.Elts) == 2 {
					args = n.Elts[1].(*ast.KeyValueExpr).Value
				}
				check(literal(key.Value), args)
			}
			return true
		})
	}
	assert.Greater(t, checked, 50)
	for kind, row := range failures {
		for _, name := range english[row.key].holes(t) {
			assert.Contains(t, []string{"operation", "code"}, name, kind)
		}
	}
	for kind, key := range signInFailures {
		for _, name := range english[key].holes(t) {
			assert.Equal(t, "code", name, kind)
		}
	}
}

func TestMetricsHaveTheirNamesOfThePage(t *testing.T) {
	var page struct {
		Metric map[string]struct{ Label string }
	}
	require.NoError(t, json.Unmarshal([]byte(readSource(t, "../../src/locales/zh-Hans/"+ID+".json")), &page))
	for _, m := range originflow.Metrics {
		assert.Equal(t, page.Metric[m.Name].Label, metricLabel(m).In(locales.Chinese))
	}
}

func TestWhatIsWrongWithAPatternIsSaidInTheWordsOfItsLibrary(t *testing.T) {
	for code, key := range patternProblems {
		assert.Equal(t, string(code), locales.English.Say(key, nil))
	}
}

func TestWordsThatAreNotOfTheCatalogueDoNotReachAUser(t *testing.T) {
	err := errors.Join(newProblem("query.noObject", nil), errors.New("boom"))
	assert.Equal(t, "查询：必须是 JSON 对象\n插件出错。请附上 Grafana 服务器的日志报告此问题。", explain(locales.Chinese, badRequest(err)).text)
}

func TestAMistakeIsToldInTheLanguageOfTheReader(t *testing.T) {
	_, err := parseQuery([]byte(`{"unit":"miles","domains":["$a"],"topN":-1}`))
	assert.EqualError(t, err, `domains: "$a" is a variable that nothing replaced; alert rules have no variables, use domainMode regex or all
unit: "miles" is not one of bits, bitsPerSecond, bytes, bytesPerSecond
topN: must be between 0 and 1000, not -1`, "as an error it is English")
	assert.Equal(t, `domains："$a" 是未被替换的变量；告警规则没有变量，请使用 domainMode 的 regex 或 all
unit："miles" 不是可用的值，可用的有：bits、bitsPerSecond、bytes、bytesPerSecond
topN：必须在 0 和 1000 之间，而不是 -1`, explain(locales.Chinese, badRequest(err)).text)
}
