package cdnsim

import "time"

// dialect is how one API version differs in asking and answering for a metric.
type dialect struct {
	layout      string        // of StartTime and EndTime
	domainCap   int           // most names in DomainName
	history     time.Duration // 0 is by granularity
	loneTime    *Error        // for only one of StartTime and EndTime
	anyInterval bool          // an unsupported Interval falls back instead of failing
}

// minuteLayout is how 2014-11-11 writes StartTime and EndTime.
const minuteLayout = "2006-01-02T15:04Z"

var dialect2014 = dialect{
	layout: minuteLayout, domainCap: 200, history: 90 * day,
	loneTime: &errLoneTime, anyInterval: true,
}

// dialect2018 has the cap of names the documentation gives for every operation
// but that of requests to the origin, where it says nothing.
var dialect2018 = dialect{
	layout: stampLayout, domainCap: 500, loneTime: &errLoneTime2018,
}

// times reads StartTime and EndTime: both, or neither for the last 24 hours.
func (d *dialect) times(r *request) (start, end time.Time, problem *Error) {
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
