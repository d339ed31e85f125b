package originflow

import (
	"slices"
	"time"
)

// assemble puts the parts of a series together: per set of domains, slices of several lengths into one stretch of the
// plan's; the sets into their sum; and that, in whole slices, into the slices shown.
func (r *Reader) assemble(series *Series, p plan, all sets, request Request) {
	series.Step = time.Duration(p.step.length) * time.Second
	series.Granularity = time.Duration(p.base.length) * time.Second
	if p.shown.empty() {
		return
	}
	metric := request.Metric
	view := view{
		plan:    p,
		fixGap:  request.FixTimeGap,
		partial: request.Provisional && series.Err == nil,
		shift:   seconds(request.Shift),
		scale:   r.scale(all[0][0].op),
	}
	var sum, by stretch
	for _, one := range all {
		held := isRefusal(one.err()) && series.Err == nil // which counts, and the rest of it as nothing
		if metric.IsRatio() {
			one.pair(metric.isWeighted(), request.FixTimeGap)
			by = by.plus(view.combine(one[1].parts, held))
		}
		sum = sum.plus(view.combine(one[0].parts, held))
	}
	if metric.IsRatio() {
		divisor := r.scale(all[0][1].op)
		if metric.isWeighted() { // in the unit of what they were weighed by
			view.scale = divisor
		}
		view.showRatio(&series.Line, sum, by, divisor, series.Err != nil)
		return
	}
	view.show(&series.Line, sum, series.Err != nil)
	if sum.codes != nil {
		for _, c := range sum.codes.all {
			if line := view.code(series.Line, sum, c); line.Total > 0 { // a correction may have taken all of it away
				series.Codes = append(series.Codes, CodeLine{c.code, line})
			}
		}
	}
}

// view is how slices are to be seen.
type view struct {
	plan
	// fixGap counts a final slice that is absent as zero.
	fixGap bool
	// partial shows what there is of a slice that is not complete yet, as provisional ones are.
	partial bool
	// shift is how much later than they are slices are shown, in seconds.
	shift int64
	// scale is what one unit of the values is in those of [Slice].
	scale float64
}

// combine makes one stretch of the plan's slices of the parts, which hold slices of several lengths: where the API has no
// long slice yet, the shorter ones take its place. held has what nobody asked for count as nothing.
func (v view) combine(parts []*part, held bool) stretch {
	whole := v.join(parts)
	if held {
		whole.fillGaps()
	}
	return whole
}

