package plugin

import (
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
	"github.com/originflow/aliyuncdn-datasource/pkg/plugin/locales"
	"github.com/originflow/aliyuncdn-datasource/pkg/stssim"
)

const (
	roleARN     = "acs:ram::1000000000000001:role/grafana"
	providerARN = "acs:ram::1000000000000001:oidc-provider/cluster"
	issuer      = "https://oidc.example.com"
	subject     = "system:serviceaccount:monitoring:grafana"
	externalID  = "external-id-7f3a"
)

// userKey is the key of a RAM user of another account than the role's.
var userKey = map[string]string{"accessKeyId": "LTAI-user", "accessKeySecret": "user-secret"}

// identities is an account that signs in by sessions: STS, the metadata service of the instance, and a CDN API that
// accepts the sessions that they give out, as long as these have not ended by the lab's clock.
type identities struct {
	*lab
	sts                 *stssim.Server
	stsServer, metadata *httptest.Server
	tokenFile           string
	instance            backend.DataSourceInstanceSettings
	allowed             []string

	mu       sync.Mutex
	sessions []stssim.Session
	asked    int
}

// signIn describes how a data source signs in.
type signIn struct {
	json    map[string]any
	secrets map[string]string
	// edit changes the simulated services before anybody asks them.
	edit func(*stssim.Options)
	// env is set for the test, which cannot run beside others then.
	env map[string]string
	// refused takes the permission of the server's administrator away.
	refused bool
	claims  func(*stssim.Claims)
}

// ways are those that work, of each kind.
var ways = map[string]signIn{
	"ramRoleArn": {
		json:    map[string]any{"authType": "ramRoleArn", "roleArn": roleARN, "externalId": externalID},
		secrets: userKey,
	},
	"ecsRamRole":                       {json: map[string]any{"authType": "ecsRamRole"}},
	"ecsRamRole by name":               {json: map[string]any{"authType": "ecsRamRole", "ecsRoleName": "instance-role"}},
	"ecsRamRole of old":                {json: map[string]any{"authType": "ecsRamRole"}, edit: func(o *stssim.Options) { o.NoTokens = true }},
	"oidcRoleArn":                      {json: map[string]any{"authType": "oidcRoleArn", "roleArn": roleARN, "oidcProviderArn": providerARN, "oidcTokenFile": "{token}"}},
	"oidcRoleArn from the environment": {json: map[string]any{"authType": "oidcRoleArn"}, env: rrsa},
	"default, environment": {json: map[string]any{"authType": "default"}, env: map[string]string{
		"ALIBABA_CLOUD_ACCESS_KEY_ID": cdnsim.DemoKeyID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": cdnsim.DemoKeySecret,
	}},
	"default, OIDC":          {json: map[string]any{"authType": "default"}, env: rrsa},
	"default, instance role": {json: map[string]any{"authType": "default"}, env: map[string]string{}},
	"default, CLI profile": {json: map[string]any{"authType": "default"}, env: map[string]string{
		"CLI": `{"current":"default","profiles":[{"name":"default","mode":"AK","access_key_id":"demo-key-id","access_key_secret":"demo-key-secret"}]}`,
	}},
	"default, a role of a CLI profile": {json: map[string]any{"authType": "default"}, env: map[string]string{
		"ALIBABA_CLOUD_PROFILE": "role",
		"CLI": `{"current":"user","profiles":[{"name":"user","mode":"AK","access_key_id":"LTAI-user","access_key_secret":"user-secret"},
			{"name":"role","mode":"ChainableRamRoleArn","source_profile":"user","ram_role_arn":"` + roleARN + `","external_id":"` + externalID + `","ram_session_name":"cli"}]}`,
	}},
	"default, URI": {
		json: map[string]any{"authType": "default"}, env: map[string]string{"ALIBABA_CLOUD_CREDENTIALS_URI": "{uri}"},
		edit: func(o *stssim.Options) { o.InstanceRole = "" },
	},
}

