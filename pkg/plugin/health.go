package plugin

import (
	"context"
	"encoding/json"
	"fmt"

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
	return diagnose(d.reader.Probe(ctx)), nil
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
	details := flow + "\n" + domains
	switch {
	case p.FlowErr != nil:
		return healthResult(backend.HealthStatusError, explain(p.FlowErr).text, details)
	case p.DomainsErr != nil:
		return healthResult(backend.HealthStatusOk,
			"Origin flow can be read, but the domains cannot be listed: type their names, regex and all do not work.", details)
	}
	return healthResult(backend.HealthStatusOk,
		fmt.Sprintf("Signed in. %d domains, origin flow final up to %s.", p.Domains, minute(p.SettledUntil)), details)
}

func healthResult(status backend.HealthStatus, message, details string) *backend.CheckHealthResult {
	// verboseMessage is what Grafana shows below the message.
	body, _ := json.Marshal(map[string]string{"verboseMessage": details})
	return &backend.CheckHealthResult{Status: status, Message: message, JSONDetails: body}
}
