package cdnsim

import (
	"math"
	"time"
)

const (
	fiveMinutes = 5 * time.Minute
	day         = 24 * time.Hour

	// mergeOffSpan is the span from which TimeMerge=false is no longer answered
	// with 5-minute slices.
	mergeOffSpan = 31 * day

	// maxSpan bounds what one call may ask for. Nothing older exists, so a longer
	// one reaches into the future.
	maxSpan = 366 * day
)

// granularity is a slice length the API offers.
type granularity struct {
	slice   time.Duration
	phase   time.Duration // slices start at phase after 00:00Z
	limit   time.Duration // spans from here on are answered coarser
	history time.Duration // how far back 2018-05-10 reaches; 2014-11-11 always 90 days
	delay   time.Duration // a slice is final this long after its end
}

// granularities are the table of the 2018-05-10 documentation, finest first,
// with the server's options applied.
func (o *Options) granularities() [3]granularity {
	table := [3]granularity{
		{slice: fiveMinutes, limit: 3 * day, history: 93 * day, delay: 15 * time.Minute},
		{slice: time.Hour, limit: 31 * day, history: 186 * day, delay: 4 * time.Hour},
		// Daily slices are final at 20:00Z, 04:00 in Beijing, wherever they end.
		{slice: day, limit: math.MaxInt64, history: 366 * day, phase: 16 * time.Hour, delay: 4 * time.Hour},
	}
	if o.UTCDays {
		table[2].phase, table[2].delay = 0, 20*time.Hour
	}
	for i := range table {
		if delay, ok := o.Delay[table[i].slice]; ok {
			table[i].delay = delay
		}
		if limit, ok := o.SpanLimit[table[i].slice]; ok && i < len(table)-1 {
			table[i].limit = limit
		}
	}
	return table
}

// floor is the start of the slice t lies in.
func (g granularity) floor(t time.Time) time.Time {
	length, phase := int64(g.slice/time.Second), int64(g.phase/time.Second)
	return time.Unix(floorDiv(t.Unix()-phase, length)*length+phase, 0).UTC()
}

// intervals are the values of Interval, by index into granularities.
var intervals = map[string]int{"": 0, "300": 0, "3600": 1, "86400": 2}

// merge is the meaning of TimeMerge.
type merge int

const (
	mergeUnset merge = iota
	mergeOn          // the span alone decides
	mergeOff         // 5-minute slices
)

// merges are the values of TimeMerge. Editions of the documentation say
// true/false and on/off.
var merges = map[string]merge{
	"": mergeUnset, "true": mergeOn, "on": mergeOn, "false": mergeOff, "off": mergeOff,
}

// choose is how the API answers a wish for slices over a span: as wished below
// the span's limit, else with the next coarser slices that allow it.
func (o *Options) choose(wish int, m merge, span time.Duration) granularity {
	table := o.granularities()
	if m != mergeUnset {
		wish = 0
	}
	if _, own := o.SpanLimit[fiveMinutes]; m == mergeOff && !own {
		table[0].limit = mergeOffSpan
	}
	for wish < len(table)-1 && span >= table[wish].limit {
		wish++
	}
	return table[wish]
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func floorMod(a, b int64) int64 { return a - floorDiv(a, b)*b }