// rrsa is the environment of a pod.
var rrsa = map[string]string{
	"ALIBABA_CLOUD_ROLE_ARN": roleARN, "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": providerARN, "ALIBABA_CLOUD_OIDC_TOKEN_FILE": "{token}",
}

func newIdentities(t testing.TB, s signIn) *identities {
	t.Helper()
	i := &identities{lab: newLab(t, setup{}), allowed: []string{"ecsRamRole", "oidcRoleArn", "default"}}
	options := stssim.Options{
		Now:       i.now,
		Keys:      map[string]stssim.Key{"LTAI-user": {Secret: "user-secret", Account: "2"}},
		Providers: map[string]string{providerARN: issuer},
		Roles: map[string]stssim.Role{roleARN: {
			Accounts: []string{"2"}, ExternalID: externalID, Provider: providerARN, Subject: subject,
		}},
		InstanceRole: "instance-role",
		Issue:        i.accept,
	}
	if s.edit != nil {
		s.edit(&options)
	}
	i.sts = stssim.New(options)
	i.stsServer, i.metadata = i.serve(i.sts.STS()), i.serve(i.sts.Metadata())
	claims := stssim.Claims{Issuer: issuer, Audience: stssim.Audience, Subject: subject, Expires: noon.AddDate(1, 0, 0).Unix()}
	if s.claims != nil {
		s.claims(&claims)
	}
	i.tokenFile = filepath.Join(t.TempDir(), "token")
	i.writeToken(claims.Token() + "\n")
	i.setEnvironment(s.env)
	json := map[string]any{"stsEndpoint": i.stsServer.URL, "callsPerSecond": 100}
	for key, value := range s.json {
		if value == "{token}" {
			value = i.tokenFile
		}
		json[key] = value
	}
	if s.secrets == nil {
		s.secrets = map[string]string{}
	}
	if s.refused {
		i.allowed = nil
	}
	i.instance = i.lab.instance(setup{json: json, secrets: s.secrets})
	i.source.Dispose()
	i.source = i.another()
	return i
}

// another is a data source like the lab's.
func (i *identities) another() *Datasource {
	source := server{i.allowed, i.metadata.URL}.newDatasource(context.Background(), i.instance, i.now)
	i.Cleanup(source.Dispose)
	return source
}

func (i *identities) serve(handler http.Handler) *httptest.Server {
	server := httptest.NewServer(handler)
	i.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return server
}

// setEnvironment sets the variables; CLI is the file of a CLI profile.
func (i *identities) setEnvironment(env map[string]string) {
	if env == nil {
		return
	}
	t, ok := i.TB.(*testing.T)
	require.True(i, ok)
	home := t.TempDir()
	t.Setenv("HOME", home)
	for name, value := range env {
		switch value {
		case "{token}":
			value = i.tokenFile
		case "{uri}":
			value = i.metadata.URL + "/uri"
			i.sts.Change(func(o *stssim.Options) {
				session := stssim.Session{ID: "STS.uri", Secret: "uri-secret", Token: "uri-token", Expires: i.now().Add(time.Hour)}
				i.accept(session)
				o.Fault = func(c stssim.Call) *stssim.Fault {
					if c.Action != "GET /uri" {
						return nil
					}
					return &stssim.Fault{Body: string(mustJSON(i, map[string]any{
						"Code": "Success", "AccessKeyId": session.ID, "AccessKeySecret": session.Secret, "SecurityToken": session.Token, "Expiration": session.Expires,
					}))}
				}
			})
		}
		if name == "CLI" {
			require.NoError(i, os.Mkdir(filepath.Join(home, ".aliyun"), 0o700))
			require.NoError(i, os.WriteFile(filepath.Join(home, ".aliyun", "config.json"), []byte(value), 0o600))
			continue
		}
		t.Setenv(name, value)
	}
}

func (i *identities) writeToken(text string) {
	require.NoError(i, os.WriteFile(i.tokenFile, []byte(text), 0o600))
}

// accept lets a session in to the CDN API.
func (i *identities) accept(s stssim.Session) {
	i.mu.Lock()
	i.sessions = append(i.sessions, s)
	i.mu.Unlock()
	i.sim.Change(func(o *cdnsim.Options) { o.Keys[s.ID] = cdnsim.Key{Secret: s.Secret, SecurityToken: s.Token} })
}

