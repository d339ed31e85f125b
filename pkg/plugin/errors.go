package plugin

import (
	"context"
	"errors"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
	"github.com/originflow/aliyuncdn-datasource/pkg/sts"
)

// explanation is what a user is told about a failure.
type explanation struct {
	status backend.Status
	source backend.ErrorSource
	// text says what happened and what to do. It holds no word of the API's, the SDK's or the network's.
	text string
	// reference is the end of the text that belongs to one call: its code and RequestId. Empty where there is none.
	reference string
}

// cause is the text without what belongs to one call.
func (e explanation) cause() string { return strings.TrimSuffix(e.text, e.reference) }

// failures explains each kind of failed call: the status that Grafana shows, and what to do. {operation} and {code} are
// replaced.
var failures = map[cdn.Kind]struct {
	status backend.Status
	text   string
}{
	cdn.UnknownKey: {
		backend.StatusUnauthorized,
		"Alibaba Cloud does not know this AccessKey ID. Check it in the data source settings, or create a new AccessKey in the RAM console.",
	},
	cdn.WrongSecret: {
		backend.StatusUnauthorized,
		"The AccessKey secret does not belong to the AccessKey ID. Enter the secret again in the data source settings.",
	},
	cdn.BadToken: {
		backend.StatusUnauthorized,
		"The security token is missing, wrong or expired. Get new STS credentials and enter all three parts in the data source settings.",
	},
	cdn.BadSession: {
		backend.StatusUnauthorized,
		"Alibaba Cloud refuses the session of the RAM role, and a new one too. Check in the RAM console that the role is still there.",
	},
	cdn.NoCredentials: {
		backend.StatusUnauthorized,
		"No credentials could be had for the way to sign in. Check it in the data source settings.",
	},
	cdn.ClockSkew: {
		backend.StatusUnauthorized,
		"The clock of the Grafana server is off by more than 15 minutes, so Alibaba Cloud refuses its signatures. Set the clock, best by NTP.",
	},
	cdn.Forbidden: {
		backend.StatusForbidden,
		"The RAM user may not call {operation}. Grant it the policy AliyunCDNReadOnlyAccess, or at least the action cdn:{operation}.",
	},
	cdn.NotActivated: {
		backend.StatusForbidden,
		"Alibaba Cloud refuses the operation: CDN is not activated for this account, or the account is suspended. Check it in the CDN console.",
	},
	cdn.Throttled: {
		backend.StatusTooManyRequests,
		"Alibaba Cloud throttles this account. The plugin slows down by itself; lower callsPerSecond if other tools use the account too.",
	},
	cdn.Busy: {
		backend.StatusBadGateway,
		"The CDN API is unavailable at the moment. Try again later.",
	},
	cdn.Retired: {
		backend.StatusNotImplemented,
		"Alibaba Cloud has retired {operation}. Set API version to auto or 2018-05-10 in the data source settings.",
	},
	cdn.UnknownDomain: {
		backend.StatusNotFound,
		"The domain is not an accelerated domain of this account. Check its name in the CDN console.",
	},
	cdn.Offline: {
		backend.StatusNotFound,
		"The domain is offline, so the API has nothing to say of it: bring it online in the CDN console or take it out of the query.",
	},
	cdn.TooManyDomains: {
		backend.StatusBadRequest,
		"Too many domains for one call. Narrow the selection.",
	},
	cdn.TooOld: {
		backend.StatusBadRequest,
		"The range begins before the history that the API keeps. Choose a more recent one.",
	},
	cdn.BadTime: {
		backend.StatusBadRequest,
		"The API refuses the time range. Choose a more recent or a shorter one.",
	},
	cdn.Refused: {
		backend.StatusBadGateway,
		"The CDN API refused the call with {code}. Look the code up at https://error-center.aliyun.com/status/product/Cdn.",
	},
	cdn.Unreachable: {
		backend.StatusBadGateway,
		"The CDN API did not answer. Check the endpoint, and that the Grafana server may reach it (proxy, firewall, TLS).",
	},
	cdn.Malformed: {
		backend.StatusBadGateway,
		"The answer is not one of the CDN API. Check the endpoint, and whether a proxy answers in its place.",
	},
}

// What is told of failures that are not those of a call.
const (
	lateForBudget = "The query had to wait for the call budget of the account for too long. Try again, narrow it, or raise callsPerSecond in the data source settings."
	lateForAPI    = "The CDN API took too long to answer. Try again, or choose a shorter range."
	canceled      = "The query was canceled."
	ourFault      = "The plugin failed. Please report it with the log of the Grafana server."
)

// statusClosed is the status of a query that nobody waits for any more.
const statusClosed backend.Status = 499

// explain maps every error to what a user is told. It is the only place where errors become text and status.
func explain(err error) explanation {
	if isBadRequest(err) {
		// The user's own words, and downstream: a mistake in a query is no failure of the plugin.
		return explanation{backend.StatusBadRequest, backend.ErrorSourceDownstream, err.Error(), ""}
	}
	if failed, ok := errors.AsType[failedSeries](err); ok {
		return failed.explain()
	}
	switch {
	case errors.Is(err, originflow.ErrBudget):
		return explanation{backend.StatusTooManyRequests, backend.ErrorSourceDownstream, lateForBudget, ""}
	case errors.Is(err, context.Canceled):
		return explanation{statusClosed, backend.ErrorSourceDownstream, canceled, ""}
	case errors.Is(err, context.DeadlineExceeded):
		return explanation{backend.StatusTimeout, backend.ErrorSourceDownstream, lateForAPI, ""}
	}
	if failure, ok := errors.AsType[*sts.Error](err); ok {
		return explainSignIn(failure)
	}
	failure, ok := errors.AsType[*cdn.Error](err)
	if !ok {
		return explanation{backend.StatusInternal, backend.ErrorSourcePlugin, ourFault, ""}
	}
	row := failures[failure.Kind()]
	text := strings.NewReplacer("{operation}", failure.Operation, "{code}", failure.Code).Replace(row.text)
	end := reference(failure)
	return explanation{row.status, backend.ErrorSourceDownstream, text + end, end}
}

// isLate tells whether the failure is that time ran out.
func isLate(err error) bool {
	return errors.Is(err, originflow.ErrBudget) || errors.Is(err, context.DeadlineExceeded)
}

func errorResponse(err error) backend.DataResponse {
	e := explain(err)
	return backend.ErrDataResponseWithSource(e.status, e.source, e.text)
}

// badRequestError is a mistake of whoever wrote the query or the settings.
type badRequestError struct{ error }

func (e badRequestError) Unwrap() error { return e.error }

func badRequest(err error) error { return badRequestError{err} }

func isBadRequest(err error) bool { return errors.As(err, &badRequestError{}) }
