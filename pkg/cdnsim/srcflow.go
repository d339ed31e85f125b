package cdnsim

// minuteLayout is how 2014-11-11 writes StartTime and EndTime.
const minuteLayout = "2006-01-02T15:04Z"

var dialect2014 = dialect{
	layout: minuteLayout, domainCap: 200, history: 90 * day,
	loneTime: &errLoneTime, anyInterval: true,
}

// fields2014 are in bit per slice, as the reference page says.
var fields2014 = []pointField{
	{"Value", func(bytes int64) int64 { return 8 * bytes }},
}

// serveSrcFlow answers DescribeDomainSrcFlowData of 2014-11-11.
func serveSrcFlow(r *request) ([]byte, *Error) {
	return r.serveFlow(dialect2014, "SrcFlowDataPerInterval", fields2014)
}

// serveFlow is what both versions' operations have in common.
func (r *request) serveFlow(d dialect, container string, fields []pointField) ([]byte, *Error) {
	q, problem := r.flowQuery(d)
	if problem != nil {
		return nil, problem
	}
	points, problem := r.points(q)
	if problem != nil {
		return nil, problem
	}
	return r.encode(answer{d, q, container, fields, points}), nil
}