// revoke has the CDN API refuse all sessions given out so far that end by a time.
func (i *identities) revoke(ended time.Time) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.sim.Change(func(o *cdnsim.Options) {
		for _, s := range i.sessions {
			if !s.Expires.After(ended) {
				o.Keys[s.ID] = cdnsim.Key{Secret: s.Secret, SecurityToken: s.Token, Expires: time.Unix(1, 0)}
			}
		}
	})
}

// later moves the clock, and sessions end.
func (i *identities) later(d time.Duration) {
	i.lab.later(d)
	i.revoke(i.now())
}

// given counts the sessions that were given out.
func (i *identities) given() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return len(i.sessions)
}

// works asks for an hour that nobody asked for before.
func (i *identities) works() {
	i.Helper()
	i.sim.Reset()
	i.frames(i.fresh())
	require.NotEmpty(i, i.sim.Calls(), "a call of the API is made")
}

// fresh is a question about a domain of an hour that is not in the cache.
func (i *identities) fresh() question {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.asked++
	to := time.Duration(i.asked) * 2 * time.Hour
	return question{query: `{"domains":["www.example.com"],"granularity":"5m"}`, from: to + time.Hour, to: to}
}

func TestEachWayToSignInWorks(t *testing.T) {
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			if way.env == nil {
				t.Parallel()
			}
			i := newIdentities(t, way)
			i.works()
			status, message, _ := i.health()
			assert.Equal(t, backend.HealthStatusOk, status, message)
			assert.LessOrEqual(t, i.given(), 1)
		})
	}
}

func TestARoleIsAssumedAsTheSettingsSay(t *testing.T) {
	t.Parallel()
	way := ways["ramRoleArn"]
	way.json = maps.Clone(way.json)
	way.json["roleSessionName"], way.json["roleSessionSeconds"] = "who-asks", 1800
	i := newIdentities(t, way)
	i.works()
	require.Len(t, i.sts.Calls("AssumeRole"), 1)
	params := i.sts.Calls("AssumeRole")[0].Params
	for name, want := range map[string]string{
		"RoleArn": roleARN, "ExternalId": externalID, "RoleSessionName": "who-asks", "DurationSeconds": "1800",
	} {
		assert.Equal(t, want, params[name])
	}
}

// TestOneSessionServesHoweverManyQueriesWait also holds that the hundred do not ask one after the other.
func TestOneSessionServesHoweverManyQueriesWait(t *testing.T) {
	for _, name := range []string{"ramRoleArn", "oidcRoleArn", "ecsRamRole"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			way := ways[name]
			released := make(chan struct{})
			way.edit = func(o *stssim.Options) {
				o.Fault = func(stssim.Call) *stssim.Fault {
					<-released
					return nil
				}
			}
			i := newIdentities(t, way)
			var group errgroup.Group
			var asked sync.WaitGroup
			for range 100 {
				asked.Add(1)
				group.Go(func() error {
					asked.Done()
					return i.ask(i.fresh()).Error
				})
			}
			asked.Wait()
			close(released)
			require.NoError(t, group.Wait())
			assert.Equal(t, 1, i.given())
		})
	}
}

func TestASessionIsRenewedAheadOfItsEnd(t *testing.T) {
	for _, name := range []string{"ramRoleArn", "oidcRoleArn"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := newIdentities(t, ways[name])
			i.works()
			i.later(54 * time.Minute)
			i.works()
			assert.Equal(t, 1, i.given(), "it holds for another six minutes")
			i.later(2 * time.Minute)
			i.works() // with the old one: nobody waits
			assert.Eventually(t, func() bool { return i.given() == 2 }, 5*time.Second, time.Millisecond)
			i.later(5 * time.Minute)
			i.works()
			assert.Equal(t, 2, i.given(), "the old one has ended meanwhile")
			i.later(2 * time.Hour)
			i.works()
			assert.Equal(t, 3, i.given(), "a session that ended unnoticed")
		})
	}
}

