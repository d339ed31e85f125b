package plugin

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/assert"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
)

// readable is what the details say of the metrics but some.
func readable(but ...string) string {
	var names []string
	for _, m := range originflow.Metrics {
		if !slices.Contains(but, m.Name) {
			names = append(names, metricLabels[m.Name])
		}
	}
	return "Metrics that can be read: " + strings.Join(names, ", ") + "."
}

func TestTheHealthCheckTellsWhichMetricsCanBeRead(t *testing.T) {
	const works = "Signed in. 12 domains, origin flow final up to 2024-05-15 11:50 UTC."
	var allButFlow []string
	for _, m := range metricTruths {
		for _, operation := range strings.Split(m.operation, ",") {
			if operation != flow {
				allButFlow = append(allButFlow, operation)
			}
		}
	}
	for name, c := range map[string]struct {
		api     cdnsim.Options
		status  backend.HealthStatus
		message string
		// details are lines of them.
		details []string
	}{
		"all of them": {cdnsim.Options{}, backend.HealthStatusOk, works, []string{readable()}},
		"one that no other needs": {
			cdnsim.Options{Denied: []string{originCodes}},
			backend.HealthStatusOk,
			works + " Not to be read: origin status codes; see the details.",
			[]string{readable("originStatus"), "Not origin status codes: " + mayNot(originCodes)},
		},
		"one that ratios need": {
			cdnsim.Options{Denied: []string{edge}},
			backend.HealthStatusOk,
			works + " Not to be read: edge flow, hit ratio, origin share; see the details.",
			[]string{readable("edgeFlow", "hitRatio", "originShare"), "Not edge flow, hit ratio, origin share: " + mayNot(edge)},
		},
		"two": {
			cdnsim.Options{Denied: []string{"DescribeDomainHitRateData", "DescribeDomainQpsData"}},
			backend.HealthStatusOk,
			works + " Not to be read: edge requests, hit ratio, request hit ratio; see the details.",
			[]string{
				readable("edgeRequests", "hitRatio", "requestHitRatio"),
				"Not edge requests, request hit ratio: " + mayNot("DescribeDomainQpsData"),
				"Not hit ratio: " + mayNot("DescribeDomainHitRateData"),
			},
		},
		"none but origin flow": {
			cdnsim.Options{Denied: allButFlow},
			backend.HealthStatusOk,
			works + " Not to be read: edge flow, origin requests, edge requests, origin status codes, edge status codes, hit ratio, " +
				"request hit ratio, origin share; see the details.",
			[]string{
				"Metrics that can be read: origin flow.", "Not edge flow, origin share: " + mayNot(edge), "Not hit ratio: " + mayNot("DescribeDomainHitRateData"),
				"Not edge status codes: " + mayNot("DescribeDomainHttpCodeData"),
			},
		},
		"one of them, nor the domains": {
			cdnsim.Options{Denied: []string{originCodes, listing}},
			backend.HealthStatusOk,
			"Origin flow can be read, but the domains cannot be listed: type their names, regex and all do not work. " +
				"Not to be read: origin status codes; see the details.",
			[]string{readable("originStatus"), "Not origin status codes: " + mayNot(originCodes), "Domains: " + mayNot(listing)},
		},
		"all but origin flow": {
			cdnsim.Options{Denied: []string{flow}},
			backend.HealthStatusError, mayNot(flow),
			[]string{"Origin flow: " + mayNot(flow), readable("originFlow", "originShare"), "Not origin flow, origin share: " + mayNot(flow)},
		},
		"none at all": {
			cdnsim.Options{Denied: append(allButFlow, flow, listing)},
			backend.HealthStatusError, mayNot(flow),
			[]string{"Origin flow: " + mayNot(flow), "Not origin flow, origin share: " + mayNot(flow), "Domains: " + mayNot(listing)},
		},
		"one, and origin flow has a successor": {
			cdnsim.Options{Retired: true, Denied: []string{originCodes}},
			backend.HealthStatusOk,
			works + " Not to be read: origin status codes; see the details.",
			[]string{"Origin flow: DescribeDomainSrcTrafficData (2018-05-10) answers; data is final up to 2024-05-15 11:50 UTC.", readable("originStatus")},
		},
		"none of origin flow, not by its successor": {
			cdnsim.Options{Retired: true, Denied: []string{traffic}},
			backend.HealthStatusError, mayNot(traffic),
			[]string{readable("originFlow", "originShare"), "Not origin flow, origin share: " + mayNot(traffic)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, message, details := newLab(t, setup{api: c.api}).health()
			assert.Equal(t, c.status, status)
			assert.Equal(t, c.message, message)
			assert.Less(t, len(message), 250, "the details are for those who want to know more")
			for _, line := range c.details {
				assert.Contains(t, strings.Split(details, "\n"), line)
			}
		})
	}
}

func TestMetricsThatCannotBeReadForOneReasonAreOneLine(t *testing.T) {
	var number atomic.Int64
	l := newLab(t, setup{api: cdnsim.Options{
		RequestID: func() string { return fmt.Sprintf("R-%d", number.Add(1)) },
		Fault: func(call cdnsim.Call) *cdnsim.Fault {
			if call.Operation == flow || call.Operation == listing {
				return nil
			}
			return refused(http.StatusForbidden, "OperationDenied")
		},
	}})
	_, _, details := l.health()
	assert.Equal(t, 1, strings.Count(details, "CDN is not activated"))
	assert.Regexp(t, `(?m)^Not edge flow, origin requests, edge requests, origin status codes, edge status codes, hit ratio, request hit ratio, `+
		`origin share: .* \(OperationDenied, RequestId R-\d+\)$`, details)
}
