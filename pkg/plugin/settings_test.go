package plugin

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
)

// key is an AccessKey pair, temporary one with its token, sharing one with the password of a shared cache.
var (
	key       = map[string]string{"accessKeyId": "id", "accessKeySecret": "secret"}
	temporary = map[string]string{"accessKeyId": "id", "accessKeySecret": "secret", "securityToken": "token"}
	sharing   = map[string]string{"accessKeyId": "id", "accessKeySecret": "secret", "sharedCachePassword": "password"}
)

func TestSettingsHaveDefaults(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":         ``,
		"null":            `null`,
		"an empty object": `{}`,
		"cleared fields": `{"authType":"","endpoint":"  ","apiVersion":"","flowUnit2014":"","dataDelay":"",
			"callsPerSecond":null,"cacheMaxMB":null,"sharedCacheURL":"","sharedCachePrefix":" "}`,
		"other fields": `{"timeout":30,"tlsSkipVerify":true,"futureSetting":{"a":1}}`,
	} {
		t.Run(name, func(t *testing.T) {
			s, err := parseSettings([]byte(text), key)
			require.NoError(t, err)
			assert.Equal(t, "accessKey", s.AuthType)
			assert.Equal(t, "https://cdn.aliyuncs.com", s.endpoint.String())
			assert.Equal(t, "auto", s.APIVersion)
			assert.Empty(t, apiVersions[s.APIVersion], "the answers choose")
			assert.Equal(t, cdn.Bit, flowUnits[s.FlowUnit2014])
			assert.Equal(t, 15*time.Minute, s.dataDelay)
			assert.Equal(t, 20, s.CallsPerSecond)
			assert.Equal(t, 64, s.CacheMaxMB)
			assert.Empty(t, s.SharedCacheURL, "nothing is shared")
			assert.Equal(t, "aliyuncdn", s.SharedCachePrefix)
		})
	}
}

