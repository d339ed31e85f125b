package plugin

import (
	"errors"
	"regexp"
	"strings"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
	"github.com/originflow/aliyuncdn-datasource/pkg/plugin/locales"
	"github.com/originflow/aliyuncdn-datasource/pkg/rpc"
	"github.com/originflow/aliyuncdn-datasource/pkg/sts"
)

const (
	authAccessKey   = "accessKey"
	authSTSToken    = "stsToken"
	authRAMRoleARN  = "ramRoleArn"
	authECSRAMRole  = "ecsRamRole"
	authOIDCRoleARN = "oidcRoleArn"
	authDefault     = "default"
	authDemo        = "demo"
)

// authType is a way to sign in.
type authType struct {
	// fields are the keys of secureJsonData that it needs.
	fields []string
	// takes are the keys of jsonData that say whom one becomes; it needs the first ones of them, so many.
	takes []string
	needs int
	// ofServer tells that one signs in as the Grafana server, which its administrator has to allow.
	ofServer bool
	// key makes the key of the fields' values, in the same order; nil where the key is that of a session.
	key func(values []string) rpc.Key
	// source gets the keys of sessions.
	source func(c *sts.Client, s settings, values []string) sts.Source
}

// authTypes are the ways to sign in. A new one is a row here and one in src/components/config/authKinds.ts.
var authTypes = map[string]authType{
	authAccessKey: {
		fields: []string{"accessKeyId", "accessKeySecret"},
		key:    func(v []string) rpc.Key { return rpc.Key{ID: v[0], Secret: v[1]} },
	},
	authSTSToken: {
		fields: []string{"accessKeyId", "accessKeySecret", "securityToken"},
		key:    func(v []string) rpc.Key { return rpc.Key{ID: v[0], Secret: v[1], Token: v[2]} },
	},
	authRAMRoleARN: {
		fields: []string{"accessKeyId", "accessKeySecret"},
		takes:  []string{"roleArn", "externalId"},
		needs:  1,
		source: func(c *sts.Client, s settings, v []string) sts.Source {
			return c.AssumeRole(sts.Fixed(rpc.Key{ID: v[0], Secret: v[1]}), s.role())
		},
	},
	authECSRAMRole: {
		takes:    []string{"ecsRoleName"},
		ofServer: true,
		source:   func(c *sts.Client, s settings, _ []string) sts.Source { return c.InstanceRole(s.ECSRoleName) },
	},
	authOIDCRoleARN: {
		takes:    []string{"roleArn", "oidcProviderArn", "oidcTokenFile"},
		ofServer: true,
		source: func(c *sts.Client, s settings, _ []string) sts.Source {
			role := s.role()
			role.ExternalID = "" // the operation has none
			return c.AssumeRoleWithOIDC(role, s.OIDCProviderARN, s.OIDCTokenFile)
		},
	},
	authDefault: {
		ofServer: true,
		source: func(c *sts.Client, s settings, _ []string) sts.Source {
			return c.Chain(sts.Role{SessionName: s.role().SessionName, Duration: s.role().Duration})
		},
	},
	authDemo: {
		key: func([]string) rpc.Key { return rpc.Key{ID: cdnsim.DemoKeyID, Secret: cdnsim.DemoKeySecret} },
	},
}

// signIn are the credentials of the settings. Those of a session begin with it when they are first needed.
func (s settings) signIn(c *sts.Client, now func() time.Time) rpc.Credentials {
	kind := authTypes[s.AuthType]
	if kind.key != nil {
		return kind.key(s.fieldValues())
	}
	return sts.NewSession(kind.source(c, s, s.fieldValues()), now)
}

// role is the one to assume, and how.
func (s settings) role() sts.Role {
	return sts.Role{
		ARN: s.RoleARN, ExternalID: s.ExternalID,
		SessionName: s.RoleSessionName, Duration: time.Duration(s.RoleSessionSeconds) * time.Second,
	}
}

// fieldValues are the values of the fields that the way to sign in needs. Copying a key brings white space along.
func (s settings) fieldValues() []string {
	var values []string
	for _, field := range authTypes[s.AuthType].fields {
		values = append(values, strings.TrimSpace(s.secrets[field]))
	}
	return values
}

// identity are the values of the settings that say whom one becomes, beside the secrets.
func (s settings) identity() []string {
	kind := authTypes[s.AuthType]
	if kind.key != nil {
		return nil
	}
	values := []string{s.stsEndpoint.String()}
	for _, field := range kind.takes {
		values = append(values, s.taken()[field])
	}
	return values
}

// taken are the values of the fields that some way to sign in takes.
func (s settings) taken() map[string]string {
	return map[string]string{
		"roleArn": s.RoleARN, "externalId": s.ExternalID, "ecsRoleName": s.ECSRoleName,
		"oidcProviderArn": s.OIDCProviderARN, "oidcTokenFile": s.OIDCTokenFile,
	}
}

func (s settings) missingFields() error {
	var problems []error
	kind := authTypes[s.AuthType]
	missing := func(field, value string) {
		if value == "" {
			problems = append(problems, newProblem("settings.missing", locales.Args{"field": field, "authType": s.AuthType}))
		}
	}
	for i, value := range s.fieldValues() {
		missing(kind.fields[i], value)
	}
	for _, field := range kind.takes[:kind.needs] {
		missing(field, s.taken()[field])
	}
	return errors.Join(problems...)
}

// forms are what the values of fields look like, with an example, which may be a sentence.
var forms = map[string]struct {
	pattern *regexp.Regexp
	example any
}{
	"roleArn":         {regexp.MustCompile(`^acs:ram::\d+:role/[\w.-]+$`), "acs:ram::1234567890123456:role/name"},
	"externalId":      {regexp.MustCompile(`^[\w+=,.@:/-]{2,}$`), locales.Text{Key: "form.externalId"}},
	"ecsRoleName":     {regexp.MustCompile(`^[A-Za-z0-9.-]{1,64}$`), "grafana-cdn"},
	"oidcProviderArn": {regexp.MustCompile(`^acs:ram::\d+:oidc-provider/[\w.-]+$`), "acs:ram::1234567890123456:oidc-provider/name"},
	"oidcTokenFile":   {regexp.MustCompile(`^/[^\x00]*$`), "/var/run/secrets/ack.alibabacloud.com/rrsa-tokens/token"},
	"roleSessionName": {regexp.MustCompile(`^[\w.@-]{2,64}$`), locales.Text{Key: "form.roleSessionName"}},
}

// malformedFields looks at the fields that the way to sign in takes: others may keep what another one left there. It quotes
// none of them: an ARN names the account, and who mistakes one field for another may have entered a secret.
func (s settings) malformedFields() error {
	kind := authTypes[s.AuthType]
	if kind.source == nil {
		return nil
	}
	values := map[string]string{"roleSessionName": s.RoleSessionName}
	for _, field := range kind.takes {
		values[field] = s.taken()[field]
	}
	var problems []error
	for _, field := range append([]string{"roleSessionName"}, kind.takes...) {
		if value := values[field]; value != "" && !forms[field].pattern.MatchString(value) {
			problems = append(problems, newProblem("settings.malformed", locales.Args{"field": field, "example": forms[field].example}))
		}
	}
	return errors.Join(problems...)
}
