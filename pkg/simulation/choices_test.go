package simulation

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTheOracleKnowsEveryValueThatASliceHeld compares what the oracle says of a range of ages with a look at every second
// of it.
func TestTheOracleKnowsEveryValueThatASliceHeld(t *testing.T) {
	for n := range int64(300) {
		d := dice(1).at(n)
		f := fate{
			until: placeholder(d.of("until").below(3)), arrives: d.of("arrives").below(900),
			first: 1000 + d.of("first").below(1e6), final: 1000 + d.of("final").below(1e6),
		}
		f.corrected = f.arrives + d.of("corrected").below(900)
		from := d.of("from").below(1500) - 300
		c := f.during(from, from+d.of("length").below(900))

		least, most := int64(-1), int64(0)
		absent, present := false, false
		for age := c.from; age <= c.to; age++ {
			value, there := f.at(age)
			absent, present = absent || !there, present || there
			if least < 0 || value < least {
				least = value
			}
			most = max(most, value)
			require.True(t, !there || c.has(float64(value)), "%+v at %d: %d", c, age, value)
		}
		assert.Equal(t, []int64{least, most}, []int64{c.least, c.most}, "%+v", c)
		assert.Equal(t, []bool{absent, present}, []bool{c.absent, c.present}, "%+v", c)
		assert.False(t, c.has(float64(most+2)))
	}
}

func TestSpansKnowTheirGaps(t *testing.T) {
	known := spans{}.with(interval{10, 20}).with(interval{40, 50}).with(interval{20, 30}).with(interval{0, 0})
	assert.Equal(t, spans{{10, 30}, {40, 50}}, known)
	assert.Equal(t, []interval{{0, 10}, {30, 40}, {50, 60}}, known.gaps(interval{0, 60}))
	assert.Equal(t, []interval{{30, 35}}, known.gaps(interval{15, 35}))
	assert.Empty(t, known.gaps(interval{12, 30}))
}
