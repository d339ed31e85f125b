package plugin

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

const fiveMinutes = 5 * time.Minute

// chronicle is the truth of a metric's amounts for some domains together, summed up: the amount of any stretch of 5-minute
// slices is the difference of two entries.
type chronicle struct {
	from int64 // the start of the first slice, in Unix seconds
	sums []int64
}

// between is what there was in [from, to), in Unix seconds, as far as it is taken down.
func (c chronicle) between(from, to int64) int64 {
	last := int64(len(c.sums) - 1)
	return c.sums[min((to-c.from)/300, last)] - c.sums[min((from-c.from)/300, last)]
}

// history is all that is known of some domains together.
type history struct {
	originFlow, edgeFlow, originRequests, edgeRequests chronicle
	// originCodes and edgeCodes are by the name of a code, and of a class.
	originCodes, edgeCodes map[string]chronicle
}

// histories are those of every set of domains that somebody looks at, by its label.
type histories map[string]*history

// newHistories takes down what will be asked for until the end: 30 days before the start of the origin flow, 3 days of the
// rest.
func newHistories(account []string, screens []*screen, start, end time.Time) histories {
	all := histories{}
	for _, name := range account {
		all[name] = recall(name, start, end)
	}
	for _, s := range screens {
		for _, request := range s.requests {
			for _, a := range request {
				for _, series := range a.series {
					if all[series.label] == nil {
						all[series.label] = all.together(series.domains)
					}
				}
			}
		}
	}
	return all
}

func recall(domain string, start, end time.Time) *history {
	amounts := func(days int, of func(string, time.Time) int64) chronicle {
		from := start.Truncate(24*time.Hour).AddDate(0, 0, -days)
		c := chronicle{from.Unix(), []int64{0}}
		for at := from; at.Before(end); at = at.Add(fiveMinutes) {
			c.sums = append(c.sums, c.sums[len(c.sums)-1]+of(domain, at))
		}
		return c
	}
	codes := func(of func(string, time.Time) map[int]int64) map[string]chronicle {
		byName := map[string]chronicle{}
		from := start.Truncate(24*time.Hour).AddDate(0, 0, -3)
		for at := from; at.Before(end); at = at.Add(fiveMinutes) {
			slot := int(at.Sub(from) / fiveMinutes)
			for code, count := range of(domain, at) {
				for _, name := range []string{strconv.Itoa(code), className(code / 100)} {
					c := byName[name]
					if c.sums == nil {
						c = chronicle{from.Unix(), make([]int64, int(end.Sub(from)/fiveMinutes)+2)}
					}
					c.sums[slot+1] += count
					byName[name] = c
				}
			}
		}
		for _, c := range byName {
			for i := range c.sums[1:] {
				c.sums[i+1] += c.sums[i]
			}
		}
		return byName
	}
	return &history{
		originFlow: amounts(32, cdnsim.Traffic), edgeFlow: amounts(3, cdnsim.EdgeTraffic),
		originRequests: amounts(3, cdnsim.OriginRequests), edgeRequests: amounts(3, cdnsim.EdgeRequests),
		originCodes: codes(cdnsim.OriginStatus), edgeCodes: codes(cdnsim.EdgeStatus),
	}
}

// together adds up the histories of some domains.
func (all histories) together(domains []string) *history {
	sum := &history{originCodes: map[string]chronicle{}, edgeCodes: map[string]chronicle{}}
	for _, name := range domains {
		one := all[name]
		sum.originFlow, sum.edgeFlow = sum.originFlow.plus(one.originFlow), sum.edgeFlow.plus(one.edgeFlow)
		sum.originRequests, sum.edgeRequests = sum.originRequests.plus(one.originRequests), sum.edgeRequests.plus(one.edgeRequests)
		for name, c := range one.originCodes {
			sum.originCodes[name] = sum.originCodes[name].plus(c)
		}
		for name, c := range one.edgeCodes {
			sum.edgeCodes[name] = sum.edgeCodes[name].plus(c)
		}
	}
	return sum
}

