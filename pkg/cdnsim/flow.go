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
	if q.from.Before(r.now.Add(-cmp.Or(d.history, q.history))) {
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
	if len(asked) > most {
		return nil, &errDomainCount
	}
	seen := map[string]bool{}
	for _, name := range asked {
		_, known := r.statuses[name]
		switch {
		case name == "" || strings.ContainsAny(name, " \t/:*"):
			return nil, &errDomainFormat
		case !known:
			return nil, &errDomainUnknown
		case !seen[name]:
			seen[name] = true
			names = append(names, name)
		}
	}
	return names, nil
}

// point is one slice of an answer, in bytes.
type point struct {
	start time.Time
	bytes int64
}

// points computes the merged traffic of the query's domains, ascending in time.
func (r *request) points(q flowQuery) ([]point, *Error) {
	first, last := q.floor(q.from), q.floor(q.to)
	if r.EndExcluded && last.Equal(q.to) && last.After(first) {
		last = last.Add(-q.slice)
	}
	perSlice := int(q.slice / fiveMinutes)
	count := int(last.Sub(first)/q.slice) + 1
	sums := make([]int64, count)
	present := make([]bool, count)
	for _, name := range q.domains {
		if r.ctx.Err() != nil {
			return nil, &errInternal // nobody is listening any more
		}
		r.addDomain(name, first, perSlice, sums, present)
	}
	points := make([]point, 0, count)
	for i, sum := range sums {
		start := first.Add(time.Duration(i) * q.slice)
		value, known := r.Late.settle(sum, r.now.Sub(start), q.slice+q.delay)
		if known = known && present[i]; !known {
			value = 0
		}
		if known || q.fill {
			points = append(points, point{start, value})
		}
	}
	return points, nil
}

// addDomain adds a domain's 5-minute slices into slices perSlice times as long.
func (r *request) addDomain(name string, first time.Time, perSlice int, sums []int64, present []bool) {
	traffic := profileOf(name)
	lost := lossOf(name, r.Missing)
	index := sliceIndex(first)
	var buffer [slicesPerDay]int64
	for done, total := 0, len(sums)*perSlice; done < total; {
		chunk := buffer[:min(total-done, len(buffer))]
		traffic.fill(chunk, index+int64(done))
		at, left := done/perSlice, perSlice-done%perSlice
		for i, bytes := range chunk {
			if !lost.at(index + int64(done+i)) {
				sums[at] += bytes
				present[at] = true
			}
			if left--; left == 0 {
				at, left = at+1, perSlice
			}
		}
		done += len(chunk)
	}
}

// settle is what a slice with the given final sum holds at an age since its
// start, when it is final at the age settled.
func (l Late) settle(sum int64, age, settled time.Duration) (value int64, present bool) {
	switch {
	case age < 0:
		return 0, false
	case age >= settled:
		return sum, true
	case l == LateAbsent:
		return 0, false
	case l == LateZero:
		return 0, true
	}
	// At most nine tenths, in steps of a thousandth: a client that takes it for
	// final is off by enough to be seen. Split, or the product would overflow.
	share := int64(900 * age / settled)
	return sum/1000*share + sum%1000*share/1000, true
}
