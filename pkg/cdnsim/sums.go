package cdnsim

import "time"

// sums are an answer's slices while domains are added up. A slice is present
// once a domain has something known in it.
type sums struct {
	quantity
	first    time.Time
	perSlice int // 5-minute slices
	held     int // so many slices from the first on are what Options.Held says
	values   []int64
	present  []bool
	loads    []load  // a day of one domain, at most
	buffer   []int64 // the amounts of the same slices
}

// points computes a quantity of the query's domains, merged and ascending in time.
func (r *request) points(q query, of quantity) (points, *Error) {
	first, last := q.floor(q.from), q.floor(q.to)
	if r.EndExcluded && last.Equal(q.to) && last.After(first) {
		last = last.Add(-q.slice)
	}
	count := int(last.Sub(first)/q.slice) + 1
	all := sums{
		quantity: of, first: first,
		perSlice: int(q.slice / fiveMinutes), held: r.heldSlices(q.granularity, first, count),
		values: make([]int64, count*of.amounts), present: make([]bool, count),
		loads: make([]load, min(count*int(q.slice/fiveMinutes), slicesPerDay)),
	}
	all.buffer = make([]int64, len(all.loads)*of.amounts)
	for _, name := range q.domains {
		if r.ctx.Err() != nil {
			return points{}, &errInternal // nobody is listening any more
		}
		r.addDomain(&all, name)
	}
	told := points{first: first, slice: q.slice, width: of.amounts, values: all.values, indices: make([]int, 0, count)}
	for i, known := range all.present {
		amounts := told.amounts(i)
		if i >= all.held {
			known = r.Late.settle(amounts, r.now.Sub(told.start(i)), q.slice+q.delay) && known
		}
		if !known {
			clear(amounts)
		}
		if known || q.fill {
			told.indices = append(told.indices, i)
		}
	}
	return told, nil
}

// addDomain adds a domain's 5-minute slices.
func (r *request) addDomain(all *sums, name string) {
	p := profileOf(name)
	lost := lossOf(name, r.Missing)
	index, width := sliceIndex(all.first), all.amounts
	for done, total := 0, len(all.present)*all.perSlice; done < total; {
		loads := all.loads[:min(total-done, len(all.loads))]
		p.load(loads, index+int64(done))
		all.fill(&p, loads, index+int64(done), all.buffer[:len(loads)*width])
		at, left := done/all.perSlice, all.perSlice-done%all.perSlice
		rest, sum := all.buffer, all.values[at*width:]
		for i := range loads {
			amounts := rest[:width]
			rest = rest[width:]
			n := index + int64(done+i)
			known := !lost.at(n)
			if known && at < all.held {
				known = r.hold(name, n, amounts)
			}
			if known {
				for j, amount := range amounts {
					sum[j] += amount
				}
				all.present[at] = true
			}
			if left--; left == 0 {
				at, left, sum = at+1, all.perSlice, sum[width:]
			}
		}
		done += len(loads)
	}
}

// settle turns the final amounts of a slice into those it holds at an age since
// its start, when it is final at the age settled, and tells whether it has begun
// to be told.
func (l Late) settle(amounts []int64, age, settled time.Duration) (present bool) {
	switch {
	case age < 0:
		return false
	case age >= settled:
		return true
	case l == LateAbsent:
		return false
	case l == LateZero:
		clear(amounts)
		return true
	}
	// At most nine tenths, in steps of a thousandth: a client that takes it for
	// final is off by enough to be seen. Split, or the product would overflow.
	share := int64(900 * age / settled)
	for i, sum := range amounts {
		amounts[i] = sum/1000*share + sum%1000*share/1000
	}
	return true
}
