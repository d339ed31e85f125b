package originflow

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// flowBlock is a block of 5-minute slices.
var flowBlock = pageID{track{operation: "op", domains: domain, grid: grid{length: 300}, delay: 900}, 3200}

// pageOf is a page of a block with values by slot, each looked at by the time given with it.
func pageOf(id pageID, values map[int]float64, looks map[int]int64) page {
	p := newPage(id.grid, id.span(), true)
	for i, v := range values {
		p.values[i], p.looks[i] = v, looks[i]
	}
	return p
}

func TestAPageIsReadAsItWasWritten(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		p := newPage(flowBlock.grid, flowBlock.span(), true)
		for i := range p.values {
			p.looks[i] = []int64{0, 1_700_000_000, 1_700_000_300, beyondCorrection}[dice.IntN(4)]
			p.values[i] = []float64{
				unasked, absent, filled, 0, 1, 0.25, -3, math.MaxFloat64, largestUint, largestUint - 1, float64(dice.Int64N(1 << 52)),
			}[dice.IntN(11)]
			for code := 200; isNumber(p.values[i]) && code < 600; code += 1 + dice.IntN(300) {
				p.codes.of(code, len(p.values))[i] = float64(dice.IntN(1 << dice.IntN(40)))
			}
		}
		read, err := decodePage(flowBlock, p.encode(), true)
		require.NoError(t, err)
		assert.Equal(t, bits(p.values), bits(read.values))
		assert.Equal(t, p.looks, read.looks)
		assert.Equal(t, fmt.Sprint(pack(p.codes)), fmt.Sprint(pack(read.codes)))
	}
}

func bits(values []float64) (all []uint64) {
	for _, v := range values {
		all = append(all, math.Float64bits(v))
	}
	return all
}

func TestAPageTakesFewBytes(t *testing.T) {
	p := newPage(flowBlock.grid, flowBlock.span(), false)
	for i := range p.values {
		p.values[i], p.looks[i] = float64(20_000_000_000*300)+float64(i*i), beyondCorrection // 20 Gbit/s
	}
	assert.LessOrEqual(t, len(p.encode()), 7*blockSlices+20)
	for i := range p.values {
		p.values[i] = 97.123 // per cent are no whole numbers
	}
	assert.LessOrEqual(t, len(p.encode()), 9*blockSlices+20)
	assert.Less(t, len(newPage(flowBlock.grid, flowBlock.span(), false).encode()), 20, "nothing known")
}

func TestOfTwoPagesTheLaterLookCounts(t *testing.T) {
	const early, late = 1_700_000_000, 1_700_000_300
	for name, c := range map[string]struct{ mine, theirs, merged float64 }{
		"what is unknown":                             {unasked, 7, 7},
		"what is not known better":                    {5, unasked, 5},
		"a correction":                                {5, 7, 7},
		"that there is nothing after all, is no news": {5, absent, 5},
		"that there is something after all":           {absent, 7, 7},
	} {
		for _, looks := range [][2]int64{{early, late}, {early, beyondCorrection}} {
			mine := pageOf(flowBlock, map[int]float64{4: c.mine}, map[int]int64{4: looks[0]})
			mine.merge(pageOf(flowBlock, map[int]float64{4: c.theirs}, map[int]int64{4: looks[1]}))
			assert.Equal(t, bits([]float64{c.merged}), bits(mine.values[4:5]), name)
		}
		later := pageOf(flowBlock, map[int]float64{4: 7}, map[int]int64{4: late})
		assert.False(t, later.merge(pageOf(flowBlock, map[int]float64{4: c.mine}, map[int]int64{4: early})), name)
		assert.InDelta(t, 7, later.values[4], 0, "not by an earlier look")
	}
	counted := func(count float64, look int64) page {
		p := pageOf(flowBlock, map[int]float64{4: count}, map[int]int64{4: look})
		p.codes.of(200, len(p.values))[4] = count
		return p
	}
	mine := counted(5, early)
	theirs := counted(7, late)
	theirs.codes.of(404, len(theirs.values))[4] = 1
	mine.merge(theirs)
	assert.Equal(t, "[{200 7} {404 1}]", fmt.Sprint([]any{
		struct{ c, n int }{200, int(mine.codes.of(200, 288)[4])}, struct{ c, n int }{404, int(mine.codes.of(404, 288)[4])},
	}))
}

func TestWhatIsNoPageIsNotRead(t *testing.T) {
	p := newPage(flowBlock.grid, flowBlock.span(), true)
	for i := range p.values {
		p.values[i], p.looks[i] = float64(i*1000), int64(1_700_000_000+i/7)
		p.codes.of(200, len(p.values))[i] = float64(i)
	}
	data := p.encode()
	for length := range len(data) {
		read, err := decodePage(flowBlock, data[:length], true)
		if err == nil { // it ended between two codes
			assert.Equal(t, bits(p.values), bits(read.values))
			assert.Empty(t, read.codes.all)
		}
	}
	_, err := decodePage(pageID{flowBlock.track, flowBlock.number + 1}, data, true)
	assert.ErrorIs(t, err, errPage, "another block's")
	_, err = decodePage(flowBlock, append(data, 1), true)
	assert.ErrorIs(t, err, errPage)
}

func FuzzDecodePage(f *testing.F) {
	p := newPage(flowBlock.grid, flowBlock.span(), true)
	p.values[3], p.values[4], p.values[5] = 1, absent, 0.5
	p.codes.of(200, len(p.values))[3] = 1
	f.Add(p.encode(), true, false)
	f.Add(newPage(flowBlock.grid, span{300, 900}, false).encode(), false, true)
	f.Fuzz(func(t *testing.T, data []byte, byCode, tail bool) {
		id := flowBlock
		if tail {
			id.number = tailPage
		}
		p, err := decodePage(id, data, byCode)
		if err != nil {
			return
		}
		for _, v := range p.values {
			if math.IsNaN(v) && !is(v, unasked) && !is(v, absent) && !is(v, filled) {
				t.Errorf("%x is no value", math.Float64bits(v))
			}
		}
		again, err := decodePage(id, p.encode(), byCode)
		if err != nil || fmt.Sprint(bits(again.values), again.looks) != fmt.Sprint(bits(p.values), p.looks) {
			t.Errorf("what was read is not what is written: %v", err)
		}
	})
}
