package cdn

import (
	"strings"

	"github.com/originflow/aliyuncdn-datasource/pkg/rpc"
)

// Kind is what a failed call means, whatever its HTTP status: the API answers the same code with several.
type Kind string

// The kinds of failure.
const (
	UnknownKey     Kind = "unknown AccessKey"
	WrongSecret    Kind = "wrong AccessKey secret"
	BadToken       Kind = "invalid security token"
	BadSession     Kind = "session refused"
	NoCredentials  Kind = "no credentials"
	ClockSkew      Kind = "clock skew"
	Forbidden      Kind = "missing permission"
	NotActivated   Kind = "CDN not activated"
	Throttled      Kind = "throttled"
	Busy           Kind = "service unavailable"
	Retired        Kind = "operation retired"
	UnknownDomain  Kind = "unknown domain"
	Offline        Kind = "domain offline"
	TooManyDomains Kind = "too many domains"
	TooOld         Kind = "older than the history"
	BadTime        Kind = "time range refused"
	Refused        Kind = "refused"
	Unreachable    Kind = "no answer"
	Malformed      Kind = "unreadable answer"
)

// kinds maps error codes to their meaning, see [rpc.ByCode].
var kinds = map[string]Kind{
	"InvalidAccessKeyId":                 UnknownKey,
	"SignatureDoesNotMatch":              WrongSecret,
	"IncompleteSignature":                WrongSecret,
	"MissingSecurityToken":               BadToken,
	"InvalidSecurityToken":               BadToken,
	"SecurityToken":                      BadToken,
	"InvalidTimeStamp":                   ClockSkew,
	"IllegalTimestamp":                   ClockSkew,
	"Forbidden":                          Forbidden,
	"NoPermission":                       Forbidden,
	"OperationDenied":                    NotActivated,
	"IllegalOperation":                   NotActivated,
	"CdnServiceNotFound":                 NotActivated,
	"Throttling":                         Throttled,
	"FlowControlError":                   Throttled,
	"TooManyRequests":                    Throttled,
	"InternalError":                      Busy,
	"ServiceUnavailable":                 Busy,
	"ServiceBusy":                        Busy,
	"SignatureNonceUsed":                 Busy, // the transport sent a call again over a new connection
	"InvalidAction":                      Retired,
	"InvalidVersion":                     Retired,
	"NoSuchVersion":                      Retired,
	"UnsupportedOperation":               Retired,
	"InvalidDomain":                      UnknownDomain,
	"InvalidDomain.Offline":              Offline,
	"InvalidDomainName":                  UnknownDomain,
	"InvalidDomainName.Overlimit":        TooManyDomains,
	"MissingParameter":                   BadTime,
	"MissingTimeParameter":               BadTime,
	"InvalidStartTime":                   BadTime,
	"InvalidStartTime.ValueNotSupported": TooOld,
	"InvalidEndTime":                     BadTime,
	"InvalidInterval":                    BadTime,
}

func kindOfCode(code, message string) Kind {
	// STS refuses an expired token with a code that says nothing and a message that does.
	if code == "InvalidParameter" && strings.Contains(message, "SecurityToken.Expired") {
		return BadToken
	}
	if kind, known := rpc.ByCode(kinds, code); known {
		return kind
	}
	return Refused
}