func TestSettingsTakeEveryDocumentedValue(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		secrets map[string]string
		holds   func(settings) bool
	}{
		"an AccessKey": {`{"authType":"accessKey"}`, key, func(s settings) bool { return len(s.fieldValues()) == 2 }},
		"an STS token": {`{"authType":"stsToken"}`, temporary, func(s settings) bool { return s.fieldValues()[2] == "token" }},
		"a role": {
			`{"authType":"ramRoleArn","roleArn":"acs:ram::1:role/cdn-reader_1.x","externalId":"a/b:c","roleSessionName":"me@x","roleSessionSeconds":43200}`, key,
			func(s settings) bool { return s.role().Duration == 12*time.Hour && s.role().ExternalID == "a/b:c" },
		},
		"a role with defaults": {
			`{"authType":"ramRoleArn","roleArn":"acs:ram::1:role/r"}`, key,
			func(s settings) bool {
				return s.role().Duration == time.Hour && s.role().SessionName == "grafana-aliyuncdn" && s.stsEndpoint.String() == "https://sts.aliyuncs.com"
			},
		},
		"an instance role": {`{"authType":"ecsRamRole"}`, nil, func(s settings) bool { return s.ECSRoleName == "" }},
		"RRSA": {
			`{"authType":"oidcRoleArn","oidcTokenFile":"/var/run/token","roleArn":"acs:ram::1:role/r","oidcProviderArn":"acs:ram::1:oidc-provider/p"}`, nil,
			func(s settings) bool { return s.OIDCTokenFile == "/var/run/token" },
		},
		"the default chain":        {`{"authType":"default"}`, nil, func(s settings) bool { return len(s.fieldValues()) == 0 }},
		"what another kind left":   {`{"authType":"accessKey","roleArn":"?","oidcTokenFile":"?"}`, key, func(s settings) bool { return true }},
		"STS of a region":          {`{"stsEndpoint":"https://STS.cn-hangzhou.aliyuncs.com/"}`, key, func(s settings) bool { return s.stsEndpoint.Host == "sts.cn-hangzhou.aliyuncs.com" }},
		"STS of a virtual network": {`{"stsEndpoint":"https://sts-vpc.cn-hangzhou.aliyuncs.com"}`, key, func(s settings) bool { return true }},
		"STS in a test":            {`{"stsEndpoint":"http://127.0.0.1:9"}`, key, func(s settings) bool { return true }},
		"demo data":                {`{"authType":"demo"}`, nil, func(s settings) bool { return len(s.fieldValues()) == 0 }},
		"white space":              {`{}`, map[string]string{"accessKeyId": " id\n", "accessKeySecret": "\tsecret "}, func(s settings) bool { return s.fieldValues()[0] == "id" && s.fieldValues()[1] == "secret" }},
		"auto":                     {`{"apiVersion":"auto"}`, key, func(s settings) bool { return apiVersions[s.APIVersion] == "" }},
		"2014-11-11":               {`{"apiVersion":"2014-11-11"}`, key, func(s settings) bool { return apiVersions[s.APIVersion] == cdn.SrcFlowData.Version() }},
		"2018-05-10":               {`{"apiVersion":"2018-05-10"}`, key, func(s settings) bool { return apiVersions[s.APIVersion] == cdn.SrcTrafficData.Version() }},
		"bit":                      {`{"flowUnit2014":"bit"}`, key, func(s settings) bool { return flowUnits[s.FlowUnit2014] == cdn.Bit }},
		"byte":                     {`{"flowUnit2014":"byte"}`, key, func(s settings) bool { return flowUnits[s.FlowUnit2014] == cdn.Byte }},
		"no delay":                 {`{"dataDelay":"0s"}`, key, func(s settings) bool { return s.dataDelay == 0 }},
		"zero":                     {`{"dataDelay":"0"}`, key, func(s settings) bool { return s.dataDelay == 0 }},
		"a long delay":             {`{"dataDelay":"1h30m"}`, key, func(s settings) bool { return s.dataDelay == 90*time.Minute }},
		"a day's delay":            {`{"dataDelay":"1d"}`, key, func(s settings) bool { return s.dataDelay == 24*time.Hour }},
		"the least":                {`{"callsPerSecond":1,"cacheMaxMB":1}`, key, func(s settings) bool { return s.CallsPerSecond == 1 && s.CacheMaxMB == 1 }},
		"the most":                 {`{"callsPerSecond":100,"cacheMaxMB":4096}`, key, func(s settings) bool { return s.CallsPerSecond == 100 && s.CacheMaxMB == 4096 }},
		"Singapore":                {`{"endpoint":"https://cdn.ap-southeast-1.aliyuncs.com/"}`, key, func(s settings) bool { return s.endpoint.Host == "cdn.ap-southeast-1.aliyuncs.com" }},
		"a loopback name":          {`{"endpoint":"http://localhost:8080"}`, key, func(s settings) bool { return s.endpoint.Scheme == "http" }},
		"a loopback IPv4":          {`{"endpoint":"http://127.1.2.3"}`, key, func(s settings) bool { return s.endpoint.Scheme == "http" }},
		"a loopback IPv6":          {`{"endpoint":"http://[::1]:80"}`, key, func(s settings) bool { return s.endpoint.Scheme == "http" }},
		"in capitals":              {`{"endpoint":"HTTP://LocalHost"}`, key, func(s settings) bool { return s.endpoint.Host == "localhost" }},
		"another port":             {`{"endpoint":"https://cdn.aliyuncs.com:8443"}`, key, func(s settings) bool { return s.endpoint.Host == "cdn.aliyuncs.com:8443" }},
		"a shared cache":           {`{"sharedCacheURL":" redis://redis:6379/2 "}`, key, func(s settings) bool { return s.SharedCacheURL == "redis://redis:6379/2" }},
		"a user and TLS":           {`{"sharedCacheURL":"rediss://me@redis.example.com"}`, key, func(s settings) bool { return true }},
		"keys of another name":     {`{"sharedCacheURL":"redis://redis","sharedCachePrefix":"team-a:cdn_1.x"}`, key, func(s settings) bool { return s.SharedCachePrefix == "team-a:cdn_1.x" }},
		"what sharing left":        {`{"sharedCachePrefix":"?"}`, key, func(s settings) bool { return true }},
		"https on 80":              {`{"endpoint":"https://cdn.aliyuncs.com:80"}`, key, func(s settings) bool { return s.endpoint.Host == "cdn.aliyuncs.com:80" }},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := parseSettings([]byte(c.text), c.secrets)
			require.NoError(t, err)
			assert.True(t, c.holds(s))
		})
	}
}

