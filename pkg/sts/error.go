package sts

import (
	"strings"

	"github.com/originflow/aliyuncdn-datasource/pkg/rpc"
)

// Kind is why there is no key.
type Kind string

// The kinds of failure. Those that a user can do something about have one of their own.
const (
	// Of AssumeRole.
	RoleRefused   Kind = "role refused"
	CallerRefused Kind = "may not assume roles"
	TrustRefused  Kind = "role does not trust the caller"
	RootKey       Kind = "key of the account itself"
	NoRole        Kind = "no such role"
	TooLong       Kind = "session too long"
	BadParameter  Kind = "parameter refused"

	// Of AssumeRoleWithOIDC.
	OIDCIncomplete  Kind = "OIDC settings missing"
	NoTokenFile     Kind = "no OIDC token file"
	BadTokenFile    Kind = "no OIDC token in the file"
	OIDCRefused     Kind = "OIDC provider or role refused"
	OIDCExpired     Kind = "OIDC token expired"
	OIDCAudience    Kind = "OIDC token for another audience"
	OIDCFingerprint Kind = "OIDC provider not verified"
	OIDCToken       Kind = "OIDC token refused"

	// Of the machine.
	NoMetadata      Kind = "no metadata service"
	MetadataRefused Kind = "metadata service refused"
	NoInstanceRole  Kind = "no role on the instance"
	BadProfile      Kind = "CLI profile not usable"
	BadURI          Kind = "credentials URI not usable"
	NoSource        Kind = "no source of credentials"

	// Of any.
	UnknownKey     Kind = "unknown AccessKey"
	WrongSecret    Kind = "wrong AccessKey secret"
	BadToken       Kind = "invalid security token"
	ClockSkew      Kind = "clock skew"
	Throttled      Kind = "throttled"
	Busy           Kind = "service unavailable"
	Unreachable    Kind = "no answer"
	Refused        Kind = "refused"
	Malformed      Kind = "unreadable answer"
	SessionRefused Kind = "session refused"
)

// kinds maps the error codes of STS to their meaning, see [rpc.ByCode].
var kinds = map[string]Kind{
	"NoPermission":                                              RoleRefused,
	"EntityNotExist":                                            NoRole,
	"InvalidParameter":                                          BadParameter,
	"InvalidParameter.DurationSeconds":                          TooLong,
	"AuthenticationFail":                                        OIDCRefused,
	"AuthenticationFail.OIDCToken":                              OIDCToken,
	"AuthenticationFail.OIDCToken.Expired":                      OIDCExpired,
	"AuthenticationFail.OIDCToken.AudienceNotMatch":             OIDCAudience,
	"AuthenticationFail.OIDCToken.HttpsUrlInvalid":              OIDCFingerprint,
	"AuthenticationFail.OIDCToken.PublicKeyFingerprintMismatch": OIDCFingerprint,
	"EntityNotExist.OIDCProvider":                               OIDCRefused,
	"InvalidParameter.OIDCProviderArn":                          OIDCRefused,
	"InvalidParameter.OIDCToken":                                OIDCToken,
	"InvalidAccessKeyId":                                        UnknownKey,
	"SignatureDoesNotMatch":                                     WrongSecret,
	"IncompleteSignature":                                       WrongSecret,
	"MissingSecurityToken":                                      BadToken,
	"InvalidSecurityToken":                                      BadToken,
	"SecurityToken":                                             BadToken,
	"InvalidTimeStamp":                                          ClockSkew,
	"IllegalTimestamp":                                          ClockSkew,
	"Throttling":                                                Throttled,
	"FlowControlError":                                          Throttled,
	"TooManyRequests":                                           Throttled,
	"InternalError":                                             Busy,
	"ServiceUnavailable":                                        Busy,
	"ServiceBusy":                                               Busy,
	"SignatureNonceUsed":                                        Busy, // the transport sent a call again over a new connection
}

// Error is a key that could not be had. All of it is safe to show and to log.
type Error struct {
	Kind Kind
	// Operation is the one of STS that failed; empty where it was none.
	Operation string
	// Code is the error code of STS, empty where there is none.
	Code string
	// RequestID identifies the call to Alibaba Cloud's support; empty where there was no proper answer.
	RequestID string
	// HTTPStatus is the status of the answer, 0 where there was none.
	HTTPStatus int
}

// Error names the kind, the operation and the code.
func (e *Error) Error() string {
	var parts []string
	for _, part := range []string{e.Operation, string(e.Kind), e.Code} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ": ")
}

// Temporary tells whether the failure may pass by itself.
func (e *Error) Temporary() bool {
	return e.Kind == Throttled || e.Kind == Busy || e.Kind == Unreachable
}

// refusal reads what STS answers to a call that it refuses.
func refusal(action string, a answer) *Error {
	refused := rpc.ReadRefusal(a.body)
	return &Error{
		Kind: kindOf(refused, a.status), Operation: action,
		Code: refused.Code, RequestID: refused.RequestID, HTTPStatus: a.status,
	}
}

func kindOf(r rpc.Refusal, status int) Kind {
	switch {
	case r.Code == "" && status == 429:
		return Throttled
	case r.Code == "" && status >= 500:
		return Busy
	case r.Code == "":
		return Malformed
	case r.Code == "NoPermission" && strings.Contains(r.Message, "root accounts"):
		return RootKey
	case r.Code == "NoPermission" && r.PolicyType == "AssumeRolePolicy":
		return TrustRefused
	case r.Code == "NoPermission" && r.PolicyType != "":
		return CallerRefused
	}
	if kind, known := rpc.ByCode(kinds, r.Code); known {
		return kind
	}
	return Refused
}
