package originflow

import (
	"slices"
	"time"
)

// assemble puts the parts of a series together: per list of domains, slices of several lengths into one run of the
// plan's; the lists into their sum; and that, in whole slices, into the slices shown.
func assemble(series *Series, p plan, lists [][]*part, request Request, bytesPer float64) {
	series.Step = time.Duration(p.step.length) * time.Second
	series.Granularity = time.Duration(p.base.length) * time.Second
	if p.shown.empty() {
		return
	}
	sets := setRule{fixGap: request.FixTimeGap, partial: request.Provisional && series.Err == nil}
	runs := make([]run, len(lists))
	for i, parts := range lists {
		runs[i] = sets.combine(parts, p)
	}
	for _, r := range runs[1:] {
		addTo(runs[0], r)
	}
	sets.show(series, p, runs[0], bytesPer)
}

// setRule tells which sets of shorter slices may stand for a longer one.
type setRule struct {
	// fixGap counts a slice that is absent as zero.
	fixGap bool
	// partial lets a set stand that is not complete yet, as provisional values are.
	partial bool
}

// combine makes one run of the plan's slices of the parts, which hold slices of several lengths: where the API has no
// long slice yet, the shorter ones take its place.
func (rule setRule) combine(parts []*part, p plan) run {
	var runs []run
	for _, part := range parts {
		runs = append(runs, part.runs...)
	}
	if len(runs) == 1 && runs[0].grid == p.base.grid && runs[0].span == p.shown {
		return runs[0] // as for most cached ranges, without another copy
	}
	runs = append(runs, newRun(p.base.grid, p.shown)) // so that the last step below makes the whole
	slices.SortStableFunc(runs, func(a, b run) int { return int(a.length - b.length) })

	var shorter run
	for i, r := range runs {
		if r.length > p.base.length || p.base.length%r.length != 0 || i+1 < len(runs) && runs[i+1].grid == r.grid {
			continue // the last of a grid stands for all of them
		}
		longer := newRun(r.grid, hull(runs[:i+1], r.grid).intersect(span{r.floor(p.shown.from), r.ceil(p.shown.to)}))
		for _, same := range runs[:i+1] {
			if same.grid == r.grid {
				longer.take(same, true)
			}
		}
		rule.substitute(longer, shorter)
		shorter = longer
	}
	return shorter
}

// hull is the span of all runs, in whole slices of g.
func hull(runs []run, g grid) span {
	all := span{runs[0].from, runs[0].to}
	for _, r := range runs[1:] {
		all = span{min(all.from, r.from), max(all.to, r.to)}
	}
	return span{g.floor(all.from), g.ceil(all.to)}
}

// substitute fills the unknown slices of long with sums of short ones, where the set of those is complete: each was asked
// for. One that the API has nothing about counts as nothing, as it does in the API's own long slices.
func (rule setRule) substitute(long, short run) {
	if short.length == 0 {
		return
	}
	for i, v := range long.values {
		if !is(v, unknown) {
			continue
		}
		from := long.from + int64(i)*long.length
		set := span{from, from + long.length}.intersect(short.span)
		if set.empty() {
			continue
		}
		sum := rule.sum(short.values[short.slot(set.from):short.slot(set.to)])
		complete := sum.unknowns == 0 && set.to-set.from == long.length
		switch {
		case sum.numbers > 0 && (complete || rule.partial):
			long.values[i] = sum.volume
		case complete:
			long.values[i] = absent
		}
	}
}

// total is the sum of a set of slices.
type total struct {
	volume float64
	// numbers is how many of the slices have a volume, unknowns of how many nothing is known.
	numbers, unknowns int
}

func (rule setRule) sum(values []float64) (t total) {
	for _, v := range values {
		switch {
		case isNumber(v):
			t.volume += v
			t.numbers++
		case is(v, unknown):
			t.unknowns++
		case rule.fixGap: // absent or filled, and zero either way
			t.numbers++
		}
	}
	return t
}

// show rolls a run up into the slices shown.
func (rule setRule) show(series *Series, p plan, r run, bytesPer float64) {
	factor := int(p.step.length / r.length)
	series.Slices = make([]Slice, 0, len(r.values)/factor)
	for i := 0; i+factor <= len(r.values); i += factor {
		start := r.from + int64(i)*r.length
		sum := rule.sum(r.values[i : i+factor])
		switch {
		case sum.numbers > 0 && (sum.unknowns == 0 || rule.partial):
			volume := sum.volume * bytesPer
			series.Slices = append(series.Slices, Slice{
				Start:          instant(start),
				Bytes:          volume,
				BytesPerSecond: volume / float64(int64(sum.numbers)*r.length),
			})
		case start+p.step.length <= p.settled && (sum.unknowns == 0 || series.Err == nil):
			series.Missing = append(series.Missing, instant(start))
		}
	}
}

// addTo adds the slices of r to those of sum: numbers add up, and what is unknown in either stays unknown.
func addTo(sum, r run) {
	for i, v := range r.values {
		switch {
		case is(sum.values[i], unknown) || is(v, unknown):
			sum.values[i] = unknown
		case isNumber(sum.values[i]) && isNumber(v):
			sum.values[i] += v
		case isNumber(v):
			sum.values[i] = v
		}
	}
}