func TestWrongSettingsAreNamedAllTogether(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		secrets map[string]string
		says    []string
	}{
		"an unknown way to sign in": {`{"authType":"password"}`, key, []string{`authType: "password" is not one of accessKey, default, demo, ecsRamRole, oidcRoleArn, ramRoleArn, stsToken`}},
		"an unknown version":        {`{"apiVersion":"2016-01-01"}`, key, []string{`apiVersion: "2016-01-01" is not one of 2014-11-11, 2018-05-10, auto`}},
		"an unknown unit":           {`{"flowUnit2014":"bits"}`, key, []string{`flowUnit2014: "bits" is not one of bit, byte`}},
		"no duration":               {`{"dataDelay":"soon"}`, key, []string{`dataDelay: "soon" is not a duration`, "such as 15m"}},
		"a negative duration":       {`{"dataDelay":"-5m"}`, key, []string{`dataDelay: "-5m"`}},
		"more than a day":           {`{"dataDelay":"24h1s"}`, key, []string{`dataDelay: "24h1s" is not a duration from 0s to 24h`, "such as 15m"}},
		"many days":                 {`{"dataDelay":"30d"}`, key, []string{`dataDelay: "30d" is not a duration from 0s to 24h`}},
		"too few calls":             {`{"callsPerSecond":0}`, key, []string{"callsPerSecond: must be between 1 and 100, not 0"}},
		"too many calls":            {`{"callsPerSecond":101}`, key, []string{"callsPerSecond: must be between 1 and 100, not 101"}},
		"half a call":               {`{"callsPerSecond":0.5}`, key, []string{"callsPerSecond: must be a whole number, not 0.5"}},
		"too small a cache":         {`{"cacheMaxMB":0}`, key, []string{"cacheMaxMB: must be between 1 and 4096, not 0"}},
		"too large a cache":         {`{"cacheMaxMB":5000}`, key, []string{"cacheMaxMB: must be between 1 and 4096, not 5000"}},
		"plain http":                {`{"endpoint":"http://cdn.aliyuncs.com"}`, key, []string{"endpoint: must be https"}},
		"plain http next door":      {`{"endpoint":"http://192.168.0.1"}`, key, []string{"endpoint: must be https"}},
		"a name like a loopback":    {`{"endpoint":"http://localhost.example.com"}`, key, []string{"endpoint: must be https"}},
		"a number like a loopback":  {`{"endpoint":"http://127.0.0.1.example.com"}`, key, []string{"endpoint: must be https"}},
		"another scheme":            {`{"endpoint":"ftp://127.0.0.1"}`, key, []string{"endpoint: must be https"}},
		"no scheme":                 {`{"endpoint":"cdn.aliyuncs.com"}`, key, []string{"endpoint: not a URL", "such as https://cdn.aliyuncs.com"}},
		"a path":                    {`{"endpoint":"https://cdn.aliyuncs.com/api"}`, key, []string{"endpoint: only scheme, host and port"}},
		"a port without a host":     {`{"endpoint":"https://:443"}`, key, []string{"endpoint: not a URL"}},
		"a query":                   {`{"endpoint":"https://cdn.aliyuncs.com?Action=x"}`, key, []string{"endpoint: only scheme, host and port"}},
		"somebody's password":       {`{"endpoint":"https://me:pw@cdn.aliyuncs.com"}`, key, []string{"endpoint: only scheme, host and port"}},
		"no role":                   {`{"authType":"ramRoleArn"}`, key, []string{"roleArn: is missing; authType ramRoleArn needs it"}},
		"a user for a role":         {`{"authType":"ramRoleArn","roleArn":"acs:ram::1:user/r"}`, key, []string{"roleArn: is not written as it has to be; write one such as acs:ram::"}},
		"a role without its ARN":    {`{"authType":"oidcRoleArn","roleArn":"reader"}`, nil, []string{"roleArn: is not written as it has to be"}},
		"an external id with space": {`{"authType":"ramRoleArn","roleArn":"acs:ram::1:role/r","externalId":"a b"}`, key, []string{"externalId: is not written as it has to be"}},
		"a path for a role name":    {`{"authType":"ecsRamRole","ecsRoleName":"../../latest"}`, nil, []string{"ecsRoleName: is not written as it has to be"}},
		"no provider":               {`{"authType":"oidcRoleArn","oidcProviderArn":"p"}`, nil, []string{"oidcProviderArn: is not written as it has to be"}},
		"a relative token file":     {`{"authType":"oidcRoleArn","oidcTokenFile":"token"}`, nil, []string{"oidcTokenFile: is not written as it has to be"}},
		"a session name with space": {`{"authType":"default","roleSessionName":"a b"}`, nil, []string{"roleSessionName: is not written as it has to be"}},
		"too short a session":       {`{"roleSessionSeconds":60}`, key, []string{"roleSessionSeconds: must be between 900 and 43200, not 60"}},
		"STS elsewhere":             {`{"stsEndpoint":"https://sts.example.com"}`, key, []string{"stsEndpoint: must be one of STS"}},
		"STS beside":                {`{"stsEndpoint":"https://oss.aliyuncs.com"}`, key, []string{"stsEndpoint: must be one of STS"}},
		"somebody's bucket":         {`{"stsEndpoint":"https://sts.oss-cn-hangzhou.aliyuncs.com"}`, key, []string{"stsEndpoint: must be one of STS"}},
		"STS by another's name":     {`{"stsEndpoint":"https://sts.aliyuncs.com.example.com"}`, key, []string{"stsEndpoint: must be one of STS"}},
		"STS on another port":       {`{"stsEndpoint":"https://sts.aliyuncs.com:8443"}`, key, []string{"stsEndpoint: must be one of STS"}},
		"STS in plain http":         {`{"stsEndpoint":"http://sts.aliyuncs.com"}`, key, []string{"stsEndpoint: must be https"}},
		"STS with a path":           {`{"stsEndpoint":"https://sts.aliyuncs.com/x"}`, key, []string{"stsEndpoint: only scheme, host and port; write a URL such as https://sts.aliyuncs.com"}},
		"no server to share by":     {`{"sharedCacheURL":"redis.example.com:6379"}`, key, []string{"sharedCacheURL: must begin with redis://, or rediss:// for TLS; write a URL such as redis://redis.example.com:6379"}},
		"another engine":            {`{"sharedCacheURL":"memcached://cache"}`, key, []string{"sharedCacheURL: must begin with redis://"}},
		"a server without a name":   {`{"sharedCacheURL":"redis:///0"}`, key, []string{"sharedCacheURL: names no host; write a URL such as redis://redis.example.com:6379"}},
		"a password in the open":    {`{"sharedCacheURL":"redis://me:pw@redis"}`, key, []string{"sharedCacheURL: holds a password, for everybody to see who sees the settings; enter it as sharedCachePassword"}},
		"a URL that is none":        {`{"sharedCacheURL":"redis://me:pw@redis:port"}`, key, []string{"sharedCacheURL: is not written as it has to be; write one such as redis://redis.example.com:6379"}},
		"braces in the names":       {`{"sharedCacheURL":"redis://redis","sharedCachePrefix":"{cdn}"}`, key, []string{"sharedCachePrefix: is not written as it has to be; write one such as team-a:cdn, of 1 to 64 letters, digits and .:-_"}},
		"a server's role shared": {`{"authType":"ecsRamRole","sharedCacheURL":"redis://redis"}`, nil, []string{
			"sharedCachePassword: is missing; authType ecsRamRole has no secret of its own to protect what is shared",
			"sharedCachePrefix: authType ecsRamRole does not tell one Alibaba Cloud account from another",
		}},
		"too long a prefix":   {`{"sharedCacheURL":"redis://redis","sharedCachePrefix":"` + strings.Repeat("a", 65) + `"}`, key, []string{"sharedCachePrefix: is not written as it has to be"}},
		"no key":              {`{}`, nil, []string{"accessKeyId: is missing; authType accessKey needs it", "accessKeySecret: is missing"}},
		"no secret":           {`{}`, map[string]string{"accessKeyId": "id", "accessKeySecret": " "}, []string{"accessKeySecret: is missing"}},
		"no token":            {`{"authType":"stsToken"}`, key, []string{"securityToken: is missing; authType stsToken needs it"}},
		"a text for a number": {`{"callsPerSecond":"20"}`, key, []string{`callsPerSecond: must be a whole number, not "20"`}},
		"a number for a text": {`{"dataDelay":15}`, key, []string{"dataDelay: must be a string, not 15"}},
		"a list":              {`[]`, key, []string{"jsonData: must be a JSON object"}},
		"everything at the same time": {
			`{"authType":"stsToken","endpoint":"http://example.com","apiVersion":"x","flowUnit2014":"y","dataDelay":"z","callsPerSecond":-1,"cacheMaxMB":"64"}`, nil,
			[]string{"accessKeyId", "accessKeySecret", "securityToken", "endpoint", "apiVersion", "flowUnit2014", "dataDelay", "callsPerSecond", "cacheMaxMB"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseSettings([]byte(c.text), c.secrets)
			for _, part := range c.says {
				assert.ErrorContains(t, err, part)
			}
			assert.Len(t, strings.Split(err.Error(), "\n"), problems(c.says), "nothing else is wrong")
			assert.NotContains(t, err.Error(), "pw@")
		})
	}
}

