package plugin

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
)

// maxSeries bounds the series of one query: each costs a call where it is not cached.
const maxSeries = 1000

// targets resolves a query's domains, at the time of the query: what regex and all select changes by itself when domains
// come and go.
func (d *Datasource) targets(ctx context.Context, q queryModel, alert bool) ([]originflow.Target, error) {
	if q.DomainMode == modeAll && q.MergeDomains {
		return []originflow.Target{{Name: "*"}}, nil
	}
	names := q.Domains
	if q.DomainMode != modeList {
		domains, err := d.reader.Domains(ctx, alert)
		if err != nil {
			return nil, err
		}
		if names = selectNames(q, domains); len(names) == 0 {
			return nil, nil
		}
	}
	if q.MergeDomains {
		return []originflow.Target{{Name: mergedName(q, names), Domains: names}}, nil
	}
	if len(names) > maxSeries {
		return nil, badRequest(fmt.Errorf(
			"the query selects %d domains, more than %d; merge them into one series or narrow the selection", len(names), maxSeries))
	}
	targets := make([]originflow.Target, len(names))
	for i, name := range names {
		targets[i] = originflow.Target{Name: name, Domains: []string{name}}
	}
	return targets, nil
}

// selectNames are the names of the domains that match, sorted: the series of an alert rule keep their order.
func selectNames(q queryModel, domains []cdn.Domain) []string {
	matches := func(string) bool { return true }
	if q.DomainMode == modeRegex {
		matches = regexp.MustCompile(q.DomainPattern).MatchString // parseQuery compiled it before
	}
	var names []string
	for _, domain := range domains {
		if matches(domain.Name) {
			names = append(names, domain.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// mergedName labels a merged series with what was asked for. A pattern stays the same when domains come and go, and so
// does the alert whose label it is.
func mergedName(q queryModel, names []string) string {
	if q.DomainMode == modeRegex {
		return q.DomainPattern
	}
	return strings.Join(names, ",")
}
