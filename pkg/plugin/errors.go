package plugin

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
	"github.com/originflow/aliyuncdn-datasource/pkg/plugin/locales"
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

// failures explains each kind of failed call: the status that Grafana shows, and the key of what to do. Its text may hold
// the operation and the code.
var failures = map[cdn.Kind]struct {
	status backend.Status
	key    string
}{
	cdn.UnknownKey:     {backend.StatusUnauthorized, "failure.unknownKey"},
	cdn.WrongSecret:    {backend.StatusUnauthorized, "failure.wrongSecret"},
	cdn.BadToken:       {backend.StatusUnauthorized, "failure.badToken"},
	cdn.BadSession:     {backend.StatusUnauthorized, "failure.badSession"},
	cdn.NoCredentials:  {backend.StatusUnauthorized, "failure.noCredentials"},
	cdn.ClockSkew:      {backend.StatusUnauthorized, "failure.clockSkew"},
	cdn.Forbidden:      {backend.StatusForbidden, "failure.forbidden"},
	cdn.NotActivated:   {backend.StatusForbidden, "failure.notActivated"},
	cdn.Throttled:      {backend.StatusTooManyRequests, "failure.throttled"},
	cdn.Busy:           {backend.StatusBadGateway, "failure.busy"},
	cdn.Retired:        {backend.StatusNotImplemented, "failure.retired"},
	cdn.UnknownDomain:  {backend.StatusNotFound, "failure.unknownDomain"},
	cdn.Offline:        {backend.StatusNotFound, "failure.offline"},
	cdn.TooManyDomains: {backend.StatusBadRequest, "failure.tooManyDomains"},
	cdn.TooOld:         {backend.StatusBadRequest, "failure.tooOld"},
	cdn.BadTime:        {backend.StatusBadRequest, "failure.badTime"},
	cdn.Refused:        {backend.StatusBadGateway, "failure.refused"},
	cdn.Unreachable:    {backend.StatusBadGateway, "failure.unreachable"},
	cdn.Malformed:      {backend.StatusBadGateway, "failure.malformed"},
}

// statusClosed is the status of a query that nobody waits for any more.
const statusClosed backend.Status = 499

// explain maps every error to what a user is told. It is the only place where errors become text and status.
func explain(w *locales.Words, err error) explanation {
	if isBadRequest(err) {
		// The user's own words, and downstream: a mistake in a query is no failure of the plugin.
		return explanation{backend.StatusBadRequest, backend.ErrorSourceDownstream, inWords(w, err), ""}
	}
	if failed, ok := errors.AsType[failedSeries](err); ok {
		return failed.explain(w)
	}
	switch {
	case errors.Is(err, originflow.ErrBudget):
		return explanation{backend.StatusTooManyRequests, backend.ErrorSourceDownstream, w.Say("failure.lateForBudget", nil), ""}
	case errors.Is(err, context.Canceled):
		return explanation{statusClosed, backend.ErrorSourceDownstream, w.Say("failure.canceled", nil), ""}
	case errors.Is(err, context.DeadlineExceeded):
		return explanation{backend.StatusTimeout, backend.ErrorSourceDownstream, w.Say("failure.lateForAPI", nil), ""}
	}
	if failure, ok := errors.AsType[*sts.Error](err); ok {
		return explainSignIn(w, failure)
	}
	failure, ok := errors.AsType[*cdn.Error](err)
	if !ok {
		return explanation{backend.StatusInternal, backend.ErrorSourcePlugin, w.Say("failure.ours", nil), ""}
	}
	row := failures[failure.Kind()]
	if failure.Kind() == cdn.Unreachable {
		row.key = unreachable(failure)
	}
	text := w.Say(row.key, locales.Args{"operation": failure.Operation, "code": failure.Code})
	end := reference(w, failure)
	return explanation{row.status, backend.ErrorSourceDownstream, text + end, end}
}

// unreachable is the sentence about an API that did not answer, by what stood in the way.
func unreachable(err error) string {
	operation, isNetwork := errors.AsType[*net.OpError](err)
	switch {
	case isNetwork && operation.Op == "proxyconnect":
		return "failure.proxy"
	case errors.As(err, new(*net.DNSError)):
		return "failure.unknownHost"
	case errors.As(err, new(*tls.CertificateVerificationError)):
		return "failure.certificate"
	case errors.As(err, new(tls.RecordHeaderError)):
		return "failure.noTLS"
	}
	return "failure.unreachable"
}

// isLate tells whether the failure is that time ran out.
func isLate(err error) bool {
	return errors.Is(err, originflow.ErrBudget) || errors.Is(err, context.DeadlineExceeded)
}

func errorResponse(w *locales.Words, err error) backend.DataResponse {
	e := explain(w, err)
	return backend.ErrDataResponseWithSource(e.status, e.source, e.text)
}

// badRequestError is a mistake of whoever wrote the query or the settings.
type badRequestError struct{ error }

func (e badRequestError) Unwrap() error { return e.error }

func badRequest(err error) error { return badRequestError{err} }

func isBadRequest(err error) bool { return errors.As(err, &badRequestError{}) }

// problem is what is wrong with a query or the settings. Whoever finds it does not know in which language it will be told;
// as an error it is English.
type problem struct{ locales.Text }

func newProblem(key string, args locales.Args) error {
	return problem{locales.Text{Key: key, Args: args}}
}

func (p problem) Error() string { return p.In(locales.English) }

// inWords writes a mistake, or several, each on a line. An error that is none has no words for a user.
func inWords(w *locales.Words, err error) string {
	switch err := err.(type) {
	case badRequestError:
		return inWords(w, err.error)
	case problem:
		return err.In(w)
	case interface{ Unwrap() []error }:
		var lines []string
		for _, one := range err.Unwrap() {
			lines = append(lines, inWords(w, one))
		}
		return strings.Join(lines, "\n")
	}
	return w.Say("failure.ours", nil)
}
