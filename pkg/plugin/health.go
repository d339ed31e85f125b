package plugin

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
)

// CheckHealth makes real calls, the ones that queries make, and says what works and what to fix.
func (d *Datasource) CheckHealth(ctx context.Context, _ *backend.CheckHealthRequest) (*backend.CheckHealthResult, error) {
	if d.broken != nil {
		return healthResult(backend.HealthStatusError, "The settings are not complete.", d.broken.Error()), nil
	}
	ctx, cancel := beforeDeadline(ctx)
	defer cancel()
	var result *backend.CheckHealthResult
	if err := guarded(ctx, func() { result = diagnose(d.reader().Probe(ctx)) }); err != nil {
		return healthResult(backend.HealthStatusError, explain(err).text, explain(err).text), nil
	}
	return result, nil
}

// diagnose turns the outcome of a probe into a short message and details.
func diagnose(p originflow.Probe) *backend.CheckHealthResult {
	operation := fmt.Sprintf("%s (%s)", p.Operation.Name(), p.Operation.Version())
	flow := fmt.Sprintf("Origin flow: %s answers; data is final up to %s.", operation, minute(p.SettledUntil))
	if p.FlowErr != nil {
		flow = "Origin flow: " + explain(p.FlowErr).text
	}
	domains := fmt.Sprintf("Domains: %s lists %d.", cdn.UserDomains, p.Domains)
	if p.DomainsErr != nil {
		domains = "Domains: " + explain(p.DomainsErr).text
	}
	if p.Domains < 0 && p.DomainsErr == nil {
		domains = fmt.Sprintf("Domains: %s answers.", cdn.UserDomains)
	}
	unreadable, metrics := metricFindings(p.MetricErrs)
	details := strings.Join(slices.Concat([]string{flow}, metrics, []string{domains, clockFinding(p.Ahead)}), "\n")
	late := latenessFinding(p)
	if late != "" {
		details += "\nData delay: " + late
	}
	message := fmt.Sprintf("Signed in. %d domains, origin flow final up to %s.", p.Domains, minute(p.SettledUntil))
	switch {
	case p.FlowErr != nil:
		return healthResult(backend.HealthStatusError, explain(p.FlowErr).text, details)
	case p.DomainsErr != nil:
		message = "Origin flow can be read, but the domains cannot be listed: type their names, regex and all do not work."
	case p.Domains < 0:
		message = fmt.Sprintf("Signed in. Origin flow final up to %s.", minute(p.SettledUntil))
	}
	if len(unreadable) > 0 {
		message += " Not to be read: " + strings.Join(unreadable, ", ") + "; see the details."
	}
	return healthResult(backend.HealthStatusOk, strings.TrimSpace(message+" "+late), details)
}

// metricFindings are the metrics that cannot be read, and a line of details for each reason. Whatever belongs to one call
// makes no reason of its own.
func metricFindings(errs []error) (unreadable, details []string) {
	if errs == nil {
		return nil, nil
	}
	var readable []string
	reasons := map[string][]string{}
	var order []explanation
	for i, m := range originflow.Metrics {
		if errs[i] == nil {
			readable = append(readable, m.Label)
			continue
		}
		unreadable = append(unreadable, m.Label)
		reason := explain(errs[i])
		if reasons[reason.cause()] == nil {
			order = append(order, reason)
		}
		reasons[reason.cause()] = append(reasons[reason.cause()], m.Label)
	}
	if len(readable) > 0 {
		details = append(details, "Metrics that can be read: "+strings.Join(readable, ", ")+".")
	}
	for _, reason := range order {
		details = append(details, fmt.Sprintf("Not %s: %s", strings.Join(reasons[reason.cause()], ", "), reason.text))
	}
	return unreadable, details
}

// clockTolerance is what the header Date cannot tell: it has whole seconds, and an answer is some time on its way.
const clockTolerance = 5 * time.Second

// clockFinding compares the clock of the Grafana server with the API's.
func clockFinding(ahead time.Duration) string {
	ahead = ahead.Round(time.Second)
	which := "behind"
	switch {
	case ahead.Abs() < clockTolerance:
		return "Clock: the Grafana server's agrees with the API's."
	case ahead < 0:
		which = "ahead of"
	}
	return fmt.Sprintf("Clock: the Grafana server's is %s %s the API's, which is reckoned with up to 15 minutes. Set it, best by NTP.",
		ahead.Abs(), which)
}

// latenessFinding tells that data is later than the data source takes it to be; empty if it is not.
func latenessFinding(p originflow.Probe) string {
	if p.Settles <= p.DataDelay {
		return ""
	}
	const step = 5 * time.Minute
	wanted := (p.Settles + step - 1) / step * step
	return fmt.Sprintf("Data settles up to %s after the end of its slice; your data delay is %s: set %dm.",
		length(p.Settles.Round(time.Minute)), length(p.DataDelay), wanted/time.Minute)
}

func healthResult(status backend.HealthStatus, message, details string) *backend.CheckHealthResult {
	// verboseMessage is what Grafana shows below the message.
	body, _ := json.Marshal(map[string]string{"verboseMessage": details})
	return &backend.CheckHealthResult{Status: status, Message: message, JSONDetails: body}
}