// problems counts the parts that name a setting.
func problems(says []string) (count int) {
	for _, part := range says {
		if !strings.HasPrefix(part, "such as") {
			count++
		}
	}
	return count
}

func TestOtherCredentialsOrEndpointsAreAnotherAccount(t *testing.T) {
	account := func(text string, secrets map[string]string) string {
		s, err := parseSettings([]byte(text), secrets)
		require.NoError(t, err)
		return s.account()
	}
	base := account(`{}`, key)
	for name, same := range map[string]string{
		"the default endpoint spelled out":   account(`{"endpoint":"https://cdn.aliyuncs.com"}`, key),
		"another unit, delay, rate or cache": account(`{"flowUnit2014":"byte","dataDelay":"1h","callsPerSecond":5,"cacheMaxMB":1}`, key),
		"white space around a key":           account(`{}`, map[string]string{"accessKeyId": " id ", "accessKeySecret": "secret\n"}),
		"a secret that is not asked for":     account(`{}`, temporary),
		"a role that is not asked for":       account(`{"roleArn":"acs:ram::1:role/r"}`, key),
		"a shared cache":                     account(`{"sharedCacheURL":"redis://redis","sharedCachePrefix":"cdn"}`, sharing),
		"another STS that is not asked":      account(`{"stsEndpoint":"https://sts.cn-hangzhou.aliyuncs.com"}`, key),
	} {
		assert.Equal(t, base, same, name)
	}
	seen := map[string]string{base: "the first"}
	for name, other := range map[string]string{
		"another key":            account(`{}`, map[string]string{"accessKeyId": "id2", "accessKeySecret": "secret"}),
		"another secret":         account(`{}`, map[string]string{"accessKeyId": "id", "accessKeySecret": "secret2"}),
		"parts cut elsewhere":    account(`{}`, map[string]string{"accessKeyId": "ids", "accessKeySecret": "ecret"}),
		"another endpoint":       account(`{"endpoint":"https://cdn.ap-southeast-1.aliyuncs.com"}`, key),
		"another way to sign in": account(`{"authType":"stsToken"}`, temporary),
		"another token":          account(`{"authType":"stsToken"}`, map[string]string{"accessKeyId": "id", "accessKeySecret": "secret", "securityToken": "token2"}),
		"demo data":              account(`{"authType":"demo"}`, nil),
		"a role":                 account(`{"authType":"ramRoleArn","roleArn":"acs:ram::1:role/r"}`, key),
		"another role":           account(`{"authType":"ramRoleArn","roleArn":"acs:ram::1:role/s"}`, key),
		"another external id":    account(`{"authType":"ramRoleArn","roleArn":"acs:ram::1:role/r","externalId":"id"}`, key),
		"a role of another STS":  account(`{"authType":"ramRoleArn","roleArn":"acs:ram::1:role/r","stsEndpoint":"http://127.0.0.1:9"}`, key),
		"a role by another key":  account(`{"authType":"ramRoleArn","roleArn":"acs:ram::1:role/r"}`, map[string]string{"accessKeyId": "id", "accessKeySecret": "x"}),
		"a role by OIDC":         account(`{"authType":"oidcRoleArn","roleArn":"acs:ram::1:role/r"}`, nil),
		"another token file":     account(`{"authType":"oidcRoleArn","roleArn":"acs:ram::1:role/r","oidcTokenFile":"/x"}`, nil),
		"an instance role":       account(`{"authType":"ecsRamRole"}`, nil),
		"a named instance role":  account(`{"authType":"ecsRamRole","ecsRoleName":"r"}`, nil),
		"the default chain":      account(`{"authType":"default"}`, nil),
	} {
		assert.Empty(t, seen[other], name)
		seen[other] = name
		assert.Regexp(t, `^[0-9a-f]{64}$`, other)
	}
}

