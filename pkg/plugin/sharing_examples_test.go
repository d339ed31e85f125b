package plugin

import (
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// yamlIn are the documents of a YAML text.
func yamlIn[T any](t *testing.T, text string) (documents []T) {
	t.Helper()
	for document := range strings.SplitSeq(text, "\n---\n") {
		var into T
		require.NoError(t, yaml.Unmarshal([]byte(document), &into))
		documents = append(documents, into)
	}
	return documents
}

// provisioned is the data source of a provisioning file, which is given the variables.
func provisioned(t *testing.T, text string, variables map[string]string) (settings, error) {
	t.Helper()
	file := yamlIn[struct {
		DataSources []struct {
			JSONData       map[string]any
			SecureJSONData map[string]string
		}
	}](t, os.Expand(text, func(name string) string { return variables[name] }))
	require.Len(t, file[0].DataSources, 1)
	source := file[0].DataSources[0]
	return parseSettings(mustJSON(t, source.JSONData), source.SecureJSONData)
}

func TestTheDemoSharesWhereTheEnvironmentSaysSo(t *testing.T) {
	demo := readSource(t, "../../provisioning/datasources/demo.yaml")
	s, err := provisioned(t, demo, nil)
	require.NoError(t, err)
	assert.Empty(t, s.SharedCacheURL)

	compose := yamlIn[struct {
		Services map[string]struct {
			Profiles    []string
			Ports       []string
			Environment map[string]string
			Command     []string
		}
	}](t, readSource(t, "../../docker-compose.yaml"))[0].Services
	s, err = provisioned(t, demo, compose["grafana"].Environment)
	require.NoError(t, err)
	assert.Empty(t, s.SharedCacheURL)
	ports := map[string]bool{}
	for _, name := range []string{"replica-1", "replica-2"} {
		replica := compose[name]
		assert.Subset(t, replica.Environment, compose["grafana"].Environment)
		s, err := provisioned(t, demo, replica.Environment)
		require.NoError(t, err)
		assert.Equal(t, "redis://valkey:6379", s.SharedCacheURL)
		assert.Contains(t, compose["valkey"].Command, s.sharedCachePassword())
		assert.Equal(t, compose["valkey"].Profiles, replica.Profiles)
		ports[replica.Ports[0]] = true
	}
	assert.Len(t, ports, 2)
}

// TestTheExampleOfKubernetesWorks looks at what can be looked at without a cluster.
func TestTheExampleOfKubernetesWorks(t *testing.T) {
	document := readSource(t, "../../docs/scaling.md")
	example := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindStringSubmatch(document)
	require.NotNil(t, example)
	type object struct {
		Kind       string
		Metadata   struct{ Name string }
		Data       map[string]string
		StringData map[string]string
	}
	objects := map[string]object{}
	for _, o := range yamlIn[object](t, example[1]) {
		objects[o.Kind+" "+o.Metadata.Name] = o
	}
	variables := objects["Secret grafana-cdn"].StringData
	s, err := provisioned(t, objects["ConfigMap grafana-cdn-datasource"].Data["cdn.yaml"], variables)
	require.NoError(t, err)
	server, err := url.Parse(s.SharedCacheURL)
	require.NoError(t, err)
	assert.Contains(t, objects, "Service "+server.Hostname())
	user := objects["Secret valkey-users"].StringData["users.acl"] + "\n"
	assert.Contains(t, user, "\nuser "+server.User.Username()+" on >"+s.sharedCachePassword()+" ~"+s.SharedCachePrefix+":* ")

	needed := regexp.MustCompile(`(?m)^//\t(eval .*)$`).FindStringSubmatch(readSource(t, "../sharedcache/sharedcache.go"))
	require.NotNil(t, needed)
	commands := " -@all +" + strings.ReplaceAll(needed[1], " ", " +") + "\n"
	assert.Contains(t, user, commands)
	assert.Contains(t, readSource(t, "../../docs/zh-CN/scaling.md"), commands)
}
