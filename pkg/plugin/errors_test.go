package plugin

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
	"github.com/originflow/aliyuncdn-datasource/pkg/plugin/locales"
	"github.com/originflow/aliyuncdn-datasource/pkg/rpc"
)

// failure is a way for a call to fail, and what has to become of it.
type failure struct {
	kind  cdn.Kind
	fault *cdnsim.Fault
	// status that Grafana gets, and a part of the sentence that says what to do.
	status backend.Status
	advice string
	// silent tells that there is no RequestId to show.
	silent bool
}

func refused(status int, code string) *cdnsim.Fault {
	return &cdnsim.Fault{Error: &cdnsim.Error{Status: status, Code: code}}
}

func page(status int, body string) *cdnsim.Fault { return &cdnsim.Fault{Status: status, Body: body} }

// failuresByName has the codes with the HTTP statuses they were seen with: the code alone decides.
var failuresByName = map[string]failure{
	"no such key":              {cdn.UnknownKey, refused(404, "InvalidAccessKeyId.NotFound"), 401, "create a new AccessKey", false},
	"no such key, short":       {cdn.UnknownKey, refused(403, "InvalidAccessKeyId"), 401, "create a new AccessKey", false},
	"wrong secret":             {cdn.WrongSecret, refused(403, "SignatureDoesNotMatch"), 401, "Enter the secret again", false},
	"wrong secret, as 400":     {cdn.WrongSecret, refused(400, "SignatureDoesNotMatch"), 401, "Enter the secret again", false},
	"no token":                 {cdn.BadToken, refused(400, "MissingSecurityToken"), 401, "Get new STS credentials", false},
	"expired token":            {cdn.BadToken, refused(400, "InvalidSecurityToken.Expired"), 401, "Get new STS credentials", false},
	"expired token, in words":  {cdn.BadToken, &cdnsim.Fault{Error: &cdnsim.Error{Code: "InvalidParameter", Message: "code: SecurityToken.Expired"}}, 401, "Get new STS credentials", false},
	"skewed clock":             {cdn.ClockSkew, refused(400, "InvalidTimeStamp.Expired"), 401, "Set the clock", false},
	"skewed clock, otherwise":  {cdn.ClockSkew, refused(400, "IllegalTimestamp"), 401, "Set the clock", false},
	"no permission":            {cdn.Forbidden, refused(403, "Forbidden.RAM"), 403, "cdn:DescribeDomainSrcFlowData", false},
	"no permission, otherwise": {cdn.Forbidden, refused(400, "NoPermission"), 403, "AliyunCDNReadOnlyAccess", false},
	"CDN not opened":           {cdn.NotActivated, refused(403, "OperationDenied"), 403, "Check it in the CDN console", false},
	"throttled user":           {cdn.Throttled, refused(400, "Throttling.User"), 429, "lower callsPerSecond", false},
	"throttled":                {cdn.Throttled, refused(503, "Throttling"), 429, "lower callsPerSecond", false},
	"throttled by a gateway":   {cdn.Throttled, page(429, "slow down"), 429, "lower callsPerSecond", true},
	"internal error":           {cdn.Busy, refused(500, "InternalError"), 502, "Try again later", false},
	"busy, as 403":             {cdn.Busy, refused(403, "ServiceBusy"), 502, "Try again later", false},
	"a gateway's 502":          {cdn.Busy, page(502, "<html>Bad Gateway</html>"), 502, "Try again later", true},
	"retired":                  {cdn.Retired, refused(404, "InvalidAction.NotFound"), 501, "auto or 2018-05-10", false},
	"retired, otherwise":       {cdn.Retired, refused(400, "UnsupportedOperation"), 501, "auto or 2018-05-10", false},
	"unknown domain":           {cdn.UnknownDomain, refused(404, "InvalidDomain.NotFound"), 404, "Check its name", false},
	"offline":                  {cdn.Offline, refused(404, "InvalidDomain.Offline"), 404, "bring it online", false},
	"too many domains":         {cdn.TooManyDomains, refused(400, "InvalidDomainName.Overlimit"), 400, "Narrow the selection", false},
	"too many for a gateway":   {cdn.TooManyDomains, page(414, "<html>URI Too Long</html>"), 400, "Narrow the selection", true},
	"too old":                  {cdn.TooOld, refused(400, "InvalidStartTime.ValueNotSupported"), 400, "begins before the history", false},
	"bad time":                 {cdn.BadTime, refused(400, "InvalidStartTime.Malformed"), 400, "Choose a more recent", false},
	"bad end":                  {cdn.BadTime, refused(400, "InvalidEndTime.Mismatch"), 400, "Choose a more recent", false},
	"a code nobody knows":      {cdn.Refused, refused(418, "Teapot.Short"), 502, "with Teapot.Short. Look the code up", false},
	"an error under 200":       {cdn.UnknownDomain, refused(200, "InvalidDomain.NotFound"), 404, "Check its name", false},
	"a cut connection":         {cdn.Unreachable, &cdnsim.Fault{Break: true}, 502, "proxy, firewall, TLS", true},
	"a cut answer":             {cdn.Unreachable, &cdnsim.Fault{Break: true, Body: `{"DataInt`}, 502, "proxy, firewall, TLS", true},
	"a page":                   {cdn.Malformed, page(200, "<html>Sign in to the WiFi</html>"), 502, "whether a proxy answers", true},
	"a page under 403":         {cdn.Malformed, page(403, "<html>Blocked</html>"), 502, "whether a proxy answers", true},
	"an empty answer":          {cdn.Malformed, page(200, ""), 502, "whether a proxy answers", true},
	"half an answer":           {cdn.Malformed, &cdnsim.Fault{Edit: func(b []byte) []byte { return b[:len(b)/2] }}, 502, "whether a proxy answers", true},
	"another answer":           {cdn.Malformed, page(200, `{"status":"ok"}`), 502, "whether a proxy answers", true},
	"an error of wrong types":  {cdn.Malformed, page(400, `{"Code":7,"Message":{},"RequestId":[]}`), 502, "whether a proxy answers", true},
	"a redirect":               {cdn.Malformed, &cdnsim.Fault{Status: 302, Header: http.Header{"Location": {"https://cdn.example/"}}}, 502, "whether a proxy answers", true},
}

