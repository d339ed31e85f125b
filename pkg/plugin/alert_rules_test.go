package plugin

import (
	"context"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// alertRule is a rule as Grafana provisions it, as far as its evaluation goes.
type alertRule struct {
	UID       string `json:"uid"`
	Condition string `json:"condition"`
	Data      []struct {
		RefID             string `json:"refId"`
		DatasourceUID     string `json:"datasourceUid"`
		RelativeTimeRange struct{ From, To int }
		Model             json.RawMessage `json:"model"`
	} `json:"data"`
}

// expression is the model of a server-side expression.
type expression struct {
	Type, Expression, Reducer string
	Conditions                []struct {
		Evaluator struct {
			Type   string
			Params []float64
		}
	}
}

// shippedRules are the rules in provisioning/alerting, by uid.
func shippedRules(t *testing.T) map[string]alertRule {
	t.Helper()
	text, err := os.ReadFile("../../provisioning/alerting/origin-flow.yaml")
	require.NoError(t, err)
	var file struct {
		Groups []struct{ Rules []alertRule }
	}
	require.NoError(t, yaml.Unmarshal(text, &file))
	rules := map[string]alertRule{}
	for _, group := range file.Groups {
		for _, rule := range group.Rules {
			rules[rule.UID] = rule
		}
	}
	return rules
}

// TestShippedRulesFireAndRecoverOnDemoData evaluates the rules every 5 minutes of some days.
func TestShippedRulesFireAndRecoverOnDemoData(t *testing.T) {
	type state struct {
		at     string
		firing bool
	}
	rules := shippedRules(t)
	// broken are the states of a rule that sees the cache of static.example.com break in minutes 20 to 35 of every hour: a
	// slice is final, and evaluated, 20 minutes after its beginning.
	broken := []state{
		{"02:35", false}, {"02:40", true}, {"02:45", true}, {"02:50", true}, {"02:55", false}, {"03:35", false}, {"03:40", true},
	}
	for uid, c := range map[string]struct {
		domain string
		hours  int
		// states are some that the domain must be in, none: any that fires and recovers will do.
		states []state
		// steady are domains that have traffic and must never fire: more visitors are none of the rule's business.
		steady []string
	}{
		"aliyuncdn-origin-flow-high": {domain: "static.example.com", hours: 6, states: broken},
		"aliyuncdn-origin-flow-silent": {domain: "docs.example.org", hours: 12, states: []state{
			{"04:30", false}, {"04:40", true}, {"04:45", true}, {"04:50", false}, {"10:40", true}, {"11:00", false},
		}},
		"aliyuncdn-origin-flow-jumped": {hours: 72},
		"aliyuncdn-hit-ratio-dropped": {
			domain: "static.example.com", hours: 6, states: broken, steady: []string{"shop.example.org", "beta.example.net"},
		},
		"aliyuncdn-origin-5xx-high": {
			domain: "static.example.com", hours: 6, states: broken, steady: []string{"shop.example.org", "beta.example.net"},
		},
		"aliyuncdn-origin-share-jumped": {
			domain: "static.example.com", hours: 6, states: broken, steady: []string{"shop.example.org", "beta.example.net"},
		},
	} {
		t.Run(uid, func(t *testing.T) {
			rule, ok := rules[uid]
			require.True(t, ok)
			delete(rules, uid)
			synctest.Test(t, func(t *testing.T) {
				d := newDatasource(t.Context(), backend.DataSourceInstanceSettings{
					JSONData: []byte(`{"authType":"demo","callsPerSecond":100}`),
				}, time.Now)
				defer d.Dispose()
				start := time.Now()
				seen := map[string]map[string]bool{}
				for i := range c.hours * 12 {
					// Waiting for the budget takes time, also in a test.
					time.Sleep(time.Until(start.Add(time.Duration(i) * 5 * time.Minute)))
					for domain, firing := range evaluate(t, d, rule) {
						if seen[domain] == nil {
							seen[domain] = map[string]bool{}
						}
						seen[domain][start.Add(time.Duration(i)*5*time.Minute).Format("2 15:04")] = firing
					}
				}
				for _, s := range c.states {
					firing, evaluated := seen[c.domain]["1 "+s.at]
					assert.True(t, evaluated, s.at)
					assert.Equal(t, s.firing, firing, s.at)
				}
				assert.True(t, someFiresAndRecovers(seen))
				for _, domain := range c.steady {
					assert.Contains(t, seen, domain)
					for at, firing := range seen[domain] {
						assert.False(t, firing, "%s at %s", domain, at)
					}
				}
				for _, firing := range seen["legacy.example.org"] {
					assert.False(t, firing, "a domain that never has traffic")
				}
			})
		})
	}
	assert.Empty(t, rules, "a rule that nobody tries")
}

// someFiresAndRecovers tells whether a domain was in both states.
func someFiresAndRecovers(seen map[string]map[string]bool) bool {
	for _, states := range seen {
		both := map[bool]bool{}
		for _, firing := range states {
			both[firing] = true
		}
		if len(both) == 2 {
			return true
		}
	}
	return false
}

// evaluate evaluates a rule now: whether it fires, by domain. Reduce, math and threshold work as Grafana's do on these
// rules: per series, joined by label.
func evaluate(t *testing.T, d *Datasource, rule alertRule) map[string]bool {
	t.Helper()
	series := map[string]map[string][]float64{}
	numbers := map[string]map[string]float64{}
	for _, node := range rule.Data {
		var e expression
		require.NoError(t, json.Unmarshal(node.Model, &e))
		if node.DatasourceUID != "__expr__" {
			ago := func(seconds int) time.Time { return time.Now().Add(-time.Duration(seconds) * time.Second) }
			series[node.RefID] = queryForRule(t, d, node.Model, backend.TimeRange{
				From: ago(node.RelativeTimeRange.From), To: ago(node.RelativeTimeRange.To),
			})
			continue
		}
		result := map[string]float64{}
		switch e.Type {
		case "reduce":
			for domain, values := range series[e.Expression] {
				result[domain] = reducers[e.Reducer](values)
			}
		case "math":
			syntax, err := parser.ParseExpr(strings.ReplaceAll(e.Expression, "$", ""))
			require.NoError(t, err)
			for _, domain := range joined(syntax, numbers) {
				result[domain] = calculate(t, syntax, domain, numbers)
			}
		case "threshold":
			require.Equal(t, "gt", e.Conditions[0].Evaluator.Type)
			for domain, value := range numbers[e.Expression] {
				result[domain] = operators[token.GTR](value, e.Conditions[0].Evaluator.Params[0])
			}
		default:
			require.Fail(t, "an expression that the test does not know: "+e.Type)
		}
		numbers[node.RefID] = result
	}
	firing := map[string]bool{}
	for domain, value := range numbers[rule.Condition] {
		firing[domain] = value != 0 // which no number is not, so that it fires
	}
	return firing
}

// joined are the domains that have all the numbers of an expression.
func joined(e ast.Expr, numbers map[string]map[string]float64) []string {
	in, of := map[string]int{}, 0
	counted := map[string]bool{}
	ast.Inspect(e, func(n ast.Node) bool {
		if name, ok := n.(*ast.Ident); ok && !counted[name.Name] {
			counted[name.Name] = true
			of++
			for domain := range numbers[name.Name] {
				in[domain]++
			}
		}
		return true
	})
	maps.DeleteFunc(in, func(_ string, n int) bool { return n < of })
	return slices.Collect(maps.Keys(in))
}

// queryForRule asks as the alerting engine does, and returns the values by domain.
func queryForRule(t *testing.T, d *Datasource, model json.RawMessage, timeRange backend.TimeRange) map[string][]float64 {
	t.Helper()
	answer, err := d.QueryData(context.Background(), &backend.QueryDataRequest{
		Headers: map[string]string{backend.FromAlertHeaderName: "true"},
		Queries: []backend.DataQuery{{
			RefID: "A", JSON: model, TimeRange: timeRange, Interval: time.Second, MaxDataPoints: 43200,
		}},
	})
	require.NoError(t, err)
	require.NoError(t, answer.Responses["A"].Error)
	values := map[string][]float64{}
	for _, frame := range answer.Responses["A"].Frames {
		if len(frame.Fields) < 2 {
			continue
		}
		domain := frame.Fields[1].Labels["domain"]
		require.NotContains(t, values, domain, "labels are unique")
		for i := range frame.Rows() {
			value, err := frame.Fields[1].FloatAt(i)
			require.NoError(t, err)
			values[domain] = append(values[domain], value)
		}
	}
	return values
}

var reducers = map[string]func([]float64) float64{
	"last": func(v []float64) float64 { return v[len(v)-1] },
	"max": func(v []float64) float64 {
		most := math.Inf(-1)
		for _, x := range v {
			most = max(most, x)
		}
		return most
	},
	"mean": func(v []float64) float64 {
		var sum float64
		for _, x := range v {
			sum += x
		}
		return sum / float64(len(v))
	},
}

// calculate evaluates a math expression for one domain.
func calculate(t *testing.T, e ast.Expr, domain string, numbers map[string]map[string]float64) float64 {
	t.Helper()
	switch e := e.(type) {
	case *ast.Ident:
		return numbers[e.Name][domain]
	case *ast.BasicLit:
		value, err := strconv.ParseFloat(e.Value, 64)
		require.NoError(t, err)
		return value
	case *ast.ParenExpr:
		return calculate(t, e.X, domain, numbers)
	case *ast.BinaryExpr:
		operator, known := operators[e.Op]
		require.True(t, known, e.Op)
		a, b := calculate(t, e.X, domain, numbers), calculate(t, e.Y, domain, numbers)
		if e.Op == token.LAND && a == 0 {
			return 0
		}
		return operator(a, b)
	}
	require.Fail(t, "a syntax that the test does not know")
	return 0
}

// operators give no number where an operand is none, comparisons too.
var operators = map[token.Token]func(a, b float64) float64{
	token.SUB:  func(a, b float64) float64 { return a - b },
	token.QUO:  func(a, b float64) float64 { return a / b },
	token.MUL:  func(a, b float64) float64 { return a * b },
	token.GTR:  func(a, b float64) float64 { return a*b*0 + truth(a > b) },
	token.EQL:  func(a, b float64) float64 { return a*b*0 + truth(a == b) },
	token.LAND: func(a, b float64) float64 { return a*b*0 + truth(a != 0 && b != 0) },
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
