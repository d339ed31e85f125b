package originflow

import (
	"math"
	"slices"
)

// A slice's value is its volume in the unit of the operation, or one of three that are no numbers. They differ in their
// bits only, so a stretch of slices is one []float64 of 8 bytes a slice, and summing skips all three alike.
var (
	// unasked is a slice that nobody asked for yet.
	unasked = math.Float64frombits(0x7ff8_0000_0000_0001)
	// absent is a slice that the API was asked for and has nothing about.
	absent = math.Float64frombits(0x7ff8_0000_0000_0002)
	// filled is a slice that the API gave as zero while it was asked to fill gaps (FixTimeGap): it is zero or absent.
	filled = math.Float64frombits(0x7ff8_0000_0000_0003)
)

func is(value, mark float64) bool { return math.Float64bits(value) == math.Float64bits(mark) }

// isNumber is the quick test for a volume that was counted: the comparison is false for what is no number.
func isNumber(value float64) bool { return value >= 0 }

// isKnown tells whether a value answers a request; fixGap is whether the request counts missing slices as zero, so that
// it does not matter whether a filled slice is zero or absent.
func isKnown(value float64, fixGap bool) bool {
	return isNumber(value) || is(value, absent) || fixGap && is(value, filled)
}

// newest is what is known of a slice after a later look at it: a number replaces what is held, as data that came late
// does; an answer without the number does not take back one that the API gave before.
func newest(held, fresh float64) float64 {
	switch {
	case isNumber(fresh), is(held, unasked), is(fresh, absent) && is(held, filled):
		return fresh
	}
	return held
}

// isRevised tells whether a slice that was held as final turned out to be another.
func isRevised(held, fresh float64) bool {
	switch {
	case !isNumber(fresh) || is(held, unasked):
		return false
	case is(held, filled):
		return fresh > 0
	}
	return held != fresh // which holds for absent, too
}

// stretch is a number of consecutive slices with their values, and the counts by status code behind them, where there are
// such.
type stretch struct {
	grid
	span
	values []float64
	codes  *columns
}

// newStretch is a stretch over s, which must be aligned to g, with nothing known.
func newStretch(g grid, s span) stretch {
	return stretch{grid: g, span: s, values: nothingKnown(nil, int(max((s.to-s.from)/g.length, 0)))}
}

// nothingKnown are so many values that nobody asked for, in the memory of others if that has room for them.
func nothingKnown(values []float64, count int) []float64 {
	values = slices.Grow(values[:0], count)[:count]
	for i := range values {
		values[i] = unasked
	}
	return values
}

// like is a stretch for the same codes, over another span, with nothing known.
func (r stretch) like(g grid, s span) stretch {
	other := newStretch(g, s)
	if r.codes != nil {
		other.codes = &columns{}
	}
	return other
}

// isUnknown tells whether nothing is known of some slices.
func (r stretch) isUnknown(first, last int) bool {
	return !slices.ContainsFunc(r.values[first:last], func(v float64) bool { return !is(v, unasked) })
}

// slot is the place of the slice that starts at t.
func (r stretch) slot(t int64) int { return int((t - r.from) / r.length) }

// take copies what a later look knows. Both are on the same grid. It returns how many slices were not known before.
func (r stretch) take(other stretch, fixGap bool) int {
	common := r.intersect(other.span)
	if common.empty() {
		return 0
	}
	taken := 0
	first, theirFirst := r.slot(common.from), other.slot(common.from)
	mine, theirs := r.values[first:r.slot(common.to)], other.values[theirFirst:]
	for i := range mine {
		before, later := mine[i], theirs[i]
		switch {
		case is(before, unasked):
			if isKnown(later, fixGap) {
				mine[i] = later
				taken++
			}
		case isKnown(later, fixGap):
			mine[i] = newest(before, later)
		}
		if other.codes != nil && isNumber(later) {
			r.codes.replace(first+i, other.codes, theirFirst+i, len(r.values))
		}
	}
	return taken
}

// until is the part of r before t, which is a slice's start.
func (r stretch) until(t int64) stretch {
	r.to = max(min(r.to, t), r.from)
	r.values = r.values[:r.slot(r.to)]
	return r
}

// gaps are the spans of r that nobody asked for.
func (r stretch) gaps() []span {
	var gaps []span
	for i, v := range r.values {
		if !is(v, unasked) {
			continue
		}
		start := r.from + int64(i)*r.length
		if last := len(gaps) - 1; last >= 0 && gaps[last].to == start {
			gaps[last].to = start + r.length
		} else {
			gaps = append(gaps, span{start, start + r.length})
		}
	}
	return gaps
}
