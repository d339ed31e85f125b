package cdnsim

import (
	"cmp"
	"strings"
	"time"
)

// query is a valid request for a metric.
type query struct {
	domains  []string
	from, to time.Time // as asked
	granularity
	fill bool // missing slices come as zero
}

// fills are the values of FixTimeGap.
var fills = map[string]bool{"": false, "true": true, "on": true, "false": false, "off": false}

// query checks the parameters of an operation that tells a metric.
func (r *request) query(d *dialect) (query, *Error) {
	var q query
	var problem *Error
	if q.from, q.to, problem = d.times(r); problem != nil {
		return q, problem
	}
	wish, ok := intervals[r.params["Interval"]]
	if !ok && !d.anyInterval {
		return q, &errInterval
	}
	merging, ok := merges[r.params["TimeMerge"]]
	if !ok {
		return q, errParameter("TimeMerge")
	}
	if q.fill, ok = fills[r.params["FixTimeGap"]]; !ok {
		return q, errParameter("FixTimeGap")
	}
	q.granularity = r.choose(wish, merging, q.to.Sub(q.from))
	for _, g := range r.granularities() {
		if g.slice == r.interval {
			q.granularity = g
		}
	}
	history := cmp.Or(d.history, q.history)
	if r.History > 0 {
		history = min(history, r.History)
	}
	if q.from.Before(r.now.Add(-history)) {
		return q, &errStartTooOld
	}
	q.domains, problem = r.namedDomains(r.params["DomainName"], d.domainCap)
	return q, problem
}

// namedDomains are the domains a DomainName means: a comma list, each once, or
// all of the account.
func (r *request) namedDomains(text string, most int) ([]string, *Error) {
	var names []string
	if text == "" {
		for _, d := range r.Domains {
			names = append(names, d.Name)
		}
		return names, nil
	}
	asked := strings.Split(text, ",")
	switch {
	case len(asked) > 1 && r.NoLists:
		return nil, &errDomainUnknown
	case len(asked) > most:
		return nil, &errDomainCount
	}
	seen := map[string]bool{}
	for _, name := range asked {
		status, known := r.statuses[name]
		switch {
		case name == "" || strings.ContainsAny(name, " \t/:*"):
			return nil, &errDomainFormat
		case !known:
			return nil, &errDomainUnknown
		case r.OfflineRefused && status == statusOffline:
			return nil, &errDomainOffline
		case !seen[name]:
			seen[name] = true
			names = append(names, name)
		}
	}
	return names, nil
}
