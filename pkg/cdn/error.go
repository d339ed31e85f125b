package cdn

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// Error is a call that failed: refused by the API, or never answered by it. Its text is safe to show and to log; Message
// and Err are not, they may quote keys, signatures and account ids.
type Error struct {
	// Operation is the name of the API operation, such as DescribeDomainSrcFlowData.
	Operation string
	// Code is the API's error code, such as Throttling.User; empty where the API gave none.
	Code string
	// Message is the API's own text, never to be shown.
	Message string
	// RequestID identifies the call to Alibaba Cloud's support; empty where there was no proper answer.
	RequestID string
	// Date is the time of the API's clock when it refused the call: UTC, whole seconds, cut off by HTTP; zero where the
	// answer does not tell. It comes with a Code only: a gateway's page says nothing about the API's clock.
	Date time.Time
	// HTTPStatus is the status of the answer, 0 where there was none.
	HTTPStatus int
	// Err is the cause where it was not the API that refused: the network, the context, or an answer nobody can read.
	Err error
}

// Error names operation, code, HTTP status and RequestId, never the API's or the network's own words.
func (e *Error) Error() string {
	var text strings.Builder
	text.WriteString(e.Operation)
	text.WriteString(": ")
	switch {
	case e.Code != "":
		text.WriteString(e.Code)
	default:
		text.WriteString(string(e.Kind()))
	}
	if e.HTTPStatus != 0 {
		fmt.Fprintf(&text, " (HTTP %d)", e.HTTPStatus)
	}
	if e.RequestID != "" {
		text.WriteString(", RequestId " + e.RequestID)
	}
	return text.String()
}

// Unwrap returns the cause, so that errors.Is finds context.Canceled and its like.
func (e *Error) Unwrap() error { return e.Err }

// Kind tells what the failure means.
func (e *Error) Kind() Kind {
	switch {
	case e.Code != "":
		return kindOfCode(e.Code, e.Message)
	case errors.Is(e.Err, errCredentials):
		return NoCredentials
	case errors.Is(e.Err, ErrMalformed):
		return Malformed
	case e.HTTPStatus >= 500:
		return Busy
	case e.HTTPStatus == 429:
		return Throttled
	case e.HTTPStatus == 414: // the names of the domains make the line of a call too long for a gateway
		return TooManyDomains
	case e.Err != nil:
		return Unreachable
	}
	return Malformed
}

// plainToken is what a Code or a RequestId looks like. Anything else in their place, an HTML page for one, is dropped.
var plainToken = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

// decodeError reads the answer to a refused call. Whatever the body is, it returns an error with the HTTP status.
func decodeError(op action, response *http.Response, body []byte) *Error {
	failure := &Error{Operation: op.name, HTTPStatus: response.StatusCode}
	// Raw fields: one field of an unexpected type must not cost the others.
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return failure
	}
	text := func(name string) string {
		var value string
		_ = json.Unmarshal(fields[name], &value)
		return value
	}
	failure.Message = text("Message")
	if code := text("Code"); plainToken.MatchString(code) {
		failure.Code, failure.Date = code, dateOf(response.Header)
	}
	if id := text("RequestId"); plainToken.MatchString(id) {
		failure.RequestID = id
	}
	return failure
}
