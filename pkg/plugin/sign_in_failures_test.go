package plugin

import (
	"maps"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/sts"
	"github.com/originflow/aliyuncdn-datasource/pkg/stssim"
)

// finding is a way not to be signed in, and what a user is told.
type finding struct {
	signIn
	kind   sts.Kind
	advice string
	status backend.Status
}

// byRole is a data source that assumes a role, but for what is different here.
func byRole(json map[string]any, edit func(*stssim.Options)) signIn {
	way := signIn{json: maps.Clone(ways["ramRoleArn"].json), secrets: userKey, edit: edit}
	maps.Copy(way.json, json)
	return way
}

// byOIDC is one that does so with a token.
func byOIDC(json map[string]any, edit func(*stssim.Options), claims func(*stssim.Claims)) signIn {
	way := signIn{json: maps.Clone(ways["oidcRoleArn"].json), edit: edit, claims: claims}
	maps.Copy(way.json, json)
	return way
}

// answering has STS answer a call otherwise.
func answering(status int, body string) func(*stssim.Options) {
	return func(o *stssim.Options) {
		o.Fault = func(stssim.Call) *stssim.Fault { return &stssim.Fault{Status: status, Body: body} }
	}
}

func refusedWith(code string) func(*stssim.Options) {
	return answering(400, `{"Code":"`+code+`","Message":"m","RequestId":"R-1"}`)
}

func userOf(edit func(*stssim.Key)) func(*stssim.Options) {
	return func(o *stssim.Options) {
		key := o.Keys["LTAI-user"]
		edit(&key)
		o.Keys["LTAI-user"] = key
	}
}

