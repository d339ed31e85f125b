package originflow

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// seek finds the n largest of some totals, by name, and counts the lists that it asked for.
func seek(f *frontier, n int, totals map[string]float64) (calls int) {
	for next := f.inquiries(n); len(next) > 0; next = f.inquiries(n) {
		for _, asked := range next {
			calls++
			f.settle(asked, totalsOf(asked.names, totals))
		}
	}
	return calls
}

func totalsOf(names []string, totals map[string]float64) map[int]float64 {
	sum := map[int]float64{}
	for _, name := range names {
		if totals[name] > 0 {
			sum[0] += totals[name]
		}
	}
	return sum
}

// distributions are how totals may be spread: the share of u, which is even from 0 to 1.
var distributions = map[string]func(u float64) float64{
	"a heavy tail":           func(u float64) float64 { return math.Round(1000 / max(u, 1e-6)) },
	"a heavier one":          func(u float64) float64 { return math.Round(1000 * math.Pow(max(u, 1e-6), -1.4)) },
	"as many in each octave": func(u float64) float64 { return math.Round(1000 * math.Exp2(14*u)) },
	"nearly flat":            func(u float64) float64 { return 1000 + math.Round(100*u) },
	"flat":                   func(float64) float64 { return 1000 },
	"mostly nothing":         func(u float64) float64 { return max(0, math.Round(1000*(u-.99))) },
	"nothing":                func(float64) float64 { return 0 },
}

func TestTheLargestAreFoundByTotalsOfLists(t *testing.T) {
	for kind, of := range distributions {
		for _, count := range []int{1, 21, 1200, 5000} {
			for _, n := range []int{1, 20} {
				t.Run(fmt.Sprintf("%s/%d of %d", kind, n, count), func(t *testing.T) {
					random := rand.New(rand.NewPCG(1, uint64(count)))
					totals, names := map[string]float64{}, make([]string, count)
					for i := range names {
						names[i] = fmt.Sprintf("%05d.example.com", i)
						totals[names[i]] = of(random.Float64())
					}
					f := newFrontier(slices.Collect(slices.Chunk(names, 200)))
					calls := seek(f, n, totals)
					found, settled := f.largest(n)

					ranked := slices.Clone(names)
					slices.SortStableFunc(ranked, func(a, b string) int { return cmp.Compare(totals[b], totals[a]) })
					require.Len(t, found, min(n, count))
					for i, name := range found {
						assert.Equal(t, totals[ranked[i]], totals[name], i)
					}
					assert.Equal(t, count, settled)
					assert.LessOrEqual(t, calls, count, "never more than there are domains")
					again := newFrontier(f.regrouped(n))
					t.Logf("%d calls, %d lists when begun anew", calls, len(again.leaves))
					assert.LessOrEqual(t, len(again.leaves), calls)
					assert.Empty(t, f.inquiries(n))
				})
			}
		}
	}
}

func TestWhatIsKnownOfASearchIsTold(t *testing.T) {
	f := newFrontier([][]string{{"a", "b", "c", "d"}, {"e", "f"}})
	found, settled := f.largest(1)
	assert.Empty(t, found)
	assert.Zero(t, settled)

	totals := map[string]float64{"a": 1, "b": 2, "c": 100, "d": 50, "e": 3}
	for range 3 {
		for _, asked := range f.inquiries(1) {
			f.settle(asked, totalsOf(asked.names, totals))
		}
	}
	found, settled = f.largest(1)
	assert.Equal(t, []string{"c"}, found)
	assert.Equal(t, 6, settled)
}

func TestTwoSearchesOfTheSameDoNotDivideAListTwice(t *testing.T) {
	totals := map[string]float64{"a": 8, "b": 4, "c": 2, "d": 1}
	f := newFrontier([][]string{{"a", "b", "c", "d"}})
	for range 4 {
		one, other := f.inquiries(2), f.inquiries(2)
		for _, next := range [][]inquiry{one, other} {
			for _, asked := range next {
				f.settle(asked, totalsOf(asked.names, totals))
			}
		}
	}
	found, _ := f.largest(2)
	assert.Equal(t, []string{"a", "b"}, found)
	sum := 0.0
	for _, l := range f.leaves {
		sum += l.most()
	}
	assert.Equal(t, 15.0, sum)
}

func TestTheLargestLineOfADomainCounts(t *testing.T) {
	counts := map[string]map[int]float64{"a": {2: 50, 5: 1}, "b": {2: 40, 5: 30}, "c": {2: 10, 5: 45}, "d": {2: 5}}
	sum := func(names []string) map[int]float64 {
		lines := map[int]float64{}
		for _, name := range names {
			for group, count := range counts[name] {
				lines[group] += count
			}
		}
		return lines
	}
	f := newFrontier([][]string{{"a", "b", "c", "d"}})
	for next := f.inquiries(2); len(next) > 0; next = f.inquiries(2) {
		for _, asked := range next {
			f.settle(asked, sum(asked.names))
		}
	}
	found, _ := f.largest(2)
	assert.Equal(t, []string{"a", "c"}, found)
}
