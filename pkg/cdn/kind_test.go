package cdn_test

import (
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// The API answers the same code with several statuses, so only the code counts.
func TestTheKindOfAFailureFollowsItsCodeWhateverTheStatus(t *testing.T) {
	var fault atomic.Pointer[cdnsim.Fault]
	api := start(t, cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault { return fault.Load() }})
	for kind, codes := range map[cdn.Kind][]string{
		cdn.UnknownKey:     {"InvalidAccessKeyId.NotFound", "InvalidAccessKeyId"},
		cdn.WrongSecret:    {"SignatureDoesNotMatch", "IncompleteSignature"},
		cdn.BadToken:       {"MissingSecurityToken", "InvalidSecurityToken.Expired", "InvalidSecurityToken.Malformed", "InvalidSecurityToken.MismatchWithAccessKey"},
		cdn.ClockSkew:      {"InvalidTimeStamp.Expired", "InvalidTimeStamp.Format", "IllegalTimestamp"},
		cdn.Forbidden:      {"Forbidden.RAM", "Forbidden", "NoPermission"},
		cdn.NotActivated:   {"OperationDenied", "IllegalOperation", "CdnServiceNotFound"},
		cdn.Throttled:      {"Throttling", "Throttling.User", "Throttling.Api", "FlowControlError", "TooManyRequests"},
		cdn.Busy:           {"SignatureNonceUsed", "InternalError", "ServiceUnavailable", "ServiceBusy"},
		cdn.Retired:        {"InvalidAction.NotFound", "InvalidVersion", "NoSuchVersion", "UnsupportedOperation"},
		cdn.UnknownDomain:  {"InvalidDomain.NotFound", "InvalidDomainName.Malformed"},
		cdn.Offline:        {"InvalidDomain.Offline"},
		cdn.TooManyDomains: {"InvalidDomainName.Overlimit"},
		cdn.TooOld:         {"InvalidStartTime.ValueNotSupported"},
		cdn.BadTime: {
			"MissingParameter", "MissingTimeParameter", "InvalidStartTime.Malformed", "InvalidEndTime.Malformed", "InvalidEndTime.Mismatch", "InvalidInterval.Malformed",
		},
		cdn.Refused: {"InvalidParameter", "Throttlingx", "Unheard.Of", "InvalidDomainNames", "x"},
	} {
		for _, code := range codes {
			for _, status := range []int{200, 400, 403, 404, 429, 500, 503} {
				fault.Store(&cdnsim.Fault{Error: &cdnsim.Error{Status: status, Code: code}})
				_, err := api.Describe(t.Context(), cdn.SrcFlowData, cdn.Request{})
				got := failure(t, err)
				assert.Equal(t, kind, got.Kind(), "%s, HTTP %d", code, status)
				assert.Equal(t, code, got.Code)
				assert.Equal(t, status, got.HTTPStatus)
			}
		}
	}
}

func TestAnExpiredTokenIsKnownByItsMessageWhereTheCodeSaysNothing(t *testing.T) {
	for message, want := range map[string]cdn.Kind{
		"SecurityToken.Expired":                            cdn.BadToken,
		"The parameter SecurityToken.Expired is not valid": cdn.BadToken,
		"The parameter Interval is not valid":              cdn.Refused,
	} {
		client := fixed(t, cdnsim.Fault{Error: &cdnsim.Error{Code: "InvalidParameter", Message: message}})
		_, err := client.Describe(t.Context(), cdn.SrcFlowData, cdn.Request{})
		assert.Equal(t, want, failure(t, err).Kind(), message)
	}
}

func TestWithoutACodeTheStatusDecides(t *testing.T) {
	for status, want := range map[int]cdn.Kind{
		201: cdn.Malformed, 400: cdn.Malformed, 401: cdn.Malformed, 403: cdn.Malformed, 404: cdn.Malformed,
		414: cdn.TooManyDomains, 429: cdn.Throttled, 500: cdn.Busy, 502: cdn.Busy, 503: cdn.Busy, 504: cdn.Busy,
	} {
		_, err := fixed(t, cdnsim.Fault{Status: status, Body: "<html>"}).Describe(t.Context(), cdn.SrcFlowData, cdn.Request{})
		assert.Equal(t, want, failure(t, err).Kind(), "HTTP %d", status)
	}
}

func TestARetiredVersionIsKnownAsSuch(t *testing.T) {
	api := start(t, cdnsim.Options{Retired: true})
	_, err := api.Describe(t.Context(), cdn.SrcFlowData, cdn.Request{})
	assert.Equal(t, cdn.Retired, failure(t, err).Kind())
	_, err = api.Describe(t.Context(), cdn.SrcTrafficData, cdn.Request{})
	assert.NoError(t, err)
}
