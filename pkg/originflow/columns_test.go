package originflow

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// someCounts are a block's counts of one code: of all sizes that there are, often none for a while.
func someCounts(random *rand.Rand) []float64 {
	counts := make([]float64, blockSlices)
	for i := 0; i < blockSlices; {
		if random.IntN(3) == 0 {
			i += random.IntN(200)
			continue
		}
		for range random.IntN(40) {
			if i < blockSlices {
				counts[i] = float64(random.Uint64() >> (11 + random.IntN(53)))
				i++
			}
		}
	}
	return counts
}

func someColumns(random *rand.Rand) *columns {
	c := &columns{}
	for range random.IntN(12) {
		copy(c.of(100+random.IntN(900), blockSlices), someCounts(random))
	}
	return c
}

// byCode are the counts of columns by code, without those that nobody got.
func byCode(c *columns) map[int][]float64 {
	counts := map[int][]float64{}
	for _, one := range c.all {
		if one.total(0, len(one.counts)) > 0 {
			counts[one.code] = one.counts
		}
	}
	return counts
}

func TestWhatIsPackedIsUnpackedAsItWas(t *testing.T) {
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 0))
		c := someColumns(random)
		p := pack(c)
		got := p.unpack()
		require.Equal(t, byCode(c), byCode(got), "seed %d", seed)
		require.Len(t, got.all, len(byCode(c)), "seed %d: a code that nobody got takes no room", seed)
		require.True(t, slices.IsSortedFunc(got.all, func(a, b column) int { return a.code - b.code }))
		require.Equal(t, p, pack(got))

		errors := &columns{groups: func(code int) (int, bool) { return code, code >= 500 }}
		p.addTo(errors, 0, blockSlices, 0, blockSlices)
		want := byCode(c)
		for code := range want {
			if code < 500 {
				delete(want, code)
			}
		}
		require.Equal(t, want, byCode(errors), "seed %d", seed)
	}
}

func TestCountsAreKeptAsLargeAsAFloat64TellsThemApart(t *testing.T) {
	for _, count := range []float64{1, 127, 128, 1<<32 - 1, 1 << 32, 1<<53 - 1, 1 << 53} {
		c := &columns{}
		for _, i := range []int{0, 1, 144, blockSlices - 1} {
			c.of(200, blockSlices)[i] = count
		}
		assert.Equal(t, c.all, pack(c).unpack().all)
	}
}

func TestColumnsOfNothingTakeNoRoom(t *testing.T) {
	for name, c := range map[string]*columns{"no codes": {}, "a code that nobody got": {all: []column{{200, make([]float64, blockSlices)}}}} {
		p := pack(c)
		assert.Empty(t, p, name)
		assert.Zero(t, p.bytes(), name)
		assert.Empty(t, p.unpack().all, name)
	}
	assert.Zero(t, packed(nil).bytes())
	assert.Empty(t, packed(nil).unpack().all)
}

// Most of a day's codes are rare: what they take decides how many days fit.
func TestRareCodesTakeAFewBytes(t *testing.T) {
	c := &columns{}
	c.of(503, blockSlices)[17] = 3
	assert.LessOrEqual(t, pack(c).bytes(), int64(packedBytes+16))
	for i := range blockSlices {
		c.of(200, blockSlices)[i] = 5000
	}
	assert.LessOrEqual(t, pack(c).bytes(), int64(2*packedBytes+16+2*blockSlices+64))
}

func TestAReplacedSliceHasTheCodesOfTheOther(t *testing.T) {
	for seed := range uint64(100) {
		random := rand.New(rand.NewPCG(seed, 1))
		mine, theirs := someColumns(random), someColumns(random)
		i, j := random.IntN(blockSlices), random.IntN(blockSlices)
		at := func(c *columns, code, slot int) float64 {
			if place, ok := c.find(code); ok {
				return c.all[place].counts[slot]
			}
			return 0
		}
		sum := pack(mine).unpack()
		sum.add(i, theirs, j, blockSlices)
		replaced := pack(mine).unpack()
		replaced.replace(i, theirs, j, blockSlices)
		for code := 100; code < 1000; code++ {
			require.Equal(t, at(mine, code, i)+at(theirs, code, j), at(sum, code, i))
			require.Equal(t, at(theirs, code, j), at(replaced, code, i))
			other := (i + 1) % blockSlices
			require.Equal(t, at(mine, code, other), at(sum, code, other))
			require.Equal(t, at(mine, code, other), at(replaced, code, other))
		}
	}
}

func TestCodesAreAddedUpInGroupsAndThoseOfNoInterestLeftOut(t *testing.T) {
	single := &columns{all: []column{{200, []float64{1, 2}}, {206, []float64{10, 0}}, {404, []float64{3, 4}}}}
	classes := &columns{groups: func(code int) (int, bool) { return code / 100, code != 404 }}
	want := []column{{2, []float64{11, 2}}}
	assert.Equal(t, want, classes.grouped(single).all)
	pack(single).addTo(classes, 0, 2, 0, 2)
	assert.Equal(t, want, classes.all)
	assert.Equal(t, []column{{2, []float64{2}}}, classes.from(1).all)
	assert.Same(t, single, (&columns{}).grouped(single), "each for itself")
	assert.Nil(t, (*columns)(nil).from(1))
}
