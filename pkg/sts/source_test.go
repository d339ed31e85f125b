package sts_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/rpc"
	"github.com/originflow/aliyuncdn-datasource/pkg/sts"
	"github.com/originflow/aliyuncdn-datasource/pkg/stssim"
)

const roleARN, providerARN = "acs:ram::1:role/r", "acs:ram::1:oidc-provider/p"

// town has a simulated STS and metadata service, whose clock is ahead of the machine's.
func town(t *testing.T, ahead time.Duration) (*sts.Client, *stssim.Server) {
	t.Helper()
	sim := stssim.New(stssim.Options{
		Now:       func() time.Time { return time.Now().Add(ahead) },
		Keys:      map[string]stssim.Key{"id": {Secret: "s", Account: "2"}},
		Providers: map[string]string{providerARN: "iss"},
		Roles: map[string]stssim.Role{roleARN: {
			Accounts: []string{"2"}, Provider: providerARN, Subject: "sub",
		}},
		InstanceRole: "instance",
	})
	office, metadata := httptest.NewServer(sim.STS()), httptest.NewServer(sim.Metadata())
	t.Cleanup(office.Close)
	t.Cleanup(metadata.Close)
	endpoint, err := url.Parse(office.URL)
	require.NoError(t, err)
	return sts.New(endpoint, &http.Client{Transport: &rpc.Signer{Next: http.DefaultTransport}}, metadata.URL), sim
}

var role = sts.Role{ARN: roleARN, SessionName: "me", Duration: time.Hour}

func TestALifetimeIsThatOfTheClockOfWhoGaveTheKey(t *testing.T) {
	for _, ahead := range []time.Duration{0, 14 * time.Minute, -14 * time.Minute, 24 * time.Hour} {
		client, _ := town(t, ahead)
		grant, err := client.AssumeRole(sts.Fixed(rpc.Key{ID: "id", Secret: "s"}), role)(t.Context())
		require.NoError(t, err)
		assert.Equal(t, time.Hour, grant.Lifetime)
		grant, err = client.InstanceRole("")(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 6*time.Hour, grant.Lifetime)
	}
}

func TestTheTokenFileIsReadAnewEachTime(t *testing.T) {
	client, sim := town(t, 0)
	file := filepath.Join(t.TempDir(), "token")
	source := client.AssumeRoleWithOIDC(role, providerARN, file)
	for i := range 2 {
		token := stssim.Claims{Issuer: "iss", Audience: stssim.Audience, Subject: "sub", Expires: time.Now().Add(time.Hour).Unix() + int64(i)}.Token()
		require.NoError(t, os.WriteFile(file, []byte(token), 0o600))
		_, err := source(t.Context())
		require.NoError(t, err)
		assert.Equal(t, token, sim.Calls("")[i].Params["OIDCToken"])
	}
}

func TestTheMetadataServiceIsAskedForATokenFirst(t *testing.T) {
	client, sim := town(t, 0)
	_, err := client.InstanceRole("")(t.Context())
	require.NoError(t, err)
	var asked []string
	for _, call := range sim.Calls("") {
		asked = append(asked, call.Action)
	}
	assert.Equal(t, []string{
		"PUT /latest/api/token", "GET /latest/meta-data/ram/security-credentials/", "GET /latest/meta-data/ram/security-credentials/instance",
	}, asked)
}

// TestTheChainStaysWithWhomItFound holds that a source that fails later does not make somebody else of the data source.
func TestTheChainStaysWithWhomItFound(t *testing.T) {
	client, sim := town(t, 0)
	t.Setenv("HOME", t.TempDir())
	chain := client.Chain(role)
	grant, err := chain(t.Context())
	require.NoError(t, err)
	assert.NotEmpty(t, grant.Key.Token)
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "id")
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "s")
	again, err := chain(t.Context())
	require.NoError(t, err)
	assert.NotEmpty(t, again.Key.Token, "still the instance")
	sim.Change(func(o *stssim.Options) { o.InstanceRole = "" })
	_, err = chain(t.Context())
	assert.Equal(t, sts.NoInstanceRole, err.(*sts.Error).Kind)

	fresh, err := client.Chain(role)(t.Context())
	require.NoError(t, err)
	assert.Equal(t, rpc.Key{ID: "id", Secret: "s"}, fresh.Key, "the environment comes first")
}

