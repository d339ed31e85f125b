package originflow

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// column holds the counts of one HTTP status code, or of a group of them, for consecutive slices.
type column struct {
	code   int
	counts []float64
}

// columns are the counts behind the values of a stretch, by status code in ascending order: a code that is not there was
// answered to nobody. nil is for operations that tell no codes.
type columns struct {
	// groups are those of [Request]; what is read from the store or an answer is put into them.
	groups func(code int) (group int, ok bool)
	all    []column
}

// find is the place of a code, or where it would be.
func (c *columns) find(code int) (int, bool) {
	return slices.BinarySearchFunc(c.all, code, func(have column, want int) int { return cmp.Compare(have.code, want) })
}

// of is the column of a code, made at need for so many slices.
func (c *columns) of(code, length int) []float64 {
	i, ok := c.find(code)
	if ok {
		return c.all[i].counts
	}
	fresh := make([]float64, length)
	c.all = slices.Insert(c.all, i, column{code, fresh})
	return fresh
}

// replace puts slice j of other in the place of slice i.
func (c *columns) replace(i int, other *columns, j, length int) {
	for _, mine := range c.all {
		mine.counts[i] = 0
	}
	c.add(i, other, j, length)
}

// add adds slice j of other to slice i.
func (c *columns) add(i int, other *columns, j, length int) {
	for _, theirs := range other.all {
		if count := theirs.counts[j]; count > 0 {
			c.of(theirs.code, length)[i] += count
		}
	}
}

// from are the columns without the first slices; they share their memory.
func (c *columns) from(first int) *columns {
	if c == nil {
		return nil
	}
	rest := &columns{}
	for _, one := range c.all {
		rest.all = append(rest.all, column{one.code, one.counts[first:]})
	}
	return rest
}

// groupOf is the group that a code is put into; ok is false for one that is of no interest.
func (c *columns) groupOf(code int) (group int, ok bool) {
	if c.groups == nil {
		return code, true
	}
	return c.groups(code)
}

// grouped are the columns of other, of single codes, in the groups of c.
func (c *columns) grouped(other *columns) *columns {
	if c == nil || c.groups == nil || other == nil {
		return other
	}
	sums := &columns{}
	for _, one := range other.all {
		if group, ok := c.groupOf(one.code); ok {
			sum := sums.of(group, len(one.counts))
			for i, count := range one.counts {
				sum[i] += count
			}
		}
	}
	return sums
}

// copyFrom is the same in memory of its own, without codes that nobody got: what is kept must not hold on to an answer.
func (c *columns) copyFrom(first int) *columns {
	if c == nil {
		return nil
	}
	rest := &columns{}
	for _, one := range c.all {
		if one.total(first, len(one.counts)) > 0 {
			rest.all = append(rest.all, column{one.code, slices.Clone(one.counts[first:])})
		}
	}
	return rest
}

// total is the sum of a code's counts over some slices.
func (c column) total(from, to int) (sum float64) {
	for _, count := range c.counts[from:to] {
		sum += count
	}
	return sum
}

// packed are the columns of a block, in few bytes: counts are small, and most codes are rare.
type packed []packedColumn

// packedColumn holds the counts of a code as varints, and a run of slices without any as 0 and its length; what follows the
// last count is left out.
type packedColumn struct {
	code int
	data []byte
}

// packedBytes is what a column costs beside its data, packed or in a tail, in byte.
const packedBytes = 40

func (p packed) bytes() (sum int64) {
	for _, c := range p {
		sum += packedBytes + int64(cap(c.data))
	}
	return sum
}

// pack packs the columns of a block.
func pack(c *columns) packed {
	p := make(packed, 0, len(c.all))
	for _, one := range c.all {
		if data := packCounts(one.counts); len(data) > 0 {
			p = append(p, packedColumn{one.code, data})
		}
	}
	return p
}

func packCounts(counts []float64) []byte {
	data := make([]byte, 0, 2*len(counts))
	zeros := uint64(0)
	for _, count := range counts {
		if count == 0 {
			zeros++
			continue
		}
		if zeros > 0 {
			data = binary.AppendUvarint(append(data, 0), zeros)
			zeros = 0
		}
		data = binary.AppendUvarint(data, uint64(count))
	}
	return slices.Clone(data) // in as much room as it takes
}

// unpack are the columns of a block.
func (p packed) unpack() *columns {
	c := &columns{}
	p.addTo(c, 0, blockSlices, 0, blockSlices)
	return c
}

// addTo adds the counts of slices first to last of the block to the groups of c, which is of so many slices, from slice at
// on.
func (p packed) addTo(c *columns, first, last, at, length int) {
	for _, one := range p {
		group, ok := c.groupOf(one.code)
		if !ok {
			continue
		}
		counts := c.of(group, length)
		for i, data := 0, one.data; len(data) > 0 && i < last; {
			value, size := binary.Uvarint(data)
			data = data[size:]
			if value == 0 {
				run, size := binary.Uvarint(data)
				data = data[size:]
				i += int(run)
				continue
			}
			if i >= first {
				counts[at+i-first] += float64(value)
			}
			i++
		}
	}
}
