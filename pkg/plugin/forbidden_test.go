package plugin

import (
	"net/http"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// mayNot is what is told of an operation that the RAM user may not call.
func mayNot(operation string) string {
	return "The RAM user may not call " + operation + ". Grant it the policy AliyunCDNReadOnlyAccess, or at least the action cdn:" +
		operation + ". (Forbidden.RAM, RequestId " + sampleRequestID + ")"
}

func TestAMetricThatMayNotBeReadIsAnErrorOrANotice(t *testing.T) {
	for metric, m := range metricTruths {
		for _, operation := range strings.Split(m.operation, ",") {
			for name, domains := range map[string]string{
				"a domain":      `"domains":["www.example.com"]`,
				"several":       `"domains":["www.example.com","img.example.com","api.example.com"]`,
				"a merged list": `"domains":["www.example.com","img.example.com"],"mergeDomains":true`,
				"all":           `"domainMode":"all"`,
				"all, merged":   `"domainMode":"all","mergeDomains":true`,
			} {
				t.Run(metric+"/"+operation+"/"+name, func(t *testing.T) {
					l := newLab(t, setup{api: cdnsim.Options{Denied: []string{operation}}, json: map[string]any{"callsPerSecond": 100}})
					query := `{"queryType":"` + metric + `",` + domains + `,"onForbidden":"`

					for _, c := range []struct {
						onForbidden string
						alert       bool
					}{{"", false}, {"error", false}, {"error", true}, {"", true}, {"notice", true}} {
						q := hour(query + c.onForbidden + `"}`)
						q.alert = c.alert
						response := l.ask(q)
						require.ErrorContains(t, response.Error, mayNot(operation))
						assert.Equal(t, backend.StatusForbidden, response.Status)
						assert.Equal(t, backend.ErrorSourceDownstream, response.ErrorSource)
						assert.Empty(t, response.Frames)
					}

					frames := l.frames(hour(query + `notice"}`))
					require.Len(t, frames, 1)
					assert.Empty(t, frames[0].Fields)
					assert.Equal(t, data.FrameTypeTimeSeriesMulti, frames[0].Meta.Type)
					require.Len(t, frames[0].Meta.Notices, 1)
					assert.Equal(t, data.Notice{
						Severity: data.NoticeSeverityWarning, Text: "No " + metricLabels[metric] + ": " + mayNot(operation),
					}, frames[0].Meta.Notices[0])
				})
			}
		}
	}
}

// metricLabels are the names of metrics in sentences.
var metricLabels = map[string]string{
	"originFlow": "origin flow", "edgeFlow": "edge flow", "originRequests": "origin requests", "edgeRequests": "edge requests",
	"originStatus": "origin status codes", "edgeStatus": "edge status codes", "hitRatio": "hit ratio",
	"requestHitRatio": "request hit ratio", "originShare": "origin share",
}

func TestTheListOfDomainsThatMayNotBeReadIsAnErrorOrANotice(t *testing.T) {
	for name, domains := range map[string]string{
		"all": `"domainMode":"all"`, "regex": `"domainMode":"regex","domainPattern":"."`,
		"regex, merged": `"domainMode":"regex","domainPattern":".","mergeDomains":true`,
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, setup{api: cdnsim.Options{Denied: []string{listing}}})
			response := l.ask(hour(`{` + domains + `}`))
			assert.Equal(t, backend.StatusForbidden, response.Status)
			assert.EqualError(t, response.Error, mayNot(listing))

			noticed := hour(`{"queryType":"edgeFlow","onForbidden":"notice",` + domains + `}`)
			frames := l.frames(noticed)
			require.Len(t, frames, 1)
			assert.Empty(t, frames[0].Fields)
			assert.Equal(t, []string{"No edge flow: " + mayNot(listing)}, noticesOf(frames))
			assert.JSONEq(t, `{"operation":"DescribeUserDomains","granularitySeconds":0,"calls":0,"slicesFetched":0,"slicesCached":0,
				"settledUntil":"","requestIds":[]}`, string(mustJSON(t, frames[0].Meta.Custom)))

			noticed.alert = true
			response = l.ask(noticed)
			assert.Equal(t, backend.StatusForbidden, response.Status)
			assert.Empty(t, response.Frames)
		})
	}
}

func TestWhatMayBeReadIsShownBesideWhatMayNot(t *testing.T) {
	l := newLab(t, setup{api: cdnsim.Options{Fault: func(call cdnsim.Call) *cdnsim.Fault {
		if call.Operation != listing && strings.Contains(call.Params["DomainName"], "img.example.com") {
			return refused(http.StatusForbidden, "Forbidden.RAM")
		}
		return nil
	}}})
	for _, onForbidden := range []string{"error", "notice"} {
		for metric, m := range metricTruths {
			for _, alert := range []bool{false, true} {
				q := hour(`{"queryType":"` + metric + `","onForbidden":"` + onForbidden + `","domains":["img.example.com","www.example.com"]}`)
				q.alert = alert
				frames := l.frames(q)
				require.NotEmpty(t, frames)
				for _, f := range frames {
					assert.Equal(t, "www.example.com", f.Fields[1].Labels["domain"], metric)
				}
				notices := noticesOf(frames)
				require.Len(t, notices, 1)
				operation, _, _ := strings.Cut(m.operation, ",")
				assert.Equal(t, "img.example.com failed: "+mayNot(operation), notices[0])
			}
		}
	}
}

func TestANoticeIsOfMissingPermissionsOnly(t *testing.T) {
	denied := func(call cdnsim.Call) *cdnsim.Fault {
		if call.Params["DomainName"] == "img.example.com" {
			return refused(http.StatusForbidden, "Forbidden.RAM")
		}
		return nil
	}
	for name, c := range map[string]struct {
		api    cdnsim.Options
		query  string
		status backend.Status
		says   string
	}{
		"an unknown domain": {
			cdnsim.Options{}, `"domains":["gone.example.com"]`, backend.StatusNotFound, "gone.example.com: The domain is not",
		},
		"one that may not be read, and an unknown one": {
			cdnsim.Options{Fault: denied},
			`"domains":["gone.example.com","img.example.com"]`, backend.StatusNotFound,
			"gone.example.com: The domain is not an accelerated domain of this account. Check its name in the CDN console. " +
				"(InvalidDomain.NotFound, RequestId " + sampleRequestID + ")\nimg.example.com: " + mayNot(flow),
		},
		"an account without CDN": {
			cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault { return refused(403, "OperationDenied") }},
			`"domains":["img.example.com"]`, backend.StatusForbidden, "CDN is not activated",
		},
	} {
		t.Run(name, func(t *testing.T) {
			response := newLab(t, setup{api: c.api}).ask(hour(`{"onForbidden":"notice",` + c.query + `}`))
			assert.Equal(t, c.status, response.Status)
			assert.ErrorContains(t, response.Error, c.says)
			assert.Empty(t, response.Frames)
		})
	}
}
