package plugin

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// TestChineseRulesDifferInTextsOnly makes what is tried of the English rules true of the Chinese ones.
func TestChineseRulesDifferInTextsOnly(t *testing.T) {
	english := ruleGroups(t, "../../provisioning/alerting/origin-flow.yaml")
	chinese := ruleGroups(t, "../../provisioning/zh-Hans/alerting/origin-flow.yaml")
	require.Len(t, chinese, len(english))
	for i, group := range english {
		require.Len(t, chinese[i].Rules, len(group.Rules))
		assert.Equal(t, group.Interval, chinese[i].Interval)
		for j, rule := range group.Rules {
			other := chinese[i].Rules[j]
			assert.Equal(t, rule["uid"].(string)+"-zh", other["uid"])
			for _, text := range []string{"title", "annotations"} {
				assert.NotEqual(t, rule[text], other[text])
			}
			for _, differs := range []string{"uid", "title", "annotations"} {
				delete(rule, differs)
				delete(other, differs)
			}
			assert.NotEmpty(t, rule["data"])
			assert.Equal(t, rule, other)
		}
	}
}

// ruleGroup is a group of rules with all that they say.
type ruleGroup struct {
	Interval string
	Rules    []map[string]any
}

func ruleGroups(t *testing.T, file string) []ruleGroup {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var content struct{ Groups []ruleGroup }
	require.NoError(t, yaml.Unmarshal(text, &content))
	return content.Groups
}
