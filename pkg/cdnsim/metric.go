package cdnsim

// metric is what an operation tells of domains, slice by slice, and how.
type metric struct {
	*dialect
	container, list string // the names the points are under
	oldContainer    string // the container with Options.OldContainer, if another
	quantity
	pointWriter
}

// quantity is what there is to add up in a slice of a domain: one amount or
// several, integers all. Sums over slices and domains add each amount.
type quantity struct {
	amounts int // of a slice
	// fill writes the final amounts of consecutive 5-minute slices, from the one
	// with index first on: a pure function of domain and time.
	fill func(p *profile, loads []load, first int64, out []int64)
}

// pointWriter writes what a point holds besides its TimeStamp, each field with a
// comma in front.
type pointWriter interface {
	appendPoint(b []byte, o *Options, p *points, index int) []byte
}

// serve answers an operation that tells the metric.
func (m metric) serve(r *request) ([]byte, *Error) {
	q, problem := r.query(m.dialect)
	if problem != nil {
		return nil, problem
	}
	p, problem := r.points(q, m.quantity)
	if problem != nil {
		return nil, problem
	}
	return r.encode(m, q, p), nil
}
