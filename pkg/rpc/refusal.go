package rpc

import (
	"encoding/json"
	"regexp"
	"strings"
)

// Refusal is the body of the answer to a call that was refused.
type Refusal struct {
	// Code is the error code, such as Throttling.User; empty where there is none.
	Code string
	// Message is the API's own text, never to be shown: it may quote keys, signatures and account ids.
	Message string
	// RequestID identifies the call to Alibaba Cloud's support; empty where there is none.
	RequestID string
	// PolicyType is the kind of policy that refused the call, such as AssumeRolePolicy; empty where the API does not tell.
	PolicyType string
}

// PlainToken is what a Code or a RequestId looks like. Anything else in their place, an HTML page for one, is dropped.
var PlainToken = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

// ReadRefusal reads a body. Of one that is no refusal it returns nothing.
func ReadRefusal(body []byte) Refusal {
	// Raw fields: one field of an unexpected type must not cost the others.
	var fields, detail map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return Refusal{}
	}
	_ = json.Unmarshal(fields["AccessDeniedDetail"], &detail)
	refusal := Refusal{RequestID: plain(fields["RequestId"]), Code: plain(fields["Code"]), PolicyType: plain(detail["PolicyType"])}
	_ = json.Unmarshal(fields["Message"], &refusal.Message)
	return refusal
}

// ByCode finds the row of an error code. A row stands for its code and for the codes below it: "Throttling" for
// "Throttling.User" too. The longest row wins, so an exception stands beside its rule.
func ByCode[R any](rows map[string]R, code string) (row R, found bool) {
	for code != "" {
		if row, found = rows[code]; found {
			return row, true
		}
		code = code[:max(strings.LastIndexByte(code, '.'), 0)]
	}
	return row, false
}

func plain(field json.RawMessage) string {
	var value string
	_ = json.Unmarshal(field, &value)
	if !PlainToken.MatchString(value) {
		return ""
	}
	return value
}
