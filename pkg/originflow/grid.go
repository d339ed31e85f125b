package originflow

import (
	"cmp"
	"slices"
	"time"
)

// seconds is the length of d in whole seconds.
func seconds(d time.Duration) int64 { return int64(d / time.Second) }

// instant is the moment of t.
func instant(t int64) time.Time { return time.Unix(t, 0).UTC() }

// daySeconds is a day; neither UTC nor Beijing time has daylight saving.
const daySeconds = 24 * 60 * 60

// grid is where slices of one length start: at phase, and every length seconds before and after.
type grid struct{ length, phase int64 }

// floor is the newest slice start not after t.
func (g grid) floor(t int64) int64 { return t - g.rest(t) }

// rest is how far t is into its slice.
func (g grid) rest(t int64) int64 {
	rest := (t - g.phase) % g.length
	if rest < 0 {
		rest += g.length
	}
	return rest
}

// ceil is the oldest slice start not before t.
func (g grid) ceil(t int64) int64 { return g.floor(t + g.length - 1) }

// index numbers the slice that starts at t.
func (g grid) index(t int64) int64 { return (g.floor(t) - g.phase) / g.length }

// span is the time [from, to).
type span struct{ from, to int64 }

func (s span) empty() bool { return s.from >= s.to }

func (s span) overlaps(other span) bool { return s.from < other.to && other.from < s.to }

func (s span) intersect(other span) span {
	return span{max(s.from, other.from), min(s.to, other.to)}
}

// without removes the spans taken, leaving what of s they do not cover.
func (s span) without(taken []span) []span {
	var left []span
	for _, t := range slices.SortedFunc(slices.Values(taken), func(a, b span) int { return int(a.from - b.from) }) {
		if !s.overlaps(t) {
			continue
		}
		if before := (span{s.from, t.from}); !before.empty() {
			left = append(left, before)
		}
		s.from = max(s.from, t.to)
	}
	if !s.empty() {
		left = append(left, s)
	}
	return left
}

// split cuts s into the fewest parts that are each strictly shorter than limit, all about the same length: whoever fills
// each part to the brim leaves a sliver to the last.
func (s span) split(g grid, limit int64) []span {
	if s.empty() {
		return nil
	}
	count := (s.to - s.from) / g.length
	most := max((limit-1)/g.length, 1)
	parts := (count + most - 1) / most
	spans := make([]span, 0, parts)
	for i := range parts {
		spans = append(spans, span{s.from + i*count/parts*g.length, s.from + (i+1)*count/parts*g.length})
	}
	return spans
}

// union joins spans that overlap or touch.
func union(spans []span) []span {
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	var joined []span
	for _, s := range spans {
		if last := len(joined) - 1; last >= 0 && s.from <= joined[last].to {
			joined[last].to = max(joined[last].to, s.to)
		} else {
			joined = append(joined, s)
		}
	}
	return joined
}
