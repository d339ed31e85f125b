package cdnsim

import "time"

// point is one slice of an answer, in bytes.
type point struct {
	start time.Time
	bytes int64
}

// sums are an answer's slices while domains are added up. A slice is present
// once a domain has traffic known in it.
type sums struct {
	first    time.Time
	perSlice int // 5-minute slices
	held     int // so many slices from the first on are what Options.Held says
	bytes    []int64
	present  []bool
	buffer   []int64 // a day of one domain, at most
}

// points computes the merged traffic of the query's domains, ascending in time.
func (r *request) points(q flowQuery) ([]point, *Error) {
	first, last := q.floor(q.from), q.floor(q.to)
	if r.EndExcluded && last.Equal(q.to) && last.After(first) {
		last = last.Add(-q.slice)
	}
	count := int(last.Sub(first)/q.slice) + 1
	all := sums{
		first: first, perSlice: int(q.slice / fiveMinutes), held: r.heldSlices(q.granularity, first, count),
		bytes: make([]int64, count), present: make([]bool, count),
		buffer: make([]int64, min(count*int(q.slice/fiveMinutes), slicesPerDay)),
	}
	for _, name := range q.domains {
		if r.ctx.Err() != nil {
			return nil, &errInternal // nobody is listening any more
		}
		r.addDomain(&all, name)
	}
	points := make([]point, 0, count)
	for i, value := range all.bytes {
		start, known := first.Add(time.Duration(i)*q.slice), all.present[i]
		if i >= all.held {
			var begun bool
			value, begun = r.Late.settle(value, r.now.Sub(start), q.slice+q.delay)
			known = known && begun
		}
		if !known {
			value = 0
		}
		if known || q.fill {
			points = append(points, point{start, value})
		}
	}
	return points, nil
}

// addDomain adds a domain's 5-minute slices.
func (r *request) addDomain(all *sums, name string) {
	traffic := profileOf(name)
	lost := lossOf(name, r.Missing)
	index := sliceIndex(all.first)
	for done, total := 0, len(all.bytes)*all.perSlice; done < total; {
		chunk := all.buffer[:min(total-done, len(all.buffer))]
		traffic.fill(chunk, index+int64(done))
		at, left := done/all.perSlice, all.perSlice-done%all.perSlice
		for i, bytes := range chunk {
			n := index + int64(done+i)
			known := !lost.at(n)
			if known && at < all.held {
				bytes, known = r.held(name, n, bytes)
			}
			if known {
				all.bytes[at] += bytes
				all.present[at] = true
			}
			if left--; left == 0 {
				at, left = at+1, all.perSlice
			}
		}
		done += len(chunk)
	}
}

// settle is what a slice with the given final sum holds at an age since its
// start, when it is final at the age settled.
func (l Late) settle(sum int64, age, settled time.Duration) (value int64, present bool) {
	switch {
	case age < 0:
		return 0, false
	case age >= settled:
		return sum, true
	case l == LateAbsent:
		return 0, false
	case l == LateZero:
		return 0, true
	}
	// At most nine tenths, in steps of a thousandth: a client that takes it for
	// final is off by enough to be seen. Split, or the product would overflow.
	share := int64(900 * age / settled)
	return sum/1000*share + sum%1000*share/1000, true
}
