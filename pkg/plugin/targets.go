package plugin

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
	"github.com/originflow/aliyuncdn-datasource/pkg/plugin/locales"
)

const (
	// maxSeries bounds the series of one query: each costs a call where it is not cached.
	maxSeries = 1000
	// maxMerged bounds the domains of one merged series: a call has room for some 200.
	maxMerged = 5000
	// searchFrom is the number of domains above which the largest are searched for: reading all takes seconds from here on.
	searchFrom = 100
)

// largest is what is to be searched for among so many domains; nothing where all of them are read. Ratios are no sums that a
// search could go by: of more domains than can be read, those are taken whose ratio is of the most.
func (q queryModel) largest(domains int) originflow.Largest {
	by := topBys[q.TopBy]
	switch isRatio := q.metric.IsRatio(); {
	case q.TopN == 0, q.MergeDomains, domains <= q.TopN:
	case by != nil:
		return originflow.Largest{N: q.TopN, By: by}
	case isRatio && domains > maxSeries:
		return originflow.Largest{N: q.TopN, By: q.metric.Weight()}
	case !isRatio && domains > searchFrom:
		return originflow.Largest{N: q.TopN}
	}
	return originflow.Largest{}
}

// targets resolves a query's domains, at the time of the query: what regex and all select changes by itself when domains
// come and go. It returns the list of domains that it selected from, if there was one.
func (d *Datasource) targets(
	ctx context.Context, q queryModel, alert bool,
) (targets []originflow.Target, list originflow.DomainList, err error) {
	if q.DomainMode == modeAll && q.MergeDomains && q.DomainFilter == "" {
		return []originflow.Target{{Name: "*"}}, list, nil
	}
	names := q.Domains
	if q.DomainMode != modeList {
		if list, err = d.reader().Domains(ctx, alert); err != nil {
			return nil, list, err
		}
		names = selectNames(q, list.Domains)
	}
	if q.DomainFilter != "" {
		wanted := regexp.MustCompile(q.DomainFilter) // parseQuery compiled it before
		names = slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !wanted.MatchString(name) })
	}
	targets, err = makeTargets(q, names)
	return targets, list, err
}

func makeTargets(q queryModel, names []string) ([]originflow.Target, error) {
	most, tooMany := maxSeries, "query.tooMany"
	if q.MergeDomains {
		most, tooMany = maxMerged, "query.tooManyMerged"
	}
	if len(names) > most && q.largest(len(names)).N == 0 {
		return nil, badRequest(newProblem(tooMany, locales.Args{"domains": len(names), "most": most}))
	}
	if q.MergeDomains && len(names) > 0 {
		return []originflow.Target{{Name: mergedName(q, names), Domains: names}}, nil
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
	switch {
	case q.DomainMode == modeRegex:
		return q.DomainPattern
	case q.DomainMode == modeAll:
		return q.DomainFilter
	}
	return strings.Join(names, ",")
}
