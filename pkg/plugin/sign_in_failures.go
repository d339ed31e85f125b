package plugin

import (
	"cmp"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/sts"
)

// signInFailures explains each way for a session to fail: what to do. {code} is replaced.
// docs/credentials.md has the same rows.
var signInFailures = map[sts.Kind]string{
	sts.RoleRefused: "The RAM user of the AccessKey may not assume the role. Three things have to hold: a policy of the user allows sts:AssumeRole on the role " +
		"(AliyunSTSAssumeRoleAccess does), the role's trust policy names the user or its account, and the external ID is the one that the trust policy asks for.",
	sts.CallerRefused: "The RAM user of the AccessKey lacks the permission to assume the role. " +
		"Give it a policy that allows sts:AssumeRole on the role; AliyunSTSAssumeRoleAccess does for all roles.",
	sts.TrustRefused: "The role's trust policy does not let the RAM user of the AccessKey assume it. " +
		"Name the user or its account there as Principal, and enter the external ID that its condition sts:ExternalId asks for.",
	sts.RootKey:      "The AccessKey belongs to the Alibaba Cloud account itself, which cannot assume roles. Enter that of a RAM user.",
	sts.NoRole:       "There is no such role. Compare the role ARN with the one that the RAM console shows; that of a RAM user will not do.",
	sts.TooLong:      "The session is longer than the role allows. Lower the session duration to 3600 seconds, or raise the maximum session duration of the role in the RAM console.",
	sts.BadParameter: "STS refused the call with {code}. Check the field of this name in the data source settings.",

	sts.OIDCIncomplete: "The role ARN, the OIDC provider ARN or the token file is not known. Enter them in the data source settings, or have RRSA set " +
		"ALIBABA_CLOUD_ROLE_ARN, ALIBABA_CLOUD_OIDC_PROVIDER_ARN and ALIBABA_CLOUD_OIDC_TOKEN_FILE: since version 12.4 Grafana hands the environment on only to plugins that " +
		"forward_host_env_vars in the section [plugins] of grafana.ini names.",
	sts.NoTokenFile: "The OIDC token file is not there, or Grafana may not read it. Check its path, that the pod has the volume that RRSA projects, " +
		"and that its security context (fsGroup) lets Grafana's user read it.",
	sts.BadTokenFile: "The OIDC token file holds no token (JWT). Check its path.",
	sts.OIDCRefused: "STS does not know the OIDC provider, or the role does not trust it. Both have to be of one account; the role's trust policy has to name the provider " +
		"under Federated, and its conditions oidc:iss, oidc:aud and oidc:sub have to be those of the pod's service account.",
	sts.OIDCExpired:     "The OIDC token has expired. Kubernetes replaces it in the file by itself; check that the volume is projected, and the server's clock.",
	sts.OIDCAudience:    "The OIDC token is for another audience. The projected volume has to ask for sts.aliyuncs.com, and the OIDC provider has to list it as client ID.",
	sts.OIDCFingerprint: "STS cannot verify the OIDC provider. Fetch its fingerprint anew in the RAM console (SSO, OIDC), and check that its issuer can be reached from the internet.",
	sts.OIDCToken:       "STS refuses the OIDC token. Check that the token file is the one of the cluster that the OIDC provider stands for.",

	sts.NoMetadata: "There is no metadata service here: Grafana does not run on an ECS instance, or its container cannot reach 100.100.100.200. " +
		"Choose another way to sign in, or let the container reach it.",
	sts.MetadataRefused: "The metadata service of the instance refused. Check that metadata access is on for the instance, and that its hop limit suffices for a container.",
	sts.NoInstanceRole:  "The instance has no RAM role, or not the one that is named. Attach one in the ECS console, or leave the role name empty to use the one that is attached.",
	sts.BadProfile:      "The profile of the Alibaba Cloud CLI cannot be used. Check ~/.aliyun/config.json of the user that Grafana runs as, and ALIBABA_CLOUD_PROFILE.",
	sts.BadURI:          "The address in ALIBABA_CLOUD_CREDENTIALS_URI did not give credentials. Check it, and the service that is there.",
	sts.NoSource: "No credentials were found: not in the environment, not by OIDC, in no profile of the Alibaba Cloud CLI, on no instance, at no URI. Set one of them up; " +
		"since version 12.4 Grafana hands the environment on only to plugins that forward_host_env_vars in the section [plugins] of grafana.ini names.",

	sts.UnknownKey:     failures[cdn.UnknownKey].text,
	sts.WrongSecret:    failures[cdn.WrongSecret].text,
	sts.ClockSkew:      failures[cdn.ClockSkew].text,
	sts.BadToken:       "The security token with which to assume the role is missing, wrong or expired. Get a new one where it comes from.",
	sts.Throttled:      "STS throttles this account. Try again; other tools of the account ask it for sessions too often.",
	sts.Busy:           "STS is unavailable at the moment. Try again later.",
	sts.Unreachable:    "STS did not answer. Check that the Grafana server may reach https://sts.aliyuncs.com (proxy, firewall, TLS), or set the STS endpoint of your region.",
	sts.Refused:        "STS refused the call with {code}. Look the code up at https://error-center.aliyun.com/status/product/Sts.",
	sts.Malformed:      "The answer is not one of STS. Check the STS endpoint, and whether a proxy answers in its place.",
	sts.SessionRefused: failures[cdn.BadSession].text,
}

// signInStatus is the status where it is not that the way to sign in is refused.
var signInStatus = map[sts.Kind]backend.Status{
	sts.Throttled:   backend.StatusTooManyRequests,
	sts.Busy:        backend.StatusBadGateway,
	sts.Unreachable: backend.StatusBadGateway,
	sts.Malformed:   backend.StatusBadGateway,
}

// explainSignIn explains why there is no session.
func explainSignIn(failure *sts.Error) explanation {
	text := strings.NewReplacer("{code}", failure.Code).Replace(signInFailures[failure.Kind])
	end := reference(&cdn.Error{Code: failure.Code, RequestID: failure.RequestID})
	return explanation{cmp.Or(signInStatus[failure.Kind], backend.StatusUnauthorized), backend.ErrorSourceDownstream, text + end, end}
}
