package simulation

import (
	"time"
)

// dice draws what a seed decides. A draw is a hash of the seed and of what is drawn, never of the draws before it, so that
// goroutines may draw in any order and see the same world.
type dice uint64

// of are the dice for the thing of this name.
func (d dice) of(name string) dice {
	// FNV-1a, as the hash of a name must be the same in every process.
	h := uint64(14695981039346656037)
	for i := range len(name) {
		h = (h ^ uint64(name[i])) * 1099511628211
	}
	return d.at(int64(h))
}

// at are the dice for the n-th of a kind, or for a moment.
func (d dice) at(n int64) dice {
	x := uint64(d) + uint64(n)*0x9E3779B97F4A7C15
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return dice(x ^ x>>31)
}

// chance is true for a share of all draws, 0 to 1.
func (d dice) chance(share float64) bool { return float64(d>>11)/(1<<53) < share }

// below is a number from 0 to n-1.
func (d dice) below(n int64) int64 { return int64(uint64(d) >> 1 % uint64(n)) }

// between is a duration from least up to most, to the nanosecond: two events hardly ever fall together, and what the
// scheduler makes of those that do decides nothing.
func (d dice) between(least, most time.Duration) time.Duration {
	return least + time.Duration(d.below(int64(most-least)+1))
}

// pick is one of several.
func pick[T any](d dice, from ...T) T { return from[d.below(int64(len(from)))] }
