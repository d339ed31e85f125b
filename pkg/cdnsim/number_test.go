package cdnsim_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// holding is an API that holds these amounts of the first slice of yesterday,
// whatever the domain, and nothing else. It can be asked once.
func holding(t *testing.T, amounts ...int64) *api {
	t.Helper()
	return start(t, cdnsim.Options{Held: func(_ string, slice time.Time, _ time.Duration, _ int64) (int64, bool) {
		if !slice.Equal(yesterday) {
			return 0, false
		}
		next := amounts[0]
		amounts = amounts[1:]
		return next, true
	}})
}

func TestRatiosAreRoundedToSixDigits(t *testing.T) {
	for want, amounts := range map[string][2]int64{ // delivered, and of it from the origin
		"0":         {0, 0},
		"100":       {7, 0},
		"66.666667": {3, 1},
		"33.333333": {3, 2},
		"12.5":      {8, 7},
		"0.000001":  {100_000_000, 99_999_999},
		"99.999999": {100_000_000, 1},
		"50":        {1 << 62, 1 << 61},
		"99.9999":   {1_000_000, 1},
	} {
		a := holding(t, amounts[0], amounts[1])
		got := a.tell(hitRate, span18(yesterday, yesterday.Add(time.Minute), "DomainName", www))
		assert.Equal(t, want, got.points[yesterday]["Value"], amounts)
	}
}

func TestRatesAreRoundedToSixDigits(t *testing.T) {
	for want, count := range map[string]int64{
		"0": 0, "0.003333": 1, "0.006667": 2, "0.666667": 200, "0.01": 3, "1": 300, "30744573456182586.023333": 1<<63 - 1,
	} {
		a := holding(t, count)
		got := a.tell("DescribeDomainSrcQpsData", span18(yesterday, yesterday.Add(time.Minute), "DomainName", www))
		assert.Equal(t, want, got.points[yesterday]["Value"], count)
	}
}
