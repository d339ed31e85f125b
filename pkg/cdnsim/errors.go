package cdnsim

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
)

// Error is an API error as the CDN API answers it.
type Error struct {
	Status  int    // HTTP status; 0 is 400
	Code    string // for example Throttling.User
	Message string // empty repeats the code
}

// Error returns code and message.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// The errors of the reference page of DescribeDomainSrcFlowData, of its
// successor, and of the gateway in front of every operation. HTTP statuses are
// those the documentation gives; clients should go by Code.
var (
	errVersion       = Error{400, "InvalidVersion", "Specified parameter Version is not valid."}
	errAction        = Error{404, "InvalidAction.NotFound", "Specified api is not found, please check your url and method."}
	errMethod        = Error{400, "UnsupportedHTTPMethod", "This http method is not supported."}
	errKey           = Error{404, "InvalidAccessKeyId.NotFound", "Specified access key is not found."}
	errSignatureKind = Error{400, "IncompleteSignature", "The request signature does not conform to Aliyun standards."}
	errSignature     = Error{400, "SignatureDoesNotMatch", "Specified signature is not matched with our calculation. server string to sign is:"}
	errNonce         = Error{400, "SignatureNonceUsed", "Specified signature nonce was used already."}
	errStampFormat   = Error{400, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted."}
	errStampExpired  = Error{400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired."}
	errTokenMissing  = Error{400, "MissingSecurityToken", "SecurityToken is mandatory for this action."}
	errTokenWrong    = Error{400, "InvalidSecurityToken.MismatchWithAccessKey", "Specified SecurityToken mismatch with the AccessKey."}
	errTokenExpired  = Error{400, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired."}
	errDenied        = Error{403, codeDenied, "User not authorized to operate on the specified resource, or this API doesn't support RAM."}
	errThrottledUser = Error{400, "Throttling.User", "Request was denied due to user flow control."}
	errThrottled     = Error{503, "Throttling", "Request was denied due to request throttling."}
	errInternal      = Error{500, "InternalError", "The request processing has failed due to some unknown error."}

	errLoneTime      = Error{400, "MissingParameter", "StartTime and EndTime can not be single."}
	errLoneTime2018  = Error{400, "MissingTimeParameter", "The StartTime and EndTime must be both specified."}
	errStartFormat   = Error{400, "InvalidStartTime.Malformed", "Specified StartTime is malformed."}
	errEndFormat     = Error{400, "InvalidEndTime.Malformed", "Specified EndTime is malformed."}
	errEndMismatch   = Error{400, "InvalidEndTime.Mismatch", "Specified end time does not math the specified start time."}
	errStartTooOld   = Error{400, "InvalidStartTime.ValueNotSupported", "The specified value of parameter StartTime is not supported."}
	errInterval      = Error{400, "InvalidInterval.Malformed", "Specified Interval is malformed."}
	errDomainUnknown = Error{404, "InvalidDomain.NotFound", "The domain provided does not belong to you."}
	errDomainOffline = Error{404, "InvalidDomain.Offline", "The domain provided is offline."}
	errDomainFormat  = Error{400, "InvalidDomainName.Malformed", "The specified DomainName is malformed."}
	errDomainCount   = Error{400, "InvalidDomainName.Overlimit", "The number of domains in DomainName exceeds the limit."}
)

const (
	codeDenied = "Forbidden.RAM"
	hostID     = "cdn.aliyuncs.com"
)

func errMissing(param string) *Error {
	return &Error{400, "Missing" + param, param + " is mandatory for this action."}
}

func errParameter(param string) *Error {
	return &Error{400, "InvalidParameter", "The specified parameter " + param + " is not valid."}
}

// errorBody is the documented shape of every error.
type errorBody struct {
	XMLName            xml.Name            `json:"-" xml:"Error"`
	RequestID          string              `json:"RequestId" xml:"RequestId"`
	HostID             string              `json:"HostId" xml:"HostId"`
	Code               string              `json:"Code" xml:"Code"`
	Message            string              `json:"Message" xml:"Message"`
	Recommend          string              `json:"Recommend" xml:"Recommend"`
	AccessDeniedDetail *accessDeniedDetail `json:"AccessDeniedDetail,omitempty" xml:"AccessDeniedDetail,omitempty"`
}

// accessDeniedDetail holds account ids: a client must not show it.
type accessDeniedDetail struct {
	AuthAction              string
	AuthPrincipalType       string
	AuthPrincipalOwnerID    string `json:"AuthPrincipalOwnerId" xml:"AuthPrincipalOwnerId"`
	AuthPrincipalDisplay    string `json:"AuthPrincipalDisplayName" xml:"AuthPrincipalDisplayName"`
	NoPermissionType        string
	PolicyType              string
	EncodedDiagnosticString string `json:"EncodedDiagnosticMessage" xml:"EncodedDiagnosticMessage"`
}

// errorReply writes e as JSON, or as XML for a call that did not ask for JSON:
// XML is the gateway's default.
func errorReply(e *Error, call *Call, format string) reply {
	status, message := e.Status, e.Message
	if status == 0 {
		status = http.StatusBadRequest
	}
	if message == "" {
		message = e.Code
	}
	body := errorBody{
		RequestID: call.RequestID, HostID: hostID, Code: e.Code, Message: message,
		Recommend: fmt.Sprintf("https://api.aliyun.com/troubleshoot?q=%s&product=Cdn&requestId=%s",
			url.QueryEscape(e.Code), url.QueryEscape(call.RequestID)),
	}
	if e.Code == codeDenied {
		body.AccessDeniedDetail = &accessDeniedDetail{
			AuthAction: "cdn:" + call.Operation, AuthPrincipalType: "SubUser",
			AuthPrincipalOwnerID: "1000000000000001", AuthPrincipalDisplay: "200000000000000001",
			NoPermissionType: "ImplicitDeny", PolicyType: "AccountLevelIdentityBasedPolicy",
			EncodedDiagnosticString: "QVFFQUFBQUFEZW1v",
		}
	}
	call.Code = e.Code
	if format == formatJSON {
		return newReply(status, contentJSON, mustEncode(json.Marshal(body)))
	}
	return newReply(status, contentXML, append([]byte(xml.Header), mustEncode(xml.Marshal(body))...))
}

// mustEncode panics on an encoding error: the bodies are made here, from plain
// strings and numbers, so one is a mistake in this package.
func mustEncode(body []byte, err error) []byte {
	if err != nil {
		panic("cdnsim: " + err.Error())
	}
	return body
}

func newReply(status int, contentType string, body []byte) reply {
	return reply{status: status, header: http.Header{"Content-Type": {contentType}}, body: body}
}
