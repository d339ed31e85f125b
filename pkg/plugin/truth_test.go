package plugin

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// metricTruth is what there is to know of a metric besides what the plugin says of it.
type metricTruth struct {
	operation string
	units     []string
	// amount is what is counted in a 5-minute slice, by what it is a share of; codes are the counts by status code.
	amount, by func(domain string, t time.Time) int64
	codes      func(domain string, t time.Time) map[int]int64
}

var (
	unitsOfFlow     = []string{"bits", "bytes", "bitsPerSecond", "bytesPerSecond"}
	unitsOfRequests = []string{"count", "perSecond"}
	unitsOfStatus   = []string{"count", "perSecond", "percent"}
)

var metricTruths = map[string]metricTruth{
	"originFlow":     {operation: flow, units: unitsOfFlow, amount: cdnsim.Traffic},
	"edgeFlow":       {operation: edge, units: unitsOfFlow, amount: cdnsim.EdgeTraffic},
	"originRequests": {operation: "DescribeDomainSrcQpsData", units: unitsOfRequests, amount: cdnsim.OriginRequests},
	"edgeRequests":   {operation: "DescribeDomainQpsData", units: unitsOfRequests, amount: cdnsim.EdgeRequests},
	"originStatus":   {operation: originCodes, units: unitsOfStatus, codes: cdnsim.OriginStatus},
	"edgeStatus":     {operation: "DescribeDomainHttpCodeData", units: unitsOfStatus, codes: cdnsim.EdgeStatus},
	"hitRatio": {
		operation: "DescribeDomainHitRateData," + edge, units: []string{"percent"}, by: cdnsim.EdgeTraffic,
		amount: func(domain string, t time.Time) int64 {
			return cdnsim.EdgeTraffic(domain, t) - cdnsim.Traffic(domain, t)
		},
	},
	"requestHitRatio": {
		operation: "DescribeDomainReqHitRateData,DescribeDomainQpsData", units: []string{"percent"}, by: cdnsim.EdgeRequests,
		amount: func(domain string, t time.Time) int64 {
			return cdnsim.EdgeRequests(domain, t) - cdnsim.OriginRequests(domain, t)
		},
	},
	"originShare": {operation: flow + "," + edge, units: []string{"percent"}, amount: cdnsim.Traffic, by: cdnsim.EdgeTraffic},
}

const (
	edge        = "DescribeDomainTrafficData"
	originCodes = "DescribeDomainSrcHttpCodeData"
)

// unitIDs are Grafana's.
var unitIDs = map[string]string{
	"bits": "decbits", "bytes": "decbytes", "bitsPerSecond": "bps", "bytesPerSecond": "Bps",
	"count": "short", "perSecond": "reqps", "percent": "percent",
}

// selection is a way to choose domains: the fields of the query, and the series that come of it.
type selection struct {
	json   string
	series []truthSeries
}

// truthSeries is a series by its label domain and whom it sums up.
type truthSeries struct {
	label   string
	domains []string
}

// singles are one series for each domain.
func singles(domains ...string) (all []truthSeries) {
	for _, name := range domains {
		all = append(all, truthSeries{name, []string{name}})
	}
	return all
}

func everyDomain() (names []string) {
	for _, domain := range cdnsim.DemoDomains() {
		names = append(names, domain.Name)
	}
	return names
}

// docs.example.org is silent from 10:00 to 10:30, legacy.example.org always.
var selections = map[string]selection{
	"single domains": {`"domains":["www.example.com","docs.example.org"]`, singles("www.example.com", "docs.example.org")},
	"a merged list": {
		`"domains":["www.example.com","docs.example.org"],"mergeDomains":true`,
		[]truthSeries{{"www.example.com,docs.example.org", []string{"www.example.com", "docs.example.org"}}},
	},
	"all, merged": {`"domainMode":"all","mergeDomains":true`, []truthSeries{{"*", everyDomain()}}},
	"regex": {
		`"domainMode":"regex","domainPattern":"^(img|docs|legacy)\\."`, singles("docs.example.org", "img.example.com", "legacy.example.org"),
	},
}

// truthSpan is a range to ask for and the slices that it has to have: those that start in [from, to).
type truthSpan struct {
	question
	from, to time.Time
	// length of the slices shown, and seconds of those of the API behind them.
	length  time.Duration
	seconds int64
}

var truthSpans = map[string]truthSpan{
	"5m": {
		question{from: 3*time.Hour + 7*time.Minute}, noon.Add(-187 * time.Minute), noon.Add(-17 * time.Minute), 5 * time.Minute, 300,
	},
	"1h": {question{from: 24 * time.Hour}, noon.Add(-24*time.Hour - 7*time.Minute), noon.Add(-67 * time.Minute), time.Hour, 3600},
	"1d": {
		question{from: 3 * 24 * time.Hour},
		time.Date(2024, 5, 11, 16, 0, 0, 0, time.UTC), time.Date(2024, 5, 14, 16, 0, 0, 0, time.UTC),
		24 * time.Hour, 86400,
	},
	"auto": {
		question{from: 6 * time.Hour, interval: 10 * time.Minute, points: 1000}, noon.Add(-367 * time.Minute), noon.Add(-17 * time.Minute), 10 * time.Minute, 300,
	},
}

// oracle tells what the API has. It remembers, as it is asked for the same again and again.
type oracle struct {
	// lost tells which slices the API has lost; nil: none.
	lost func(domain string, t time.Time) bool
	// sums by metric and slice shown.
	sums map[string]truthSum
}

// truthSum is a metric in a slice shown, of some domains together.
type truthSum struct {
	// known tells that the API has something of it.
	known      bool
	amount, by int64
	codes      map[int]int64
}