var findings = map[string]finding{
	"the user may not assume roles":   {byRole(nil, userOf(func(k *stssim.Key) { k.MayNotAssume = true })), sts.CallerRefused, "allows sts:AssumeRole on the role", 401},
	"the role trusts another account": {byRole(nil, userOf(func(k *stssim.Key) { k.Account = "3" })), sts.TrustRefused, "Name the user or its account there as Principal", 401},
	"another external id":             {byRole(map[string]any{"externalId": "guess"}, nil), sts.RoleRefused, "the external ID is the one that the trust policy asks for", 401},
	"a key of the account itself":     {byRole(nil, userOf(func(k *stssim.Key) { k.Root = true })), sts.RootKey, "Enter that of a RAM user", 401},
	"no such role":                    {byRole(map[string]any{"roleArn": "acs:ram::1:role/none"}, nil), sts.NoRole, "Compare the role ARN", 401},
	"a session too long":              {byRole(map[string]any{"roleSessionSeconds": 7200}, nil), sts.TooLong, "Lower the session duration", 401},
	"a parameter refused":             {byRole(nil, refusedWith("InvalidParameter.RoleSessionName")), sts.BadParameter, "with InvalidParameter.RoleSessionName", 401},
	"a key unknown to STS":            {byRole(nil, func(o *stssim.Options) { clear(o.Keys) }), sts.UnknownKey, "create a new AccessKey", 401},
	"a disabled key":                  {byRole(nil, refusedWith("InvalidAccessKeyId.Inactive")), sts.UnknownKey, "create a new AccessKey", 401},
	"a wrong secret for STS":          {byRole(nil, userOf(func(k *stssim.Key) { k.Secret = "other" })), sts.WrongSecret, "Enter the secret again", 401},
	"a skewed clock for STS":          {byRole(nil, func(o *stssim.Options) { o.SigningClock = func() time.Time { return time.Now().Add(time.Hour) } }), sts.ClockSkew, "Set the clock", 401},
	"a token to assume with":          {byRole(nil, refusedWith("InvalidSecurityToken.Expired")), sts.BadToken, "with which to assume the role", 401},
	"STS throttles":                   {byRole(nil, refusedWith("Throttling.User")), sts.Throttled, "STS throttles", 429},
	"STS is busy":                     {byRole(nil, answering(503, "<html>")), sts.Busy, "STS is unavailable", 502},
	"STS cuts the connection": {byRole(nil, func(o *stssim.Options) {
		o.Fault = func(stssim.Call) *stssim.Fault { return &stssim.Fault{Break: true} }
	}), sts.Unreachable, "STS did not answer", 502},
	"STS is out of reach":           {byRole(map[string]any{"stsEndpoint": "http://127.0.0.1:1"}, nil), sts.Unreachable, "proxy, firewall, TLS", 502},
	"a code nobody knows of STS":    {byRole(nil, refusedWith("Teapot")), sts.Refused, "with Teapot. Look the code up", 401},
	"something else in STS's place": {byRole(nil, answering(200, "<html>")), sts.Malformed, "whether a proxy answers", 502},
	"half a session":                {byRole(nil, answering(200, `{"Credentials":{"AccessKeyId":"x"}}`)), sts.Malformed, "whether a proxy answers", 502},
	"a redirect of STS":             {byRole(nil, answering(302, "")), sts.Malformed, "whether a proxy answers", 502},

	"nothing set for OIDC":         {signIn{json: map[string]any{"authType": "oidcRoleArn"}}, sts.OIDCIncomplete, "forward_host_env_vars", 401},
	"no token file":                {byOIDC(map[string]any{"oidcTokenFile": "/nowhere/token"}, nil, nil), sts.NoTokenFile, "the volume that RRSA projects", 401},
	"a directory for a token":      {byOIDC(map[string]any{"oidcTokenFile": "/"}, nil, nil), sts.NoTokenFile, "the volume that RRSA projects", 401},
	"another file than a token":    {byOIDC(map[string]any{"oidcTokenFile": "/etc/passwd"}, nil, nil), sts.BadTokenFile, "holds no token", 401},
	"an OIDC provider unknown":     {byOIDC(map[string]any{"oidcProviderArn": providerARN + "2"}, nil, nil), sts.OIDCRefused, "Federated", 401},
	"another service account":      {byOIDC(nil, nil, func(c *stssim.Claims) { c.Subject = "system:serviceaccount:default:x" }), sts.OIDCRefused, "oidc:sub", 401},
	"no role by OIDC":              {byOIDC(map[string]any{"roleArn": "acs:ram::1:role/none"}, nil, nil), sts.NoRole, "Compare the role ARN", 401},
	"an expired OIDC token":        {byOIDC(nil, nil, func(c *stssim.Claims) { c.Expires = 1 }), sts.OIDCExpired, "Kubernetes replaces it", 401},
	"a token for somebody else":    {byOIDC(nil, nil, func(c *stssim.Claims) { c.Audience = "kubernetes" }), sts.OIDCAudience, "has to ask for sts.aliyuncs.com", 401},
	"a provider's old certificate": {byOIDC(nil, refusedWith("AuthenticationFail.OIDCToken.PublicKeyFingerprintMismatch"), nil), sts.OIDCFingerprint, "Fetch its fingerprint anew", 401},
	"a token STS cannot read":      {byOIDC(nil, refusedWith("AuthenticationFail.OIDCToken.InvalidSignature"), nil), sts.OIDCToken, "refuses the OIDC token", 401},

	"no instance": {signIn{json: map[string]any{"authType": "ecsRamRole"}, edit: func(o *stssim.Options) {
		o.Fault = func(stssim.Call) *stssim.Fault { return &stssim.Fault{Break: true} }
	}}, sts.NoMetadata, "cannot reach 100.100.100.200", 401},
	"metadata access off":      {signIn{json: map[string]any{"authType": "ecsRamRole"}, edit: answering(403, "")}, sts.MetadataRefused, "metadata access is on", 401},
	"something for a role":     {signIn{json: map[string]any{"authType": "ecsRamRole", "ecsRoleName": "x"}, edit: answering(200, "<html>")}, sts.MetadataRefused, "metadata access is on", 401},
	"no role on the instance":  {signIn{json: map[string]any{"authType": "ecsRamRole"}, edit: func(o *stssim.Options) { o.InstanceRole = "" }}, sts.NoInstanceRole, "Attach one in the ECS console", 401},
	"another role than named":  {signIn{json: map[string]any{"authType": "ecsRamRole", "ecsRoleName": "other"}}, sts.NoInstanceRole, "leave the role name empty", 401},
	"a path for a role's name": {signIn{json: map[string]any{"authType": "ecsRamRole"}, edit: answering(200, "../token")}, sts.NoInstanceRole, "Attach one", 401},
	"tokens demanded of a metadata service of old": {signIn{
		json: map[string]any{"authType": "ecsRamRole"}, edit: func(o *stssim.Options) { o.NoTokens = true },
		env: map[string]string{"ALIBABA_CLOUD_IMDSV1_DISABLED": "true"},
	}, sts.MetadataRefused, "metadata access is on", 401},

	"nothing to be found": {signIn{
		json: map[string]any{"authType": "default"}, env: map[string]string{}, edit: func(o *stssim.Options) { o.InstanceRole = "" },
	}, sts.NoSource, "No credentials were found", 401},
	"a CLI profile of another kind": {signIn{json: map[string]any{"authType": "default"}, env: map[string]string{
		"CLI": `{"current":"a","profiles":[{"name":"a","mode":"CloudSSO"}]}`,
	}}, sts.BadProfile, "Check ~/.aliyun/config.json", 401},
	"a CLI profile that is its own source": {signIn{json: map[string]any{"authType": "default"}, env: map[string]string{
		"CLI": `{"current":"a","profiles":[{"name":"a","mode":"ChainableRamRoleArn","source_profile":"a","ram_role_arn":"acs:ram::1:role/r"}]}`,
	}}, sts.BadProfile, "Check ~/.aliyun/config.json", 401},
	"a broken CLI profile": {signIn{json: map[string]any{"authType": "default"}, env: map[string]string{"CLI": `{`}}, sts.BadProfile, "Check ~/.aliyun/config.json", 401},
	"a URI that answers nothing": {signIn{
		json: map[string]any{"authType": "default"}, env: map[string]string{"ALIBABA_CLOUD_CREDENTIALS_URI": "http://127.0.0.1:1/"},
		edit: func(o *stssim.Options) { o.InstanceRole = "" },
	}, sts.BadURI, "ALIBABA_CLOUD_CREDENTIALS_URI", 401},
	"a broken source before one that works": {signIn{json: map[string]any{"authType": "default"}, env: map[string]string{
		"ALIBABA_CLOUD_ROLE_ARN": roleARN, "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": providerARN, "ALIBABA_CLOUD_OIDC_TOKEN_FILE": "/nowhere/token",
	}}, sts.NoTokenFile, "the volume that RRSA projects", 401},
	"a metadata service that gives the same key again": {signIn{json: map[string]any{"authType": "ecsRamRole"}, edit: func(o *stssim.Options) {
		o.Fault = func(c stssim.Call) *stssim.Fault {
			return &stssim.Fault{Body: `{"Code":"Success","AccessKeyId":"LTAI-old","AccessKeySecret":"s","SecurityToken":"t","Expiration":"2030-01-01T00:00:00Z"}`}
		}
	}}, sts.SessionRefused, "and a new one too", 401},
}