func (c chronicle) plus(other chronicle) chronicle {
	if c.sums == nil {
		return chronicle{other.from, slices.Clone(other.sums)}
	}
	for i, sum := range other.sums {
		c.sums[i] += sum
	}
	return c
}

// expected is a line that a query has to show: its amounts, and what they are a share of if it shows per cent.
type expected struct {
	label, code string
	of, by      chronicle
	// rest tells that the share is what of is not.
	rest bool
}

// lines are what a query has to show of a series, but for codes that did not occur in [from, to).
func (a *asked) lines(series truthSeries, h *history, from, to int64) []expected {
	line := expected{label: series.label}
	switch a.QueryType {
	case "originFlow":
		line.of = h.originFlow
	case "edgeFlow":
		line.of = h.edgeFlow
	case "originRequests":
		line.of = h.originRequests
	case "edgeRequests":
		line.of = h.edgeRequests
	case "originShare":
		line.of, line.by = h.originFlow, h.edgeFlow
	case "hitRatio":
		line.of, line.by, line.rest = h.originFlow, h.edgeFlow, true
	case "requestHitRatio":
		line.of, line.by, line.rest = h.originRequests, h.edgeRequests, true
	case "originStatus":
		return a.codeLines(series.label, h.originCodes, h.originRequests, from, to)
	case "edgeStatus":
		return a.codeLines(series.label, h.edgeCodes, h.edgeRequests, from, to)
	default:
		panic("nobody knows what " + a.QueryType + " is")
	}
	return []expected{line}
}

// codeLines are those of the codes, or classes, that occurred, and of those that the query names.
func (a *asked) codeLines(label string, codes map[string]chronicle, all chronicle, from, to int64) (lines []expected) {
	wanted := a.codeGroups()
	for _, name := range a.codeNames(codes) {
		isClass := name[1:] == "xx"
		code, _ := strconv.Atoi(name[:1] + "00")
		if !isClass {
			code, _ = strconv.Atoi(name)
		}
		if isClass != (a.StatusBy == byClass) {
			continue
		}
		_, ok := wanted(code)
		if isClass {
			ok = len(a.StatusCodes) == 0 || slices.Contains(a.StatusCodes, name)
		}
		c, known := codes[name]
		if !known {
			c = chronicle{all.from, make([]int64, len(all.sums))}
		}
		if ok && (c.between(from, to) > 0 || slices.Contains(a.StatusCodes, name)) {
			lines = append(lines, expected{label: label, code: name, of: c, by: all})
		}
	}
	return lines
}

// codeNames are those of the codes and classes that ever occurred, and of those that the query names.
func (a *asked) codeNames(codes map[string]chronicle) []string {
	names := slices.Collect(maps.Keys(codes))
	for _, name := range a.StatusCodes {
		if _, known := codes[name]; !known {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// value is what a line has to show in a slice; NaN for nothing.
func (e *expected) value(unit string, from, to int64) float64 {
	amount := float64(e.of.between(from, to))
	switch unit {
	case "bits":
		return amount * 8
	case "bitsPerSecond":
		return amount * 8 / float64(to-from)
	case "bytesPerSecond", "perSecond":
		return amount / float64(to-from)
	case "percent":
		by := float64(e.by.between(from, to))
		if by == 0 {
			return math.NaN()
		}
		if e.rest {
			amount = by - amount
		}
		return 100 * amount / by
	}
	return amount
}

// near tells whether a value is the truth: hit ratios come with six digits behind the point, all else is exact but for what
// dividing costs.
func (e *expected) near(want, got float64) bool {
	tolerance := 1e-12 * math.Abs(want)
	if e.rest {
		tolerance = 1.1e-6
	}
	return math.Abs(want-got) <= tolerance
}