func TestAnEndpointIsOneAccountHoweverItIsWritten(t *testing.T) {
	for plain, spellings := range map[string][]string{
		"https://cdn.aliyuncs.com": {
			"https://cdn.aliyuncs.com/", "https://cdn.aliyuncs.com//", "HTTPS://cdn.aliyuncs.com", "https://CDN.AliyunCS.com",
			"https://cdn.aliyuncs.com:443", "https://cdn.aliyuncs.com:", "https://cdn.aliyuncs.com?", "https://cdn.aliyuncs.com#",
			" https://Cdn.Aliyuncs.Com:443/ ",
		},
		"http://localhost":   {"http://localhost:80", "http://LOCALHOST/"},
		"http://[::1]":       {"http://[::1]:80", "http://[::1]/", "HTTP://[::1]", "http://[0:0:0:0:0:0:0:1]", "http://[::0001]:80"},
		"http://127.0.0.1":   {"http://127.0.0.1:80", "http://[::ffff:127.0.0.1]", "http://[::ffff:7f00:1]/"},
		"https://[fd00::80]": {"https://[FD00::80]:443"},
	} {
		want, err := parseSettings(mustJSON(t, map[string]any{"endpoint": plain}), key)
		require.NoError(t, err)
		require.Equal(t, plain, want.endpoint.String())
		for _, spelling := range spellings {
			s, err := parseSettings(mustJSON(t, map[string]any{"endpoint": spelling}), key)
			require.NoError(t, err, spelling)
			assert.Equal(t, plain, s.endpoint.String(), spelling)
			assert.Equal(t, want.account(), s.account(), spelling)
		}
	}
}

