package simulation

import "slices"

// interval is the time [from, to), in seconds.
type interval struct{ from, to int64 }

func (i interval) empty() bool { return i.from >= i.to }

// spans are intervals in order, none of which touch.
type spans []interval

// with are the spans and one more.
func (s spans) with(added interval) spans {
	if added.empty() {
		return s
	}
	var joined spans
	for _, i := range s {
		if i.to < added.from || i.from > added.to {
			joined = append(joined, i)
			continue
		}
		added = interval{min(i.from, added.from), max(i.to, added.to)}
	}
	joined = append(joined, added)
	slices.SortFunc(joined, func(a, b interval) int { return int(a.from - b.from) })
	return joined
}

// gaps are the parts of an interval that the spans leave out.
func (s spans) gaps(of interval) []interval {
	var gaps []interval
	for _, i := range s {
		if i.to <= of.from || i.from >= of.to {
			continue
		}
		if i.from > of.from {
			gaps = append(gaps, interval{of.from, i.from})
		}
		of.from = i.to
	}
	if !of.empty() {
		gaps = append(gaps, of)
	}
	return gaps
}
