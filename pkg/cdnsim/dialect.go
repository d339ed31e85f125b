package cdnsim

import "time"

// dialect is how one API version differs in asking and answering for a metric.
type dialect struct {
	version     string
	params      []string
	throttled   *Error
	layout      string        // of StartTime and EndTime
	domainCap   int           // most names in DomainName
	history     time.Duration // 0 is by granularity
	loneTime    *Error        // for only one of StartTime and EndTime
	anyInterval bool          // an unsupported Interval falls back instead of failing
}

const (
	version2014 = "2014-11-11"
	version2018 = "2018-05-10"
)

// minuteLayout is how 2014-11-11 writes StartTime and EndTime.
const minuteLayout = "2006-01-02T15:04Z"

var dialect2014 = dialect{
	version: version2014, throttled: &errThrottledUser,
	params: []string{"DomainName", "StartTime", "EndTime", "Interval", "TimeMerge", "FixTimeGap"},
	layout: minuteLayout, domainCap: 200, history: 90 * day,
	loneTime: &errLoneTime, anyInterval: true,
}

// dialect2018 has the cap of names the documentation gives for every operation
// but that of requests to the origin, where it says nothing.
var dialect2018 = dialect{
	version: version2018, throttled: &errThrottled,
	params: []string{"DomainName", "StartTime", "EndTime", "Interval"},
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
