package plugin

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/originflow/aliyuncdn-datasource/pkg/sts"
)

// environment are the variables that examples and documents name, with values that a data source could have.
var environment = map[string]string{
	"ALIBABA_CLOUD_ACCESS_KEY_ID":         "LTAI",
	"ALIBABA_CLOUD_ACCESS_KEY_SECRET":     "secret",
	"ALIBABA_CLOUD_SECURITY_TOKEN":        "token",
	"ALIBABA_CLOUD_ROLE_ARN":              roleARN,
	"ALIBABA_CLOUD_EXTERNAL_ID":           externalID,
	"ALIBABA_CLOUD_OIDC_PROVIDER_ARN":     providerARN,
	"ALIBABA_CLOUD_OIDC_TOKEN_FILE":       "/var/run/token",
	"ALIBABA_CLOUD_PROFILE":               "default",
	"ALIBABA_CLOUD_ECS_METADATA":          "role",
	"ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",
	"ALIBABA_CLOUD_IMDSV1_DISABLED":       "true",
	"ALIBABA_CLOUD_CLI_PROFILE_DISABLED":  "true",
	"ALIBABA_CLOUD_CREDENTIALS_URI":       "http://127.0.0.1/",
}

func TestEachWayToSignInHasAnExampleThatWorks(t *testing.T) {
	for name := range authTypes {
		t.Run(name, func(t *testing.T) {
			text := readSource(t, "../../provisioning/datasources/examples/"+name+".yaml")
			// With the lines that are for some only.
			for _, text := range []string{text, regexp.MustCompile(`(?m)^( +)# (\w+: \$)`).ReplaceAllString(text, "$1$2")} {
				var file struct {
					DataSources []struct {
						Type           string
						JSONData       map[string]any
						SecureJSONData map[string]string
					}
				}
				expanded := os.Expand(text, func(variable string) string {
					require.Contains(t, environment, variable)
					return environment[variable]
				})
				require.NoError(t, yaml.Unmarshal([]byte(expanded), &file))
				require.Len(t, file.DataSources, 1)
				source := file.DataSources[0]
				assert.Equal(t, ID, source.Type)
				s, err := parseSettings(mustJSON(t, source.JSONData), source.SecureJSONData)
				require.NoError(t, err)
				assert.Equal(t, name, s.AuthType)
			}
		})
	}
}

func TestTheEnvironmentHasOneSetOfNames(t *testing.T) {
	var seen []string
	variable := regexp.MustCompile(`\b(?:ALI[A-Z]*_[A-Z0-9_]+|ALICLOUD_[A-Z_]+)\b`)
	for _, root := range []string{"../../docs", "../../provisioning", "../../README.md", "../../README.zh-CN.md", "../../docker-compose.yaml", "../sts"} {
		require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			for _, name := range variable.FindAllString(readSource(t, path), -1) {
				assert.Contains(t, environment, name, path)
				seen = append(seen, name)
			}
			return nil
		}))
	}
	for name := range environment {
		assert.True(t, slices.Contains(seen, name), "%s is of no use", name)
	}
}

// TestFindingsAreDocumented compares the table of findings with the kinds of failure, which each have a test.
func TestFindingsAreDocumented(t *testing.T) {
	row := regexp.MustCompile(`(?m)^\| ([^|]+) \|([^|]*)\| ([^|]+) \|$`)
	rows := func(path, title string) [][]string {
		_, table, there := strings.Cut(readSource(t, path), "| "+title+" |")
		require.True(t, there, path)
		return row.FindAllStringSubmatch(table, -1)
	}
	english, chinese := rows("../../docs/credentials.md", "Finding"), rows("../../docs/zh-CN/credentials.md", "结果")
	documented := map[sts.Kind]bool{}
	for i, r := range english {
		documented[sts.Kind(r[1])] = true
		if strings.Contains(r[2], "`") {
			assert.Equal(t, r[2], chinese[i][2], r[1])
		}
	}
	assert.Len(t, chinese, len(english))
	for kind := range signInFailures {
		assert.True(t, documented[kind], kind)
	}
	assert.Len(t, documented, len(signInFailures))
}
