package originflow

import (
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// stretched is a request whose slices are of one length, and what it covers.
type stretched struct {
	request  func() Request
	from, to string
	step     time.Duration
}

// lengths are the ways in which slices come to their length.
var lengths = map[string]stretched{
	"5 minutes": {
		func() Request { return last(6 * time.Hour) },
		"2000-01-01 06:30:00", "2000-01-01 12:15:00", 5 * time.Minute,
	},
	"hours, the newest of which are put together": {
		func() Request { return in(time.Hour, last(36*time.Hour)) },
		"1999-12-31 00:00:00", "2000-01-01 12:00:00", time.Hour,
	},
	"days, the newest of which is put together": {
		func() Request { return in(24*time.Hour, last(9*24*time.Hour)) },
		"1999-12-22 16:00:00", "1999-12-31 16:00:00", 24 * time.Hour,
	},
	"5 minutes rolled up": {
		func() Request {
			request := last(12 * time.Hour)
			request.Interval = 20 * time.Minute
			return request
		},
		"2000-01-01 00:20:00", "2000-01-01 12:00:00", 20 * time.Minute,
	},
}

// selection is a request for one series of a metric, and what it has to cover.
type selection struct {
	metric  string
	request Request
	// counted are the domains behind the series.
	counted  []string
	from, to time.Time
	step     time.Duration
}

// eachSelection asks for metrics in slices of every length, of one domain, of a list and of all, each in a lab of its own.
func eachSelection(t *testing.T, metrics []string, more map[string]stretched, test func(*lab, selection)) {
	// static.example.com and shop.example.org change by the quarter of an hour: an average of ratios would be off.
	const single = "static.example.com"
	few := []string{"docs.example.org", "shop.example.org", single}
	all := maps.Clone(lengths)
	maps.Copy(all, more)
	for target, domains := range map[string][]string{"one domain": {single}, "a list": few, "all domains": nil} {
		for length, c := range all {
			t.Run(target+", "+length, func(t *testing.T) {
				for _, metric := range metrics {
					inLab(t, cdnsim.Options{}, func(l *lab) {
						s := selection{metric: metric, request: of(metric, c.request()), counted: domains, from: at(t, c.from), to: at(t, c.to), step: c.step}
						s.request.Targets = []Target{{Name: single, Domains: domains}}
						if domains == nil {
							s.counted = demoNames()
						}
						test(l, s)
					})
				}
			})
		}
	}
}

// requireTwice reads a selection from the API and once more from what is held.
func (l *lab) requireTwice(s selection, check func(Series)) {
	l.Helper()
	for _, calls := range []bool{true, false} {
		series := l.read(s.request)
		assert.Equal(l, s.step, series.Step)
		check(series)
		assert.Equal(l, calls, l.calls() > 0, "and from what is held")
	}
}