// TestAnEndpointIsWhereItSeemsToBe has what is read as one host by one and as another by the other, or hides one.
func TestAnEndpointIsWhereItSeemsToBe(t *testing.T) {
	const notURL, more, plain, notHTTPS = "not a URL", "only scheme, host and port", "plain name or address", "must be https"
	for endpoint, says := range map[string]string{
		"http://127.0.0.1.example.com":                 notHTTPS,
		"http://localhost.example.com":                 notHTTPS,
		"http://example.com#localhost":                 more,
		"http://localhost@evil.example":                more,
		"http://localhost:80@evil.example":             more,
		"https://cdn.aliyuncs.com@evil.example":        more,
		"https://cdn.aliyuncs.com%40x@evil.example":    more,
		"https://user%40cdn.aliyuncs.com@evil":         more,
		"https://@cdn.aliyuncs.com":                    more,
		"https://:@cdn.aliyuncs.com":                   more,
		"https://cdn.aliyuncs.com\\@evil.example":      notURL,
		"https://cdn.aliyuncs.com%40evil.example":      notURL,
		"https://cdn.aliyuncs.com%2fevil.example":      notURL,
		"https://cdn.aliyuncs.com%00.evil.example":     notURL,
		"https://cdn.aliyuncs.com%e3%80%82evil":        plain,
		"https://cdn.aliyuncs。com":                     plain,
		"https://cdn.aliyuncs．com":                     plain,
		"https://сdn.aliyuncs.com":                     plain, // its first letter is Cyrillic
		"https://ｃｄｎ.aliyuncs.com":                     plain,
		"https://\u212aaliyun.com":                     plain, // a Kelvin sign, whose small letter is k
		"http://ⓛocalhost":                             plain,
		"http://127。0。0。1":                             plain,
		"https://cdn.aliyuncs\u00ad.com":               plain,
		"https://cdn.aliyuncs.com.":                    plain,
		"http://localhost.":                            plain,
		"https://cdn..aliyuncs.com":                    plain,
		"https://.aliyuncs.com":                        plain,
		"https://-cdn.aliyuncs.com":                    plain,
		"https://cdn.aliyuncs.com;evil.example":        plain,
		"https://cdn.aliyuncs.com,evil.example":        plain,
		"https://*":                                    plain,
		"https://" + strings.Repeat("a.", 127) + "com": plain,
		"http://0x7f.1":                                notHTTPS,
		"http://0x7f000001":                            notHTTPS,
		"http://2130706433":                            notHTTPS,
		"http://0177.0.0.1":                            notHTTPS,
		"http://127.1":                                 notHTTPS,
		"http://127.0.0.1.":                            plain,
		"http://0.0.0.0":                               notHTTPS,
		"http://169.254.169.254":                       notHTTPS,
		"http://100.100.100.200":                       notHTTPS,
		"http://[::]":                                  notHTTPS,
		"http://[::2]":                                 notHTTPS,
		"http://[::127.0.0.1]":                         notHTTPS,
		"http://[64:ff9b::7f00:1]":                     notHTTPS,
		"http://[fe80::1]":                             notHTTPS,
		"http://[::ffff:10.0.0.1]":                     notHTTPS,
		"http://[::1%25lo]":                            plain,
		"https://[fe80::1%25eth0]":                     plain,
		"https://[::1":                                 notURL,
		"https://::1":                                  notURL,
		"https://[cdn.aliyuncs.com]":                   notURL,
		"https://cdn.aliyuncs.com:0":                   plain,
		"https://cdn.aliyuncs.com:65536":               plain,
		"https://cdn.aliyuncs.com:0443":                plain,
		"https://cdn.aliyuncs.com:-1":                  notURL,
		"https://cdn.aliyuncs.com:443:80":              notURL,
		"https://cdn.aliyuncs.com:https":               notURL,
		"https://cdn.aliyuncs.com/../x":                more,
		"https://cdn.aliyuncs.com/.":                   more,
		"https://cdn.aliyuncs.com/%2e%2e/":             more,
		"https://cdn.aliyuncs.com/;x":                  more,
		"https://cdn.aliyuncs.com?x":                   more,
		"https:cdn.aliyuncs.com":                       notURL,
		"https:/cdn.aliyuncs.com":                      notURL,
		"https:///cdn.aliyuncs.com":                    notURL,
		"//cdn.aliyuncs.com":                           notHTTPS,
		"javascript://localhost":                       notHTTPS,
		"file://localhost":                             notHTTPS,
		"unix://localhost":                             notHTTPS,
		"https://cdn.aliyuncs.com\r\nHost: evil":       notURL,
		"https://cdn.aliyuncs.com\x00":                 notURL,
		"https://cdn.aliyuncs.com\x7f":                 notURL,
		"https://cdn.aliyuncs\t.com":                   notURL,
		"https://cdn.aliyuncs .com":                    notURL,
		"\x01https://cdn.aliyuncs.com":                 notURL,
	} {
		_, err := parseSettings(mustJSON(t, map[string]any{"endpoint": endpoint}), key)
		assert.ErrorContains(t, err, "endpoint: ", "%q", endpoint)
		assert.ErrorContains(t, err, says, "%q", endpoint)
	}
}