func TestAFailedRenewalKeepsTheSessionThatHolds(t *testing.T) {
	t.Parallel()
	i := newIdentities(t, ways["ramRoleArn"])
	i.works()
	i.sts.Change(func(o *stssim.Options) {
		o.Fault = func(stssim.Call) *stssim.Fault { return &stssim.Fault{Break: true} }
	})
	i.later(57 * time.Minute)
	for range 20 {
		i.works()
	}
	assert.Eventually(t, func() bool { return len(i.sts.Calls("")) > 1 }, 5*time.Second, time.Millisecond)
	i.later(20 * time.Second)
	i.works()
	assert.LessOrEqual(t, len(i.sts.Calls("AssumeRole")), 3, "the transport may send a call twice, but no query tries again")
	i.sts.Change(func(o *stssim.Options) { o.Fault = nil })
	i.later(time.Minute)
	i.works()
	assert.Eventually(t, func() bool { return i.given() == 2 }, 5*time.Second, time.Millisecond)
}

func TestARevokedSessionIsRenewedAndTheCallRepeated(t *testing.T) {
	for _, name := range []string{"ramRoleArn", "oidcRoleArn", "ecsRamRole", "default, instance role"} {
		t.Run(name, func(t *testing.T) {
			if ways[name].env == nil {
				t.Parallel()
			}
			i := newIdentities(t, ways[name])
			i.works()
			i.revoke(i.now().Add(24 * time.Hour))
			var group errgroup.Group
			for range 20 {
				group.Go(func() error { return i.ask(i.fresh()).Error })
			}
			require.NoError(t, group.Wait())
			assert.Equal(t, 2, i.given(), "one new session for all that were refused")
		})
	}
}

func TestASessionThatIsRefusedAgainIsExplained(t *testing.T) {
	t.Parallel()
	way := ways["ramRoleArn"]
	way.edit = func(o *stssim.Options) {
		accept := o.Issue
		o.Issue = func(s stssim.Session) {
			s.Token = "another"
			accept(s)
		}
	}
	i := newIdentities(t, way)
	requireExplained(t, failure{status: 401, advice: locales.English.Say(failures["session refused"].key, nil), silent: true}, i.ask(i.fresh()))
	assert.Equal(t, 2, i.given())
}

func TestAQueryThatIsCanceledDoesNotWaitForASession(t *testing.T) {
	t.Parallel()
	way := ways["ramRoleArn"]
	arrived := make(chan struct{}, 10)
	way.edit = func(o *stssim.Options) {
		o.Fault = func(stssim.Call) *stssim.Fault {
			arrived <- struct{}{}
			return &stssim.Fault{Hang: true}
		}
	}
	i := newIdentities(t, way)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	start := time.Now()
	requireExplained(t, failure{status: statusClosed, advice: canceled, silent: true}, i.askWithin(ctx, i.fresh()))
	assert.Less(t, time.Since(start), 5*time.Second)
}

func TestAQueryOutlastsAnSTSThatIsBusyForAMoment(t *testing.T) {
	t.Parallel()
	var refused atomic.Int64
	way := ways["ramRoleArn"]
	way.edit = func(o *stssim.Options) {
		o.Fault = func(stssim.Call) *stssim.Fault {
			if refused.Add(1) > 1 {
				return nil
			}
			return &stssim.Fault{Status: 503, Body: `{"Code":"ServiceUnavailable"}`}
		}
	}
	i := newIdentities(t, way)
	// Between its tries a query waits by the machine's clock, and so does the session.
	i.clock.Store(time.Now().Unix())
	i.source = server{i.allowed, i.metadata.URL}.newDatasource(t.Context(), i.instance, time.Now)
	t.Cleanup(i.source.Dispose)
	i.works()
}