// of sums up 5-minute slices of some domains.
func (o *oracle) of(metric string, domains []string, from time.Time, length time.Duration) (sum truthSum) {
	key := fmt.Sprint(metric, domains, from.Unix(), length)
	if sum, ok := o.sums[key]; ok {
		return sum
	}
	m := metricTruths[metric]
	sum.codes = map[int]int64{}
	for _, domain := range domains {
		for t := from; t.Before(from.Add(length)); t = t.Add(5 * time.Minute) {
			if o.lost != nil && o.lost(domain, t) {
				continue
			}
			sum.known = true
			if m.amount != nil {
				sum.amount += m.amount(domain, t)
			}
			if m.by != nil {
				sum.by += m.by(domain, t)
			}
			if m.codes != nil {
				for code, count := range m.codes(domain, t) {
					sum.codes[code] += count
					sum.by += count
				}
			}
		}
	}
	if o.sums == nil {
		o.sums = map[string]truthSum{}
	}
	o.sums[key] = sum
	return sum
}

// value is the sum in a unit, NaN where there is none.
func (s truthSum) value(unit string, length time.Duration) float64 {
	amount := float64(s.amount)
	switch unit {
	case "bits":
		return amount * 8
	case "bitsPerSecond":
		return amount * 8 / length.Seconds()
	case "bytesPerSecond", "perSecond":
		return amount / length.Seconds()
	case "percent":
		if s.by == 0 {
			return math.NaN()
		}
		return 100 * amount / float64(s.by)
	}
	return amount
}

// ofCodes is the sum of the codes that a line shows.
func (s truthSum) ofCodes(shown func(code int) bool) truthSum {
	s.amount = 0
	for code, count := range s.codes {
		if shown(code) {
			s.amount += count
		}
	}
	return s
}

// truthLine is a line that has to be shown: its labels and its points.
type truthLine struct {
	labels data.Labels
	times  []time.Time
	values []float64
}

// lines are what has to be shown of a metric: series by series, and of each its classes or codes in ascending order.
func (o *oracle) lines(metric, unit, by string, all []truthSeries, s truthSpan) (lines []truthLine) {
	for _, series := range all {
		names := map[string]func(int) bool{"": nil}
		if metricTruths[metric].codes != nil {
			names = map[string]func(int) bool{}
			for code := range o.of(metric, series.domains, s.from, s.to.Sub(s.from)).codes {
				name, shown := strconv.Itoa(code), func(c int) bool { return c == code }
				if by == "class" {
					name, shown = name[:1]+"xx", func(c int) bool { return c/100 == code/100 }
				}
				names[name] = shown
			}
		}
		for _, name := range slices.Sorted(maps.Keys(names)) {
			line := truthLine{labels: data.Labels{"domain": series.label}}
			if name != "" {
				line.labels[by] = name
			}
			for t := s.from; t.Before(s.to); t = t.Add(s.length) {
				sum := o.of(metric, series.domains, t, s.length)
				if name != "" {
					sum = sum.ofCodes(names[name])
				}
				if value := sum.value(unit, s.length); sum.known && !math.IsNaN(value) {
					line.times, line.values = append(line.times, t), append(line.values, value)
				}
			}
			if len(line.times) > 0 {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// tolerance of a value: the API tells hit ratios with six digits behind the point, everything else is exact but for what
// dividing costs.
func tolerance(metric string, value float64) float64 {
	if strings.HasSuffix(strings.ToLower(metric), "hitratio") {
		return 1.1e-6
	}
	return 1e-12 * math.Abs(value)
}

// requireTruth compares frames with the lines that have to be shown, value by value.
func requireTruth(t testing.TB, metric, unit string, want []truthLine, frames data.Frames) {
	t.Helper()
	var labels []data.Labels
	for _, line := range want {
		labels = append(labels, line.labels)
	}
	var shown []data.Labels
	for _, f := range frames {
		require.Len(t, f.Fields, 2)
		shown = append(shown, f.Fields[1].Labels)
	}
	require.Equal(t, labels, shown)
	for i, f := range frames {
		times, values := f.Fields[0], f.Fields[1]
		require.Equal(t, []string{"Time", "Value"}, []string{times.Name, values.Name})
		require.Equal(t, unitIDs[unit], values.Config.Unit)
		require.Len(t, want[i].times, f.Rows(), "%s", want[i].labels)
		for row := range f.Rows() {
			require.Equal(t, want[i].times[row], times.At(row), "%s", want[i].labels)
			value, err := values.FloatAt(row)
			require.NoError(t, err)
			require.InDelta(t, want[i].values[row], value, tolerance(metric, want[i].values[row]), "%s %s", want[i].labels, times.At(row))
		}
	}
}

// lossOf tells which slices an API loses that loses such a share: Options.Held is asked about all the others.
func lossOf(t *testing.T, share float64) func(domain string, t time.Time) bool {
	t.Helper()
	type slice struct {
		domain string
		start  int64
	}
	var mu sync.Mutex
	held := map[slice]bool{}
	l := newLab(t, setup{api: cdnsim.Options{Missing: share, Held: func(domain string, start time.Time, _ time.Duration, final int64) (int64, bool) {
		mu.Lock()
		defer mu.Unlock()
		held[slice{domain, start.Unix()}] = true
		return final, true
	}}})
	l.frames(question{query: `{"domainMode":"all","mergeDomains":true,"granularity":"5m","timeMerge":"off"}`, from: 5 * 24 * time.Hour})
	mu.Lock()
	defer mu.Unlock()
	require.Len(t, l.calls(flow), 1)
	require.InEpsilon(t, (1-share)*float64(5*288*len(everyDomain())), len(held), 0.02)
	return func(domain string, t time.Time) bool { return !held[slice{domain, t.Unix()}] }
}
