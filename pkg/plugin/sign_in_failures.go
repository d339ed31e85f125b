package plugin

import (
	"cmp"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/plugin/locales"
	"github.com/originflow/aliyuncdn-datasource/pkg/sts"
)

// signInFailures are the keys of what to do about each way for a session to fail. Their texts may hold the code.
// docs/credentials.md has the same rows.
var signInFailures = map[sts.Kind]string{
	sts.RoleRefused:   "signIn.roleRefused",
	sts.CallerRefused: "signIn.callerRefused",
	sts.TrustRefused:  "signIn.trustRefused",
	sts.RootKey:       "signIn.rootKey",
	sts.NoRole:        "signIn.noRole",
	sts.TooLong:       "signIn.tooLong",
	sts.BadParameter:  "signIn.badParameter",

	sts.OIDCIncomplete:  "signIn.oidcIncomplete",
	sts.NoTokenFile:     "signIn.noTokenFile",
	sts.BadTokenFile:    "signIn.badTokenFile",
	sts.OIDCRefused:     "signIn.oidcRefused",
	sts.OIDCExpired:     "signIn.oidcExpired",
	sts.OIDCAudience:    "signIn.oidcAudience",
	sts.OIDCFingerprint: "signIn.oidcFingerprint",
	sts.OIDCToken:       "signIn.oidcToken",

	sts.NoMetadata:      "signIn.noMetadata",
	sts.MetadataRefused: "signIn.metadataRefused",
	sts.NoInstanceRole:  "signIn.noInstanceRole",
	sts.BadProfile:      "signIn.badProfile",
	sts.BadURI:          "signIn.badURI",
	sts.NoSource:        "signIn.noSource",

	sts.UnknownKey:     "failure.unknownKey",
	sts.WrongSecret:    "failure.wrongSecret",
	sts.ClockSkew:      "failure.clockSkew",
	sts.BadToken:       "signIn.badToken",
	sts.Throttled:      "signIn.throttled",
	sts.Busy:           "signIn.busy",
	sts.Unreachable:    "signIn.unreachable",
	sts.Refused:        "signIn.refused",
	sts.Malformed:      "signIn.malformed",
	sts.SessionRefused: "failure.badSession",
}

// signInStatus is the status where it is not that the way to sign in is refused.
var signInStatus = map[sts.Kind]backend.Status{
	sts.Throttled:   backend.StatusTooManyRequests,
	sts.Busy:        backend.StatusBadGateway,
	sts.Unreachable: backend.StatusBadGateway,
	sts.Malformed:   backend.StatusBadGateway,
}

// explainSignIn explains why there is no session.
func explainSignIn(w *locales.Words, failure *sts.Error) explanation {
	text := w.Say(signInFailures[failure.Kind], locales.Args{"code": failure.Code})
	end := reference(w, &cdn.Error{Code: failure.Code, RequestID: failure.RequestID})
	return explanation{cmp.Or(signInStatus[failure.Kind], backend.StatusUnauthorized), backend.ErrorSourceDownstream, text + end, end}
}
