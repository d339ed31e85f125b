package plugin

import (
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"maps"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
	"github.com/originflow/aliyuncdn-datasource/pkg/plugin/locales"
	"github.com/originflow/aliyuncdn-datasource/pkg/sharedcache"
)

// sharedCacheOf is what a data source of the settings and secrets shares.
func sharedCacheOf(t *testing.T, jsonData map[string]any, secrets map[string]string) (*sharedcache.Config, error) {
	t.Helper()
	instance := backend.DataSourceInstanceSettings{JSONData: mustJSON(t, jsonData), DecryptedSecureJSONData: secrets}
	s, err := parseSettings(instance.JSONData, secrets)
	require.NoError(t, err)
	return s.sharedCache(t.Context(), instance)
}

func TestNothingIsSharedUnlessTheSettingsSaySo(t *testing.T) {
	none, err := sharedCacheOf(t, map[string]any{"sharedCachePrefix": "cdn", "tlsAuthWithCACert": true}, sharing)
	require.NoError(t, err)
	assert.Nil(t, none)

	config, err := sharedCacheOf(t, map[string]any{"sharedCacheURL": "redis://redis"}, sharing)
	require.NoError(t, err)
	assert.Equal(t, "redis://redis", config.URL)
	assert.Equal(t, "password", config.Password)
	assert.Equal(t, "aliyuncdn", config.Prefix)
	assert.Nil(t, config.Dial)

	config, err = sharedCacheOf(t, map[string]any{
		"sharedCacheURL": "rediss://me@redis/1", "sharedCachePrefix": "cdn", "authType": "demo",
	}, map[string]string{"sharedCachePassword": " password\n"})
	require.NoError(t, err, "demo data may be shared, too")
	assert.Equal(t, "rediss://me@redis/1", config.URL)
	assert.Equal(t, "password", config.Password)
	assert.Equal(t, "cdn", config.Prefix)
}

func TestTheSharedCacheHasTheTLSSettingsOfTheDataSource(t *testing.T) {
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	certificate := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	der, err := x509.MarshalPKCS8PrivateKey(server.TLS.Certificates[0].PrivateKey)
	require.NoError(t, err)
	private := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))

	for _, authType := range []string{"accessKey", "demo"} {
		plain, err := sharedCacheOf(t, map[string]any{"authType": authType, "sharedCacheURL": "rediss://redis"}, sharing)
		require.NoError(t, err)
		assert.Nil(t, plain.TLS.RootCAs, "the system's")
		assert.Empty(t, plain.TLS.Certificates)
		assert.False(t, plain.TLS.InsecureSkipVerify)

		secrets := map[string]string{"tlsCACert": certificate, "tlsClientCert": certificate, "tlsClientKey": private}
		maps.Copy(secrets, sharing)
		own, err := sharedCacheOf(t, map[string]any{
			"authType": authType, "sharedCacheURL": "rediss://redis",
			"tlsAuth": true, "tlsAuthWithCACert": true, "tlsSkipVerify": true, "serverName": "redis.example.com",
		}, secrets)
		require.NoError(t, err)
		_, err = server.Certificate().Verify(x509.VerifyOptions{Roots: own.TLS.RootCAs})
		require.NoError(t, err)
		assert.Len(t, own.TLS.Certificates, 1)
		assert.True(t, own.TLS.InsecureSkipVerify)
		assert.Equal(t, "redis.example.com", own.TLS.ServerName)

		secrets["tlsCACert"] = "none"
		_, err = sharedCacheOf(t, map[string]any{"authType": authType, "sharedCacheURL": "rediss://redis", "tlsAuthWithCACert": true}, secrets)
		assert.EqualError(t, err, errHTTPSettings.Error(), "without the SDK's words")
	}
}

func TestOnlyWhoKnowsTheSecretsHasTheIdentity(t *testing.T) {
	identity := func(jsonData map[string]any, secrets map[string]string) string {
		jsonData["sharedCacheURL"] = "redis://redis"
		if jsonData["sharedCachePrefix"] == nil {
			jsonData["sharedCachePrefix"] = "team-a"
		}
		config, err := sharedCacheOf(t, jsonData, secrets)
		require.NoError(t, err)
		require.Len(t, config.Identity, 32)
		return hex.EncodeToString(config.Identity)
	}
	with := func(field, value string) map[string]string {
		changed := maps.Clone(sharing)
		changed[field] = value
		return changed
	}
	base := identity(map[string]any{}, sharing)
	s, err := parseSettings([]byte(`{}`), sharing)
	require.NoError(t, err)
	assert.NotEqual(t, s.account(), base)
	for name, same := range map[string]map[string]any{
		"other names of keys": {"sharedCachePrefix": "cdn"},
		"other limits":        {"callsPerSecond": 5, "cacheMaxMB": 1, "dataDelay": "1h"},
		"another language":    {"language": "zh-Hans"},
		"other TLS settings":  {"tlsSkipVerify": true},
	} {
		assert.Equal(t, base, identity(same, sharing), name)
	}
	elsewhere, err := sharedCacheOf(t, map[string]any{"sharedCacheURL": "rediss://me@elsewhere:6380/1"}, sharing)
	require.NoError(t, err)
	assert.Equal(t, base, hex.EncodeToString(elsewhere.Identity), "however the server is reached")

	seen := map[string]string{base: "the first"}
	for name, other := range map[string]string{
		"another secret":                  identity(map[string]any{}, with("accessKeySecret", "secret2")),
		"another password":                identity(map[string]any{}, with("sharedCachePassword", "password2")),
		"no password":                     identity(map[string]any{}, key),
		"parts cut elsewhere":             identity(map[string]any{}, with("accessKeySecret", "secretpassword")),
		"another endpoint":                identity(map[string]any{"endpoint": "http://127.0.0.1"}, sharing),
		"an instance role":                identity(map[string]any{"authType": "ecsRamRole"}, sharing),
		"the same with another password":  identity(map[string]any{"authType": "ecsRamRole"}, with("sharedCachePassword", "password2")),
		"the default chain":               identity(map[string]any{"authType": "default"}, sharing),
		"the default chain, new password": identity(map[string]any{"authType": "default"}, with("sharedCachePassword", "password2")),
	} {
		assert.Empty(t, seen[other], name)
		seen[other] = name
	}
}