// identities is the account of which this is found.
func (c finding) identities(t *testing.T) *identities {
	t.Helper()
	if c.kind != sts.SessionRefused {
		return newIdentities(t, c.signIn)
	}
	c.json = maps.Clone(c.json)
	c.json["ecsRoleName"] = "x"
	i := newIdentities(t, c.signIn)
	i.accept(stssim.Session{ID: "LTAI-old", Secret: "s", Token: "another"})
	return i
}

func TestEveryWayNotToBeSignedInIsExplained(t *testing.T) {
	for name, c := range findings {
		t.Run(name, func(t *testing.T) {
			if c.env == nil {
				t.Parallel()
			}
			i := c.identities(t)
			response := i.ask(i.fresh())
			require.Error(t, response.Error)
			assert.Equal(t, c.status, response.Status)
			assert.Equal(t, backend.ErrorSourceDownstream, response.ErrorSource)
			known, _, _ := strings.Cut(catalogue(t, "en-US")[signInFailures[c.kind]]["other"], "{")
			assert.ErrorContains(t, response.Error, known)
			assert.ErrorContains(t, response.Error, c.advice)
			status, message, details := i.health()
			assert.Equal(t, backend.HealthStatusError, status)
			assert.Contains(t, message, c.advice)
			for _, private := range []string{"LTAI-user", "user-secret", "1000000000000001", externalID, i.tokenFile, i.stsServer.URL} {
				assert.NotContains(t, response.Error.Error()+message+details, private)
			}
		})
	}
}

// TestNoKindOfSignInFailureIsForgotten reads the kinds from the source: a new one needs its row here, in
// sign_in_failures.go and in the documents.
func TestNoKindOfSignInFailureIsForgotten(t *testing.T) {
	source, err := os.ReadFile("../sts/error.go")
	require.NoError(t, err)
	found := regexp.MustCompile(`(?m)^\t\w+\s+Kind = "([^"]+)"`).FindAllStringSubmatch(string(source), -1)
	assert.Len(t, found, len(signInFailures))
	tested := map[sts.Kind]bool{}
	for _, c := range findings {
		tested[c.kind] = true
	}
	for _, m := range found {
		kind := sts.Kind(m[1])
		assert.NotEmpty(t, signInFailures[kind], kind)
		assert.True(t, tested[kind], "%s has no test", kind)
	}
}
