package plugin

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
	"github.com/originflow/aliyuncdn-datasource/pkg/plugin/locales"
)

// CheckHealth makes real calls, the ones that queries make, and says what works and what to fix.
func (d *Datasource) CheckHealth(ctx context.Context, _ *backend.CheckHealthRequest) (*backend.CheckHealthResult, error) {
	if d.broken != nil {
		return healthResult(backend.HealthStatusError, d.words.Say("health.settings", nil), inWords(d.words, d.broken)), nil
	}
	ctx, cancel := beforeDeadline(ctx)
	defer cancel()
	var result *backend.CheckHealthResult
	if err := guarded(ctx, func() { result = diagnose(d.words, d.reader().Probe(ctx)) }); err != nil {
		text := explain(d.words, err).text
		return healthResult(backend.HealthStatusError, text, text), nil
	}
	return result, nil
}

// diagnose turns the outcome of a probe into a short message and details.
func diagnose(w *locales.Words, p originflow.Probe) *backend.CheckHealthResult {
	flow := w.Say("health.flow", locales.Args{
		"operation": p.Operation.Name(), "version": p.Operation.Version(), "until": minute(p.SettledUntil),
	})
	if p.FlowErr != nil {
		flow = w.Say("health.flowFailed", locales.Args{"reason": explain(w, p.FlowErr).text})
	}
	domains := w.Say("health.domains", locales.Args{"operation": cdn.UserDomains, "number": p.Domains})
	if p.DomainsErr != nil {
		domains = w.Say("health.domainsFailed", locales.Args{"reason": explain(w, p.DomainsErr).text})
	}
	if p.Domains < 0 && p.DomainsErr == nil {
		domains = w.Say("health.domainsAnswer", locales.Args{"operation": cdn.UserDomains})
	}
	unreadable, metrics := metricFindings(w, p.MetricErrs)
	alone, sharing := sharingFindings(w, p.Shared)
	findings := slices.Concat([]string{flow}, metrics, []string{domains, clockFinding(w, p.Ahead)}, sharing)
	if p.Retired != nil {
		findings = append(findings, w.Say("health.retired", locales.Args{"operation": p.Retired.Name(), "successor": p.Operation.Name()}))
	}
	if statement := missingStatement(p); statement != "" {
		findings = append(findings, w.Say("health.statement", locales.Args{"statement": statement}))
	}
	details := strings.Join(findings, "\n")
	late := latenessFinding(w, p)
	if late != "" {
		details += "\n" + w.Say("health.delay", locales.Args{"finding": late})
	}
	message := w.Say("health.signedIn", locales.Args{"count": p.Domains, "until": minute(p.SettledUntil)})
	switch {
	case p.FlowErr != nil:
		return healthResult(backend.HealthStatusError, explain(w, p.FlowErr).text, details)
	case p.DomainsErr != nil:
		message = w.Say("health.unlisted", nil)
	case p.Domains == 0:
		message = w.Say("health.noDomain", nil)
	case p.Domains < 0:
		message = w.Say("health.signedInUncounted", locales.Args{"until": minute(p.SettledUntil)})
	}
	return healthResult(backend.HealthStatusOk, w.Sentences(message, unreadable, late, alone), details)
}

// missingStatement is what to add to the RAM policy so that everything can be read, in its language; empty if nothing is
// missing.
func missingStatement(p originflow.Probe) string {
	var actions []string
	for _, err := range append(slices.Clone(p.MetricErrs), p.FlowErr, p.DomainsErr) {
		if failure, ok := errors.AsType[*cdn.Error](err); ok && failure.Kind() == cdn.Forbidden {
			actions = append(actions, "cdn:"+failure.Operation)
		}
	}
	if len(actions) == 0 {
		return ""
	}
	slices.Sort(actions)
	statement, _ := json.Marshal(struct { // of texts alone, so it cannot fail
		Effect   string
		Action   []string
		Resource string
	}{"Allow", slices.Compact(actions), "acs:cdn:*:*:*"})
	return string(statement)
}

// metricFindings tell which metrics cannot be read, in one sentence, empty if there is none, and with a line of details for
// each reason. Whatever belongs to one call makes no reason of its own.
func metricFindings(w *locales.Words, errs []error) (summary string, details []string) {
	if errs == nil {
		return "", nil
	}
	var readable, unreadable []string
	reasons := map[string][]string{}
	var order []explanation
	for i, m := range originflow.Metrics {
		label := metricLabel(m).In(w)
		if errs[i] == nil {
			readable = append(readable, label)
			continue
		}
		unreadable = append(unreadable, label)
		reason := explain(w, errs[i])
		if reasons[reason.cause()] == nil {
			order = append(order, reason)
		}
		reasons[reason.cause()] = append(reasons[reason.cause()], label)
	}
	if len(readable) > 0 {
		details = append(details, w.Say("health.readable", locales.Args{"metrics": readable}))
	}
	for _, reason := range order {
		details = append(details, w.Say("health.notReadable", locales.Args{"metrics": reasons[reason.cause()], "reason": reason.text}))
	}
	if len(unreadable) > 0 {
		summary = w.Say("health.unreadable", locales.Args{"metrics": unreadable})
	}
	return summary, details
}

// clockTolerance is what the header Date cannot tell: it has whole seconds, and an answer is some time on its way.
const clockTolerance = 5 * time.Second

// clockFinding compares the clock of the Grafana server with the API's.
func clockFinding(w *locales.Words, ahead time.Duration) string {
	ahead = ahead.Round(time.Second)
	switch {
	case ahead.Abs() < clockTolerance:
		return w.Say("health.clockAgrees", nil)
	case ahead < 0:
		return w.Say("health.clockAhead", locales.Args{"offset": offset(w, -ahead)})
	}
	return w.Say("health.clockBehind", locales.Args{"offset": offset(w, ahead)})
}

// offset is a time to the second, such as 10m0s.
func offset(w *locales.Words, d time.Duration) string {
	return strings.NewReplacer(
		"h", w.Say("offset.h", nil), "m", w.Say("offset.m", nil), "s", w.Say("offset.s", nil),
	).Replace(d.String())
}

// latenessFinding tells that data is later than the data source takes it to be; empty if it is not.
func latenessFinding(w *locales.Words, p originflow.Probe) string {
	if p.Settles <= p.DataDelay {
		return ""
	}
	const step = 5 * time.Minute
	wanted := (p.Settles + step - 1) / step * step
	return w.Say("health.late", locales.Args{
		"settles": length(p.Settles.Round(time.Minute)), "delay": length(p.DataDelay), "wanted": int(wanted / time.Minute),
	})
}

func healthResult(status backend.HealthStatus, message, details string) *backend.CheckHealthResult {
	// verboseMessage is what Grafana shows below the message.
	body, _ := json.Marshal(map[string]string{"verboseMessage": details})
	return &backend.CheckHealthResult{Status: status, Message: message, JSONDetails: body}
}
