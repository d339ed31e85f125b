package originflow

import (
	"slices"
	"time"
)

// assemble puts the parts of a series together: per set of domains, slices of several lengths into one stretch of the
// plan's; the sets into their sum; and that, in whole slices, into the slices shown.
func assemble(series *Series, p plan, all sets, request Request, bytesPer float64) {
	series.Step = time.Duration(p.step.length) * time.Second
	series.Granularity = time.Duration(p.base.length) * time.Second
	if p.shown.empty() {
		return
	}
	view := view{plan: p, fixGap: request.FixTimeGap, partial: request.Provisional && series.Err == nil}
	var sum stretch
	for _, f := range all {
		one := view.combine(f.parts)
		if isRefusal(f.err) && series.Err == nil { // what is held of it counts, and the rest as nothing
			one.fillGaps()
		}
		if sum.values == nil {
			sum = one
		} else {
			sum.add(one)
		}
	}
	view.show(series, sum, bytesPer)
}

// view is how slices are to be seen.
type view struct {
	plan
	// fixGap counts a final slice that is absent as zero.
	fixGap bool
	// partial shows what there is of a slice that is not complete yet, as provisional ones are.
	partial bool
}

// combine makes one stretch of the plan's slices of the parts, which hold slices of several lengths: where the API has no
// long slice yet, the shorter ones take its place.
func (v view) combine(parts []*part) stretch {
	if p := parts[0]; len(parts) == 1 && p.slices.grid == v.base.grid && p.slices.span == v.shown {
		return p.slices // as for most cached ranges, without another copy
	}
	whole := newStretch(v.base.grid, v.shown)
	var shorter stretch
	for _, p := range slices.Backward(parts) {
		longer := p.slices
		if shorter.values != nil {
			longer = newStretch(p.slices.grid, hull(p.slices.span, shorter.span, p.slices.grid).intersect(
				span{p.slices.floor(v.shown.from), p.slices.ceil(v.shown.to)}))
			longer.take(p.slices, true)
			longer.substitute(shorter, v.partial)
		}
		shorter = longer
	}
	if shorter.grid == whole.grid {
		whole.take(shorter, true)
	} else {
		whole.substitute(shorter, v.partial)
	}
	return whole
}

// hull is the span from the begin of the first to the end of the last, in whole slices of g.
func hull(a, b span, g grid) span {
	return span{g.floor(min(a.from, b.from)), g.ceil(max(a.to, b.to))}
}

// substitute fills slices that nobody asked for with sums of shorter ones, where the set of those is complete: each was
// asked for. One that the API has nothing about counts as nothing, as it does in the API's own long slices. partial lets a
// set stand that is not complete.
func (r stretch) substitute(short stretch, partial bool) {
	if short.values == nil {
		return
	}
	for i, v := range r.values {
		if !is(v, unasked) {
			continue
		}
		from := r.from + int64(i)*r.length
		set := span{from, from + r.length}.intersect(short.span)
		if set.empty() {
			continue
		}
		sum := totalOf(short.values[short.slot(set.from):short.slot(set.to)])
		complete := sum.unasked == 0 && set.to-set.from == r.length
		switch {
		case sum.numbers > 0 && (complete || partial):
			r.values[i] = sum.volume
		case complete && sum.filled > 0:
			r.values[i] = filled
		case complete:
			r.values[i] = absent
		}
	}
}

// total is the sum of a set of slices.
type total struct {
	volume float64
	// numbers is how many of the slices have a volume, filled how many may be zero, unasked of how many nothing is known.
	numbers, filled, unasked int
}

func totalOf(values []float64) (t total) {
	for _, v := range values {
		switch {
		case isNumber(v):
			t.volume += v
			t.numbers++
		case is(v, unasked):
			t.unasked++
		case is(v, filled):
			t.filled++
		}
	}
	return t
}

// show rolls a stretch up into the slices shown.
func (v view) show(series *Series, r stretch, bytesPer float64) {
	factor := int(v.step.length / r.length)
	series.Slices = make([]Slice, 0, len(r.values)/factor)
	for i := 0; i+factor <= len(r.values); i += factor {
		start := r.from + int64(i)*r.length
		sum := totalOf(r.values[i : i+factor])
		final := start+v.step.length <= v.finalUntil
		complete := sum.unasked == 0
		switch {
		case sum.numbers > 0 && (complete || v.partial), v.fixGap && final && complete:
			volume := sum.volume * bytesPer
			series.Slices = append(series.Slices, Slice{
				Start:          instant(start),
				Bytes:          volume,
				BytesPerSecond: volume / float64(min(start+v.step.length, max(v.startedUntil, start+1))-start),
			})
		case final && (complete || series.Err == nil):
			series.Missing = append(series.Missing, instant(start))
		}
	}
}

// add adds the slices of other: numbers add up, and where either was not asked for the sum is not known.
func (r stretch) add(other stretch) {
	for i, v := range other.values {
		switch mine := &r.values[i]; {
		case is(*mine, unasked) || is(v, unasked):
			*mine = unasked
		case isNumber(*mine) && isNumber(v):
			*mine += v
		case isNumber(v), is(v, filled) && !isNumber(*mine):
			*mine = v
		}
	}
}

// fillGaps has what nobody asked for count as nothing.
func (r stretch) fillGaps() {
	for i, v := range r.values {
		if is(v, unasked) {
			r.values[i] = absent
		}
	}
}
