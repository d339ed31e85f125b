package cdnsim

import (
	"cmp"
	"strings"
	"time"
)

// dialect is how one API version differs in asking and answering for origin flow.
type dialect struct {
	layout      string        // of StartTime and EndTime
	domainCap   int           // most names in DomainName
	history     time.Duration // 0 is by granularity
	loneTime    *Error        // for only one of StartTime and EndTime
	anyInterval bool          // an unsupported Interval falls back instead of failing
}

// flowQuery is a valid request for origin flow.
type flowQuery struct {
	domains  []string
	from, to time.Time // as asked
	granularity
	fill bool // missing slices come as zero
}

// fills are the values of FixTimeGap.
var fills = map[string]bool{"": false, "true": true, "on": true, "false": false, "off": false}

// flowQuery checks the parameters of an origin flow operation.
func (r *request) flowQuery(d dialect) (flowQuery, *Error) {
	var q flowQuery
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
	q.domains, problem = r.flowDomains(r.params["DomainName"], d.domainCap)
	return q, problem
}

// times reads StartTime and EndTime: both, or neither for the last 24 hours.
func (d dialect) times(r *request) (start, end time.Time, problem *Error) {
	from, to := r.params["StartTime"], r.params["EndTime"]
	if (from == "") != (to == "") {
		return start, end, d.loneTime
	}
	if from == "" {
		end = r.now.UTC().Truncate(time.Minute)
		return end.Add(-day), end, nil
	}
	start, ok := parseTime(d.layout, from)
	if !ok {
		return start, end, &errStartFormat
	}
	end, ok = parseTime(d.layout, to)
	switch {
	case !ok:
		return start, end, &errEndFormat
	case !end.After(start), end.Sub(start) > maxSpan:
		return start, end, &errEndMismatch
	}
	return start, end, nil
}

// flowDomains are the domains a DomainName means: a comma list, each once, or
// all of the account.
func (r *request) flowDomains(text string, most int) ([]string, *Error) {
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