func TestEveryFailureOfTheAPIIsExplained(t *testing.T) {
	for name, c := range failuresByName {
		t.Run(name, func(t *testing.T) {
			inBubble(t, setup{ // as some are tried again for seconds
				json: map[string]any{"apiVersion": "2014-11-11", "callsPerSecond": 100},
				api:  cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault { return c.fault }},
			}, func(l *lab) { requireExplained(l, c, l.ask(hour(`{"domains":["www.example.com"]}`))) })
		})
	}
}

func requireExplained(t testing.TB, c failure, response backend.DataResponse) {
	t.Helper()
	require.Error(t, response.Error)
	assert.Equal(t, c.status, response.Status)
	assert.Equal(t, backend.ErrorSourceDownstream, response.ErrorSource)
	assert.ErrorContains(t, response.Error, c.advice)
	if !c.silent {
		assert.ErrorContains(t, response.Error, "RequestId "+sampleRequestID)
	}
	assert.Empty(t, response.Frames)
}

func TestMissingCredentialsAreExplained(t *testing.T) {
	l := newLab(t, setup{})
	transport := &rpc.Signer{Next: http.DefaultTransport}
	l.source.template.Client = cdn.NewClient(l.source.settings.endpoint, &http.Client{Transport: transport}, noCredentials{})
	requireExplained(t, failure{cdn.NoCredentials, nil, 401, "Check it in the data source settings", true},
		l.ask(hour(`{"domains":["www.example.com"]}`)))
	assert.Empty(t, l.sim.Calls())
}

// noCredentials is a way to sign in that has nothing to sign with.
type noCredentials struct{}

func (noCredentials) Key(context.Context, rpc.Key) (rpc.Key, error) {
	return rpc.Key{}, errors.New("http://100.100.100.200/ram/security-credentials?secret")
}

// TestNoKindOfFailureIsForgotten reads the kinds from the source: a new one needs its row here and in errors.go.
func TestNoKindOfFailureIsForgotten(t *testing.T) {
	source, err := parser.ParseFile(token.NewFileSet(), "../cdn/kind.go", nil, 0)
	require.NoError(t, err)
	tested := map[cdn.Kind]bool{cdn.NoCredentials: true, cdn.BadSession: true} // each in a test of its own
	for _, c := range failuresByName {
		tested[c.kind] = true
	}
	var kinds []cdn.Kind
	ast.Inspect(source, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && spec.Type != nil && types(spec.Type) == "Kind" {
			text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			require.NoError(t, err)
			kinds = append(kinds, cdn.Kind(text))
		}
		return true
	})
	assert.Len(t, kinds, len(failures))
	for _, kind := range kinds {
		assert.NotEmpty(t, failures[kind].key, kind)
		assert.True(t, tested[kind], "%s has no test", kind)
	}
}

