package cdnsim

import (
	"math/bits"
	"strconv"
)

// number is a decimal with at most six digits behind the point.
type number struct {
	whole      int64
	millionths int64 // below a million
}

const million = 1_000_000

// perSecond is the rate of a count over some seconds, rounded. The digits are
// enough to tell the count of a day again.
func perSecond(count, seconds int64) number {
	return number{count / seconds, (count%seconds*million + seconds/2) / seconds}
}

// percent is 100 × part / whole, rounded: between 0 and 100, and 0 of nothing.
func percent(part, whole int64) number {
	if whole <= 0 {
		return number{}
	}
	part = min(max(part, 0), whole)
	high, low := bits.Mul64(uint64(part), 100*million)
	low, carry := bits.Add64(low, uint64(whole/2), 0)
	q, _ := bits.Div64(high+carry, low, uint64(whole))
	return number{int64(q / million), int64(q % million)}
}

// float is the number as the nearest float64: what reading its text gives.
func (n number) float() float64 { return float64(n.whole*million+n.millionths) / million }

// append writes the number without zeros at its end.
func (n number) append(b []byte) []byte {
	b = strconv.AppendInt(b, n.whole, 10)
	if n.millionths == 0 {
		return b
	}
	b = append(b, '.')
	for rest, unit := n.millionths, int64(million/10); rest > 0; unit /= 10 {
		b = append(b, byte('0'+rest/unit))
		rest %= unit
	}
	return b
}
