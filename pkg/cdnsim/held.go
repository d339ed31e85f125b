package cdnsim

import "time"

// heldSlices is how many of count slices, from first on, are what Options.Held
// says: 5-minute slices from their start, coarser ones from when they would be
// final without it.
func (r *request) heldSlices(g granularity, first time.Time, count int) int {
	if r.Held == nil {
		return 0
	}
	age := r.now.Sub(first)
	if g.slice > fiveMinutes {
		age -= g.slice + g.delay
	}
	if age < 0 {
		return 0
	}
	return min(int(age/g.slice)+1, count)
}

// hold turns the final amounts of a domain's index-th 5-minute slice into those
// the API holds, and tells whether it has the slice. One that has not started is
// not there: a negative Delay makes coarse slices final that early.
func (r *request) hold(domain string, index int64, amounts []int64) (present bool) {
	start := time.Unix(index*int64(fiveMinutes/time.Second), 0).UTC()
	age := r.now.Sub(start) - fiveMinutes
	if age < -fiveMinutes {
		return false
	}
	for i, final := range amounts {
		if amounts[i], present = r.Held(domain, start, age, final); !present {
			return false
		}
	}
	return present
}