func TestEveryTroubleIsExplained(t *testing.T) {
	constant := regexp.MustCompile(`(?m)^\t(\w+) Trouble = "(\w+)"$`)
	var all []sharedcache.Trouble
	for _, m := range constant.FindAllStringSubmatch(readSource(t, "../sharedcache/sharedcache.go"), -1) {
		all = append(all, sharedcache.Trouble(m[2]))
	}
	require.NotEmpty(t, all)
	assert.ElementsMatch(t, all, slices.Collect(maps.Keys(troubles)))
}

func TestTheHealthCheckTellsHowTheSharedCacheDoes(t *testing.T) {
	const signedIn = "Signed in. 12 domains, origin flow final up to 2024-05-15 11:50 UTC."
	for says, state := range map[string]*sharedcache.State{
		"": nil,
		"The shared cache answers; 1 Grafana process uses it for this account.":                                                {Replicas: 1},
		"The shared cache answers; 3 Grafana processes use it for this account.":                                               {Replicas: 3},
		"The shared cache has not answered yet. Test again in a few seconds.":                                                  {Trouble: sharedcache.Starting},
		"The shared cache cannot be reached. Check sharedCacheURL, that Redis runs, and that the Grafana server may reach it.": {Trouble: sharedcache.Unreachable, Replicas: 2},
		"The shared cache answers too slowly. Check the load of Redis, and that it is near the Grafana server.":                {Trouble: sharedcache.TooSlow},
		"The shared cache refuses the user, the password or a command. Check the user in sharedCacheURL, sharedCachePassword, " +
			"and that the user may use the commands that docs/scaling.md lists.": {Trouble: sharedcache.Denied},
		"The shared cache has no memory left. Raise maxmemory of Redis, or set its maxmemory-policy to allkeys-lru.": {Trouble: sharedcache.Full},
		"The shared cache takes no writes, as sharedCacheURL leads to a replica of another Redis. Enter the address of that one.": {
			Trouble: sharedcache.ReadOnly,
		},
		"The shared cache speaks no TLS, or shows a certificate that the Grafana server does not trust. " +
			"Check sharedCacheURL, where only rediss:// means TLS, and the TLS settings of the data source.": {Trouble: sharedcache.Untrusted},
		"The shared cache answers with errors, or with what makes no sense. " +
			"Check that sharedCacheURL leads to Redis or Valkey, and look at its log.": {Trouble: sharedcache.Failing},
	} {
		result := diagnose(locales.English, originflow.Probe{
			Operation: cdn.SrcFlowData, Domains: 12, SettledUntil: noon.Add(-17 * time.Minute), Shared: state,
		})
		assert.Equal(t, backend.HealthStatusOk, result.Status, "queries are answered without it")
		message := signedIn
		if state != nil && state.Trouble != "" {
			message += " " + says
		}
		assert.Equal(t, message, result.Message)
		var details struct{ VerboseMessage string }
		require.NoError(t, json.Unmarshal(result.JSONDetails, &details))
		assert.Contains(t, details.VerboseMessage, says)
		assert.Equal(t, says != "", strings.Contains(details.VerboseMessage, "shared cache"))
	}
}

// alone are the notices of two series that were read without the shared cache.
func alone(t *testing.T, w *locales.Words, trouble sharedcache.Trouble, alert bool) []data.Notice {
	t.Helper()
	q, err := parseQuery([]byte(`{"domains":["a.example.com","b.example.com"]}`))
	require.NoError(t, err)
	q.words = w
	line := originflow.Line{Slices: []originflow.Slice{{Start: noon, Volume: 1}}}
	result := originflow.Result{Operation: flow, Alone: trouble, Series: []originflow.Series{
		{Target: originflow.Target{Name: "a.example.com"}, Line: line}, {Target: originflow.Target{Name: "b.example.com"}, Line: line},
	}}
	var notices []data.Notice
	answer := response(q, originflow.DomainList{}, result, alert)
	require.NoError(t, answer.Error)
	require.Len(t, answer.Frames, 2)
	for _, frame := range answer.Frames {
		notices = append(notices, frame.Meta.Notices...)
	}
	return notices
}

func TestANoticeSaysThatAGrafanaWorksOnItsOwn(t *testing.T) {
	for trouble, key := range troubles {
		for _, alert := range []bool{false, true} {
			notices := alone(t, locales.English, trouble, alert)
			if trouble == sharedcache.Starting {
				assert.Empty(t, notices, "it passes by itself")
				continue
			}
			require.Len(t, notices, 1, "once for all series")
			assert.Equal(t, data.NoticeSeverityInfo, notices[0].Severity, "every number is right")
			assert.Equal(t, locales.English.Say(key, nil)+" Meanwhile this Grafana works on its own.", notices[0].Text)
		}
	}
	assert.Empty(t, alone(t, locales.English, "", false))
	assert.Equal(t, "共享缓存的内存已满。请调大 Redis 的 maxmemory，或将其 maxmemory-policy 设为 allkeys-lru。在此期间，此 Grafana 独立工作。",
		alone(t, locales.Chinese, sharedcache.Full, false)[0].Text)
}
