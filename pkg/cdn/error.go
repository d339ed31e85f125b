package cdn

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/rpc"
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
	// Err is the cause where it was not the API that refused: the network, the context, credentials that could not be had,
	// or an answer nobody can read.
	Err error

	// renewed tells that it was a repeated call that failed, with a new session.
	renewed bool
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
	if e.Code != "" {
		kind := kindOfCode(e.Code, e.Message)
		if kind == BadToken && e.renewed {
			return BadSession
		}
		return kind
	}
	credentials, none := errors.AsType[noCredentials](e.Err)
	switch {
	case none && credentials.passes():
		return Unreachable // who gives them out does not answer: as good as no answer of the API
	case none:
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

// decodeError reads the answer to a refused call. Whatever the body is, it returns an error with the HTTP status.
func decodeError(op action, response *http.Response, body []byte) *Error {
	refusal := rpc.ReadRefusal(body)
	failure := &Error{
		Operation: op.name, HTTPStatus: response.StatusCode,
		Code: refusal.Code, Message: refusal.Message, RequestID: refusal.RequestID,
	}
	if failure.Code != "" {
		failure.Date = dateOf(response.Header)
	}
	return failure
}

// noCredentials is the failure to come by a key. Its text is safe to show: that of its cause, which may be a stranger's, is
// not in it.
type noCredentials struct{ cause error }

func (noCredentials) Error() string { return "no credentials" }

// Unwrap returns the cause.
func (e noCredentials) Unwrap() error { return e.cause }

// passes tells whether the cause is one that may pass by itself, as it says.
func (e noCredentials) passes() bool {
	var cause interface{ Temporary() bool }
	return errors.As(e.cause, &cause) && cause.Temporary()
}