func TestTheAccountRevealsNothing(t *testing.T) {
	s, err := parseSettings([]byte(`{"authType":"stsToken","endpoint":"https://private.example.com"}`), planted)
	require.NoError(t, err)
	requireSilence(t, s.account())
	assert.NotContains(t, s.account(), "private")
	text, err := json.Marshal(s)
	require.NoError(t, err)
	requireSilence(t, string(text))
}

func TestDataSourcesOfOneAccountShareItsSlices(t *testing.T) {
	l := newLab(t, setup{})
	l.frames(hour(`{"domains":["www.example.com"]}`))
	another := newDatasource(t.Context(), l.instance(setup{json: map[string]any{"callsPerSecond": 5}}), l.now)
	defer another.Dispose()
	l.sim.Reset()
	l.source = another
	l.frames(hour(`{"domains":["www.example.com"]}`))
	assert.Empty(t, l.sim.Calls())
}

func TestChangedSecretsAreNotServedFromTheOldCache(t *testing.T) {
	l := newLab(t, setup{})
	l.frames(hour(`{"domains":["www.example.com"]}`))
	changed := newDatasource(t.Context(), l.instance(setup{
		secrets: map[string]string{"accessKeyId": "stolen", "accessKeySecret": "guess"},
	}), l.now)
	defer changed.Dispose()
	l.source = changed
	assert.Error(t, l.ask(hour(`{"domains":["www.example.com"]}`)).Error)
}

func TestSettingsOfTheSDKThatAreNoneAreToldWithoutItsWords(t *testing.T) {
	for name, json := range map[string]map[string]any{
		"no certificate":            {"tlsAuth": true},
		"a number for a name":       {"tlsAuth": true, "serverName": 7},
		"a number for a header":     {"httpHeaderName1": 7},
		"an authority that is none": {"tlsAuthWithCACert": true},
	} {
		t.Run(name, func(t *testing.T) {
			secrets := map[string]string{
				"accessKeyId": "id", "accessKeySecret": "secret", "tlsCACert": "?", "tlsClientCert": "?", "tlsClientKey": "?", "httpHeaderValue1": "x",
			}
			l := newLab(t, setup{json: json, secrets: secrets})
			assert.EqualError(t, l.source.broken, errHTTPSettings.Error())
		})
	}
}