func types(e ast.Expr) string {
	name, _ := e.(*ast.Ident)
	if name == nil {
		return ""
	}
	return name.Name
}

func TestAQueryThatRunsOutOfTimeSaysWhatItWaitedFor(t *testing.T) {
	soon := func(l *lab) context.Context {
		ctx, cancel := context.WithTimeout(l.Context(), 200*time.Millisecond)
		l.Cleanup(cancel)
		return ctx
	}
	hanging := cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault { return &cdnsim.Fault{Hang: true} }}
	t.Run("the API", func(t *testing.T) {
		inBubble(t, setup{api: hanging}, func(l *lab) {
			for _, query := range []string{`{"domains":["www.example.com"]}`, `{"domainMode":"all"}`} {
				response := l.askWithin(soon(l), hour(query))
				requireExplained(l, failure{status: 504, advice: "choose a shorter range", silent: true}, response)
			}
		})
	})
	t.Run("the API, for all of its domains", func(t *testing.T) {
		inBubble(t, setup{api: hanging}, func(l *lab) {
			response := l.askWithin(soon(l), hour(`{"domains":["www.example.com","img.example.com","api.example.com"]}`))
			requireExplained(l, failure{status: 504, advice: "Not in time: 3 of 3 domains. " + lateForAPI, silent: true}, response)
		})
	})
	t.Run("the API, longer than the data source allows a call", func(t *testing.T) {
		inBubble(t, setup{api: hanging, json: map[string]any{"timeout": 1}}, func(l *lab) {
			start := time.Now()
			response := l.ask(hour(`{"domains":["www.example.com"]}`))
			requireExplained(l, failure{status: 504, advice: "choose a shorter range", silent: true}, response)
			assert.Less(t, time.Since(start), answerWithin, "it was not the query that ran out of time")
		})
	})
	// usedUp is a data source that has just made the only call it may make for a second.
	usedUp := func(t *testing.T, test func(*lab)) {
		inBubble(t, setup{json: map[string]any{"callsPerSecond": 1}}, func(l *lab) {
			l.frames(hour(`{"domains":["www.example.com"]}`))
			test(l)
		})
	}
	both := hour(`{"domains":["www.example.com","img.example.com"]}`)
	t.Run("the budget", func(t *testing.T) {
		usedUp(t, func(l *lab) {
			response := l.askWithin(soon(l), hour(`{"domains":["img.example.com"]}`))
			requireExplained(l, failure{status: 429, advice: "raise callsPerSecond", silent: true}, response)
			assert.Len(l, l.sim.Calls(), 1)
		})
	})
	t.Run("the budget, with a part in the cache", func(t *testing.T) {
		usedUp(t, func(l *lab) {
			panel := l.askWithin(soon(l), both)
			require.NoError(l, panel.Error)
			assert.Equal(l, []string{"www.example.com"}, labels(panel.Frames), "what is there is shown")
			assert.Equal(l, []string{"1 of 2 domains are complete. Each refresh goes on where this one stopped. " + lateForBudget}, noticesOf(panel.Frames))
		})
	})
	t.Run("the budget, for an evaluation", func(t *testing.T) {
		usedUp(t, func(l *lab) {
			q := both
			q.alert, q.to = true, 17*time.Minute // which is final, so that the window stays
			rule := l.askWithin(soon(l), q)
			require.NoError(l, rule.Error)
			assert.Equal(l, []string{"www.example.com"}, labels(rule.Frames), "what is there is evaluated")
		})
	})
	t.Run("nothing, as nobody waits for it any more", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		l := newLab(t, setup{api: cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault {
			cancel()
			return &cdnsim.Fault{Hang: true}
		}}})
		response := l.askWithin(ctx, hour(`{"domains":["www.example.com"]}`))
		requireExplained(t, failure{status: statusClosed, advice: "canceled", silent: true}, response)
	})
}

func TestAnUnknownErrorIsOursAndKeepsItsWordsToItself(t *testing.T) {
	response := errorResponse(locales.English, errors.New("Get https://cdn.aliyuncs.com/?AccessKeyId=LTAI&Signature=x: boom"))
	assert.Equal(t, backend.StatusInternal, response.Status)
	assert.Equal(t, backend.ErrorSourcePlugin, response.ErrorSource)
	assert.EqualError(t, response.Error, ourFault)
}