func TestTheOrderOfTheChain(t *testing.T) {
	client, _ := town(t, 0)
	home := t.TempDir()
	t.Setenv("HOME", home)
	file := filepath.Join(home, "token")
	token := stssim.Claims{Issuer: "iss", Audience: stssim.Audience, Subject: "sub", Expires: time.Now().Add(time.Hour).Unix()}.Token()
	require.NoError(t, os.WriteFile(file, []byte(token), 0o600))
	uri := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"AccessKeyId":"uri","AccessKeySecret":"s","SecurityToken":"t","Expiration":"2100-01-01T00:00:00Z"}`))
	}))
	t.Cleanup(uri.Close)
	require.NoError(t, os.Mkdir(filepath.Join(home, ".aliyun"), 0o700))
	profiles := `{"current":"a","profiles":[{"name":"a","mode":"StsToken","access_key_id":"profile","access_key_secret":"s","sts_token":"t"}]}`
	require.NoError(t, os.WriteFile(filepath.Join(home, ".aliyun", "config.json"), []byte(profiles), 0o600))
	for name, value := range map[string]string{
		"ALIBABA_CLOUD_ACCESS_KEY_ID": "environment", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "s",
		"ALIBABA_CLOUD_ROLE_ARN": roleARN, "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": providerARN, "ALIBABA_CLOUD_OIDC_TOKEN_FILE": file,
		"ALIBABA_CLOUD_CREDENTIALS_URI": uri.URL,
	} {
		t.Setenv(name, value)
	}
	for _, c := range []struct{ id, variable, off string }{
		{"environment", "ALIBABA_CLOUD_ACCESS_KEY_ID", ""},
		{"STS.session-1", "ALIBABA_CLOUD_OIDC_TOKEN_FILE", ""},
		{"profile", "ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "true"},
		{"STS.session-2", "ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true"},
		{"uri", "ALIBABA_CLOUD_CREDENTIALS_URI", ""},
	} {
		grant, err := client.Chain(role)(t.Context())
		require.NoError(t, err, c.id)
		assert.Equal(t, c.id, grant.Key.ID)
		t.Setenv(c.variable, c.off)
	}
	_, err := client.Chain(role)(t.Context())
	assert.Equal(t, &sts.Error{Kind: sts.NoSource}, err)
}

func TestEachModeOfACLIProfileWorks(t *testing.T) {
	client, _ := town(t, 0)
	home := t.TempDir()
	t.Setenv("HOME", home)
	file := filepath.Join(home, "token")
	token := stssim.Claims{Issuer: "iss", Audience: stssim.Audience, Subject: "sub", Expires: time.Now().Add(time.Hour).Unix()}.Token()
	require.NoError(t, os.WriteFile(file, []byte(token), 0o600))
	require.NoError(t, os.Mkdir(filepath.Join(home, ".aliyun"), 0o700))
	for name, c := range map[string]struct {
		profile string
		life    time.Duration
	}{
		"AK":         {`"mode":"AK","access_key_id":"id","access_key_secret":"s"`, 0},
		"StsToken":   {`"mode":"StsToken","access_key_id":"id","access_key_secret":"s","sts_token":"t"`, 0},
		"RamRoleArn": {`"mode":"RamRoleArn","access_key_id":"id","access_key_secret":"s","ram_role_arn":"` + roleARN + `","ram_session_name":"cli","expired_seconds":900`, 15 * time.Minute},
		"EcsRamRole": {`"mode":"EcsRamRole","ram_role_name":"instance"`, 6 * time.Hour},
		"OIDC":       {`"mode":"OIDC","oidc_provider_arn":"` + providerARN + `","oidc_token_file":"` + file + `","ram_role_arn":"` + roleARN + `"`, time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			config := `{"current":"p","profiles":[{"name":"other","mode":"AK"},{"name":"p",` + c.profile + `}]}`
			require.NoError(t, os.WriteFile(filepath.Join(home, ".aliyun", "config.json"), []byte(config), 0o600))
			grant, err := client.Chain(role)(t.Context())
			require.NoError(t, err)
			assert.NotEmpty(t, grant.Key.ID)
			assert.Equal(t, c.life, grant.Lifetime)
		})
	}
}