// TestTheCacheBelongsToTheRole also holds that it belongs to nobody else.
func TestTheCacheBelongsToTheRole(t *testing.T) {
	t.Parallel()
	way := ways["ramRoleArn"]
	way.json = maps.Clone(way.json)
	way.json["roleSessionSeconds"] = 900
	i := newIdentities(t, way)
	q := i.fresh()
	i.frames(q)
	i.later(20 * time.Minute)
	i.works()
	require.Equal(t, 2, i.given())
	q.from, q.to = q.from+20*time.Minute, q.to+20*time.Minute
	i.sim.Reset()
	i.source = i.another() // and after the settings were saved anew
	i.frames(q)
	assert.Empty(t, i.sim.Calls(), "another session finds what the one before fetched")

	other := i.instance
	other.DecryptedSecureJSONData = map[string]string{"accessKeyId": "LTAI-user", "accessKeySecret": "a guess"}
	i.instance = other
	i.source = i.another()
	assert.Error(t, i.ask(q).Error, "who cannot assume the role does not see what it fetched")
}

// TestSTSIsAskedThroughTheProxyAndTheMetadataServiceIsNot has the built plugin sign in, as a process reads its environment
// once.
func TestSTSIsAskedThroughTheProxyAndTheMetadataServiceIsNot(t *testing.T) {
	t.Parallel() // it waits for what is not there
	var mu sync.Mutex
	var asked []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, r.Method+" "+r.Host)
		w.WriteHeader(http.StatusForbidden)
	}))
	defer proxy.Close()
	b := startBinary(t, "HTTP_PROXY="+proxy.URL, "HTTPS_PROXY="+proxy.URL, "NO_PROXY=", "GF_PLUGIN_ALLOWED_AUTH_TYPES=ecsRamRole")
	for id, c := range []struct {
		way  string
		says string
	}{{"ramRoleArn", "STS did not answer"}, {"ecsRamRole", ""}} {
		i := newIdentities(t, ways[c.way])
		settings := map[string]any{"stsEndpoint": "https://sts.aliyuncs.com"}
		maps.Copy(settings, ways[c.way].json)
		i.instance.ID, i.instance.JSONData, i.instance.Updated = int64(id+1), mustJSON(t, settings), time.Now()
		result, err := b.CheckHealth(t.Context(), &backend.CheckHealthRequest{PluginContext: backend.PluginContext{
			Namespace: "default", PluginID: ID, DataSourceInstanceSettings: &i.instance,
		}})
		require.NoError(t, err)
		assert.Contains(t, result.Message, c.says)
	}
	mu.Lock()
	defer mu.Unlock()
	assert.Contains(t, asked, "CONNECT sts.aliyuncs.com:443")
	assert.False(t, slices.ContainsFunc(asked, func(to string) bool { return strings.Contains(to, "100.100.100.200") }), asked)
}

func TestTheServersIdentityNeedsItsAdministrator(t *testing.T) {
	for name, way := range ways {
		kind, _ := way.json["authType"].(string)
		if !authTypes[kind].ofServer {
			continue
		}
		t.Run(name, func(t *testing.T) {
			way.refused = true
			i := newIdentities(t, way)
			response := i.ask(i.fresh())
			assert.ErrorContains(t, response.Error, "grafana.ini")
			assert.ErrorContains(t, response.Error, "[plugin.originflow-aliyuncdn-datasource] the line allowed_auth_types = "+kind)
			status, _, details := i.health()
			assert.Equal(t, backend.HealthStatusError, status)
			assert.Contains(t, details, "allowed_auth_types = "+kind)
			assert.Empty(t, i.sts.Calls(""))
			assert.Empty(t, i.sim.Calls())
		})
	}
}

func TestTheAdministratorsListIsReadFromTheEnvironment(t *testing.T) {
	t.Setenv("GF_PLUGIN_ALLOWED_AUTH_TYPES", " ecsRamRole ,default,")
	on := thisServer()
	assert.NoError(t, on.permits("ecsRamRole"))
	assert.NoError(t, on.permits("default"))
	assert.ErrorContains(t, on.permits("oidcRoleArn"), "allowed_auth_types = ecsRamRole,default,oidcRoleArn")
	assert.NoError(t, on.permits("ramRoleArn"), "whose key is not the server's")
	assert.Equal(t, "http://100.100.100.200", on.metadata)
}
