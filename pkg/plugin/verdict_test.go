package plugin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
	"github.com/originflow/aliyuncdn-datasource/pkg/plugin/locales"
)

func TestAnErrorNamesTheSeriesThatFailed(t *testing.T) {
	const denied, unknown = "The RAM user may not call", "The domain is not an accelerated domain"
	seven := `["a.example.com","b.example.com","c.example.com","d.example.com","e.example.com","f.example.com","g.example.com"]`
	for name, c := range map[string]struct{ query, says string }{
		"one series":          {`{"domains":["gone.example.com"]}`, "gone.example.com: " + unknown},
		"two":                 {`{"domains":["gone.example.com","lost.example.com"]}`, "gone.example.com, lost.example.com: " + unknown},
		"more than one reads": {`{"domains":` + seven + `}`, "a.example.com, b.example.com, c.example.com, d.example.com, e.example.com and 2 more: " + unknown},
		"a merged list":       {`{"mergeDomains":true,"domains":["gone.example.com","lost.example.com"]}`, "gone.example.com, lost.example.com: " + unknown},
		"a long merged list":  {`{"mergeDomains":true,"domains":` + seven + `}`, "a.example.com, b.example.com, c.example.com, d.example.com, e.example.com and 2 more: " + unknown},
		"a merged pattern":    {`{"mergeDomains":true,"domainMode":"regex","domainPattern":"^w{1,3}\\."}`, `^w{1,3}\.: ` + denied},
		"all domains, merged": {`{"mergeDomains":true,"domainMode":"all"}`, "*: " + denied},
		"all domains, each":   {`{"domainMode":"all"}`, " and 7 more: " + denied},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, setup{
				json: map[string]any{"callsPerSecond": 100},
				api: cdnsim.Options{Fault: func(call cdnsim.Call) *cdnsim.Fault {
					if call.Operation == listing || !strings.HasSuffix(c.says, denied) {
						return nil
					}
					return refused(http.StatusForbidden, "Forbidden.RAM")
				}},
			})
			for _, alert := range []bool{false, true} {
				q := hour(c.query)
				q.alert = alert
				response := l.ask(q)
				require.Error(t, response.Error)
				assert.ErrorContains(t, response.Error, c.says)
				assert.NotContains(t, response.Error.Error(), "\n", "one cause, one line")
			}
		})
	}
}

func TestAnErrorOfSeveralCausesHasALineForEach(t *testing.T) {
	l := newLab(t, setup{api: cdnsim.Options{Fault: func(call cdnsim.Call) *cdnsim.Fault {
		if call.Params["DomainName"] == "img.example.com" {
			return refused(http.StatusForbidden, "Forbidden.RAM")
		}
		return nil
	}}})
	response := l.ask(hour(`{"domains":["gone.example.com","img.example.com","lost.example.com"]}`))
	assert.Equal(t, backend.StatusNotFound, response.Status, "that of the first failure")
	assert.Equal(t, backend.ErrorSourceDownstream, response.ErrorSource)
	assert.EqualError(t, response.Error, "gone.example.com, lost.example.com: The domain is not an accelerated domain of this account. "+
		"Check its name in the CDN console. (InvalidDomain.NotFound, RequestId "+sampleRequestID+")\n"+
		"img.example.com: The RAM user may not call DescribeDomainSrcFlowData. Grant it the policy AliyunCDNReadOnlyAccess, "+
		"or at least the action cdn:DescribeDomainSrcFlowData. (Forbidden.RAM, RequestId "+sampleRequestID+")")
}

func TestAnErrorIsShortHoweverMuchFailed(t *testing.T) {
	call := func(code, id string) error { return &cdn.Error{Operation: flow, Code: code, RequestID: id} }
	budget, late := originflow.ErrBudget, fmt.Errorf("reading: %w", context.DeadlineExceeded)
	gone := locales.English.Say(failures[cdn.UnknownDomain].key, nil)
	for name, c := range map[string]struct {
		errs   []error
		status backend.Status
		says   string
	}{
		"one cause, each with a RequestId of its own": {
			[]error{call("InvalidDomain.NotFound", "R-1"), call("InvalidDomain.NotFound", "R-2")},
			backend.StatusNotFound,
			"a.example.com, b.example.com: " + gone + " (InvalidDomain.NotFound, RequestId R-1)",
		},
		"more causes than one reads": {
			[]error{
				call("New.One", ""), call("New.Two", ""), call("New.Two", ""), call("New.Three", ""), call("New.Four", ""), call("New.Five", ""),
			},
			backend.StatusBadGateway,
			"a.example.com: The CDN API refused the call with New.One. Look the code up at https://error-center.aliyun.com/status/product/Cdn. (New.One)\n" +
				"b.example.com, c.example.com: The CDN API refused the call with New.Two. Look the code up at https://error-center.aliyun.com/status/product/Cdn. (New.Two)\n" +
				"d.example.com: The CDN API refused the call with New.Three. Look the code up at https://error-center.aliyun.com/status/product/Cdn. (New.Three)\n" +
				"2 more failed for other reasons.",
		},
		"one that was late":             {[]error{late}, backend.StatusTimeout, "a.example.com: " + lateForAPI},
		"all of them late":              {[]error{budget, budget, budget}, backend.StatusTooManyRequests, "Not in time: 3 of 3 domains. " + lateForBudget},
		"late in one way and the other": {[]error{late, budget, late}, backend.StatusTimeout, "Not in time: 2 of 3 domains. " + lateForAPI + "\nNot in time: 1 of 3 domains. " + lateForBudget},
		"late and unknown": {
			[]error{budget, call("InvalidDomain.NotFound", ""), budget},
			backend.StatusTooManyRequests,
			"Not in time: 2 of 3 domains. " + lateForBudget + "\nb.example.com: " + gone + " (InvalidDomain.NotFound)",
		},
		"canceled": {[]error{context.Canceled, context.Canceled}, statusClosed, canceled},
	} {
		t.Run(name, func(t *testing.T) {
			var result originflow.Result
			for i, err := range c.errs {
				name := fmt.Sprintf("%c.example.com", 'a'+i)
				result.Series = append(result.Series, originflow.Series{
					Target: originflow.Target{Name: name, Domains: []string{name}}, Err: err,
				})
			}
			for _, alert := range []bool{false, true} {
				response := response(defaultQuery(), originflow.DomainList{}, result, alert)
				assert.EqualError(t, response.Error, c.says)
				assert.Equal(t, c.status, response.Status)
				assert.Equal(t, backend.ErrorSourceDownstream, response.ErrorSource)
			}
		})
	}
}

func TestAnErrorOfOursStaysOurs(t *testing.T) {
	result := originflow.Result{Series: []originflow.Series{{Target: originflow.Target{Name: "*"}, Err: errors.New("boom")}}}
	response := response(defaultQuery(), originflow.DomainList{}, result, false)
	assert.Equal(t, backend.ErrorSourcePlugin, response.ErrorSource)
	assert.EqualError(t, response.Error, "*: "+ourFault)
}