func (v view) join(parts []*part) stretch {
	if p := parts[0]; len(parts) == 1 && p.slices.grid == v.base.grid && p.slices.span == v.shown {
		return p.slices // as for most cached ranges, without another copy
	}
	whole := parts[0].slices.like(v.base.grid, v.shown)
	var shorter stretch
	for _, p := range slices.Backward(parts) {
		longer := p.slices
		if shorter.values != nil {
			longer = p.slices.like(p.slices.grid, hull(p.slices.span, shorter.span, p.slices.grid).intersect(
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

// pair has a slice that one of the two operations of a quotient has nothing for count in neither: the sums are of the same
// slices. weighted turns per cent of the other into volumes, which can be added up. fixGap counts what is absent of the one
// as zero, unless it is a ratio itself.
func (one set) pair(weighted, fixGap bool) {
	for i, p := range one[0].parts {
		of, by := p.slices, one[1].parts[i].slices
		for slot, divisor := range by.values {
			switch value := of.values[slot]; {
			case isNumber(value) && isNumber(divisor):
				if weighted {
					of.values[slot] = value / 100 * divisor
				}
			case is(value, unasked) || is(divisor, unasked):
				of.values[slot], by.values[slot] = unasked, unasked
			case fixGap && !weighted && isNumber(divisor):
				of.values[slot] = 0
			default:
				of.values[slot], by.values[slot] = absent, absent
			}
		}
	}
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
		first, last := short.slot(set.from), short.slot(set.to)
		sum := totalOf(short.values[first:last])
		complete := sum.unasked == 0 && set.to-set.from == r.length
		switch {
		case sum.numbers > 0 && (complete || partial):
			r.values[i] = sum.volume
			for j := first; j < last && r.codes != nil; j++ {
				r.codes.add(i, short.codes, j, len(r.values))
			}
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

// eachShown visits the slices shown: the start, the place of the first and behind the last of the slices that it is put
// together from, and whether it is final.
func (v view) eachShown(r stretch, visit func(start int64, from, to int, final bool)) {
	factor := int(v.step.length / r.length)
	for i := 0; i+factor <= len(r.values); i += factor {
		start := r.from + int64(i)*r.length
		visit(start, i, i+factor, start+v.step.length <= v.finalUntil)
	}
}

// room is for the slices of a stretch.
func (v view) room(r stretch) []Slice {
	return make([]Slice, 0, int64(len(r.values))*r.length/v.step.length)
}

// at is when a slice is shown to start.
func (v view) at(start int64) time.Time { return instant(start + v.shift) }

// show rolls a stretch up into the slices shown. failed tells that a part of it could not be had.
func (v view) show(line *Line, r stretch, failed bool) {
	line.Slices = v.room(r)
	v.eachShown(r, func(start int64, from, to int, final bool) {
		sum := totalOf(r.values[from:to])
		complete := sum.unasked == 0
		switch {
		case sum.numbers > 0 && (complete || v.partial), v.fixGap && final && complete:
			slice := v.slice(start, sum.volume)
			slice.Percent = 100
			line.Slices = append(line.Slices, slice)
			line.Total += slice.Volume
		case final && (complete || !failed):
			line.Missing = append(line.Missing, v.at(start))
		}
	})
}

// slice is one slice shown.
func (v view) slice(start int64, value float64) Slice {
	volume := value * v.scale
	return Slice{
		Start:     v.at(start),
		Volume:    volume,
		PerSecond: volume / float64(min(start+v.step.length, max(v.startedUntil, start+1))-start),
	}
}

// showRatio rolls up the slices of a quotient, in per cent: the sum of the one divided by the sum of the other. That of
// nothing is missing. divisor is what one unit of by is in those of [Slice].
func (v view) showRatio(line *Line, of, by stretch, divisor float64, failed bool) {
	line.Slices = v.room(of)
	var sumOf, sumBy float64
	v.eachShown(of, func(start int64, from, to int, final bool) {
		sum, whole := totalOf(of.values[from:to]), totalOf(by.values[from:to])
		complete := sum.unasked == 0
		switch {
		case sum.numbers > 0 && whole.volume > 0 && (complete || v.partial):
			line.Slices = append(line.Slices, Slice{Start: v.at(start), Percent: 100 * sum.volume * v.scale / (whole.volume * divisor)})
			sumOf += sum.volume * v.scale
			sumBy += whole.volume * divisor
		case final && (complete || !failed):
			line.Missing = append(line.Missing, v.at(start))
		}
	})
	if sumBy > 0 {
		line.Total = 100 * sumOf / sumBy
	}
}

// code is the line of one status code: all that is shown of the total.
func (v view) code(total Line, r stretch, c column) Line {
	line := Line{Slices: make([]Slice, 0, len(total.Slices)), Missing: total.Missing}
	v.eachShown(r, func(start int64, from, to int, _ bool) {
		at := len(line.Slices)
		if at == len(total.Slices) || !total.Slices[at].Start.Equal(v.at(start)) {
			return
		}
		slice := v.slice(start, c.total(from, to))
		slice.Percent = 100 * slice.Volume / total.Slices[at].Volume
		line.Slices = append(line.Slices, slice)
		line.Total += slice.Volume
	})
	return line
}

// plus is the sum of two stretches, the first of which may be none yet and takes it in.
func (r stretch) plus(other stretch) stretch {
	if r.values == nil {
		return other
	}
	r.add(other)
	return r
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
		if r.codes != nil && isNumber(v) {
			r.codes.add(i, other.codes, i, len(r.values))
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
