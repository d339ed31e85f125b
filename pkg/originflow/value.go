package originflow

import "math"

// A slice's value is its volume in the unit of the operation, or one of three that are no numbers. They differ in their
// bits only, so a run of slices is one []float64 of 8 bytes a slice, and summing skips all three alike.
var (
	// unknown is a slice that nobody asked for yet.
	unknown = math.Float64frombits(0x7ff8_0000_0000_0001)
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

// run is a stretch of consecutive slices with their values.
type run struct {
	grid
	span
	values []float64
}

// newRun is a run over s, which must be aligned to g, with nothing known.
func newRun(g grid, s span) run {
	r := run{grid: g, span: s, values: make([]float64, max((s.to-s.from)/g.length, 0))}
	for i := range r.values {
		r.values[i] = unknown
	}
	return r
}

// slot is the place of the slice that starts at t.
func (r run) slot(t int64) int { return int((t - r.from) / r.length) }

// take copies what other knows and r does not. Both are on the same grid. It returns how many slices it took.
func (r run) take(other run, fixGap bool) int {
	common := r.intersect(other.span)
	if common.empty() {
		return 0
	}
	taken := 0
	mine, theirs := r.values[r.slot(common.from):r.slot(common.to)], other.values[other.slot(common.from):]
	for i := range mine {
		if is(mine[i], unknown) && isKnown(theirs[i], fixGap) {
			mine[i] = theirs[i]
			taken++
		}
	}
	return taken
}

// until is the part of r before t, which is a slice's start.
func (r run) until(t int64) run {
	r.to = max(min(r.to, t), r.from)
	r.values = r.values[:r.slot(r.to)]
	return r
}

// gaps are the stretches of r that are unknown.
func (r run) gaps() []span {
	var gaps []span
	for i, v := range r.values {
		if !is(v, unknown) {
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
