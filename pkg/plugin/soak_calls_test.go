package plugin

import (
	"net/http"
	"strings"
	"sync"
	"time"
)

// meter is the way to the API: it counts the calls, and those that the account's token bucket had no room for.
type meter struct {
	next      http.RoundTripper
	perSecond float64

	mu       sync.Mutex
	calls    int64
	overruns int64
	level    float64
	last     time.Time
}

// RoundTrip carries one call.
func (m *meter) RoundTrip(request *http.Request) (*http.Response, error) {
	m.mu.Lock()
	now := time.Now()
	m.level = max(0, m.level-m.perSecond*now.Sub(m.last).Seconds()) + 1
	m.last = now
	m.calls++
	if m.level > max(m.perSecond/4, 1)+1+1e-6 {
		m.overruns++
	}
	m.mu.Unlock()
	return m.next.RoundTrip(request)
}

func (m *meter) counts() (calls, overruns int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.calls, m.overruns
}

// stretchOfTime is [from, to), in Unix seconds.
type stretchOfTime struct{ from, to int64 }

// shelfOf is what slices are kept for.
type shelfOf struct {
	operation, domains string
	length             int64
}

// thrifty counts the calls that somebody would make who knew everything: of each set of domains and length of slices one for
// each stretch that nobody asked for since it became final, split by what a call can span; one a minute for provisional
// slices; and one in five minutes for the list of domains.
type thrifty struct {
	mu     sync.Mutex
	calls  int64
	known  map[shelfOf][]stretchOfTime // in order, none of which touch
	peeked map[shelfOf]int64
	listed int64
}

// sliceKinds are the lengths of slices, the longest first, with what a call can span and how late they become final, as
// documented; in seconds.
var sliceKinds = []struct{ length, span, delay int64 }{
	{86400, 90 * 86400, 86400}, {3600, 31*86400 - 3600, 4 * 3600}, {300, 3*86400 - 300, 900},
}

func (th *thrifty) count() int64 {
	th.mu.Lock()
	defer th.mu.Unlock()
	return th.calls
}

// charge counts what a query was worth that was asked at a moment and shows [from, to) in slices of step seconds.
func (th *thrifty) charge(a *asked, now, from, to, step int64) {
	th.mu.Lock()
	defer th.mu.Unlock()
	if (a.DomainMode == modeRegex || a.DomainMode == modeAll && !a.MergeDomains) && now-th.listed >= 300 {
		th.listed = now
		th.calls++
	}
	period := (now - 900) / 300
	if a.Provisional == "show" {
		period = now / 60
	}
	if a.looked == period {
		return
	}
	a.looked = period
	for _, operation := range strings.Split(metricTruths[a.QueryType].operation, ",") {
		for _, series := range a.series {
			key := shelfOf{operation: operation, domains: series.label}
			th.layers(a, key, now, stretchOfTime{from, to}, step)
		}
	}
}

// layers counts the calls for one series: the longest slices supply what is final of them, shorter ones the rest.
func (th *thrifty) layers(a *asked, key shelfOf, now int64, shown stretchOfTime, step int64) {
	for _, kind := range sliceKinds {
		if kind.length > a.base(step) || shown.from >= shown.to {
			continue
		}
		final := floorTo(now-kind.delay, kind.length)
		part := stretchOfTime{shown.from, min(shown.to, final)}
		key.length = kind.length
		if kind.length == 300 && shown.to > final && now-th.peeked[key] >= 59 {
			th.peeked[key] = now
			th.calls++
			th.know(key, part)
		}
		for _, gap := range th.know(key, part) {
			th.calls += (gap.to - gap.from + kind.span - 1) / kind.span
		}
		shown.from = max(shown.from, part.to)
	}
}

// know takes down that a part is known from now on, and returns what of it was not.
func (th *thrifty) know(key shelfOf, part stretchOfTime) (gaps []stretchOfTime) {
	if part.from >= part.to {
		return nil
	}
	var known []stretchOfTime
	at, whole := part.from, part
	for _, k := range th.known[key] {
		if k.to < part.from || k.from > part.to {
			known = append(known, k)
			continue
		}
		if k.from > at {
			gaps = append(gaps, stretchOfTime{at, k.from})
		}
		at = max(at, k.to)
		whole = stretchOfTime{min(whole.from, k.from), max(whole.to, k.to)}
	}
	if at < part.to {
		gaps = append(gaps, stretchOfTime{at, part.to})
	}
	th.known[key] = append(known, whole)
	return gaps
}

// base is the length of the API's slices that a query of at least a day asks for: the one that it wants, or the shortest
// whose points fit.
func (a *asked) base(step int64) int64 {
	switch {
	case a.Granularity != "auto":
		return int64(granularities[a.Granularity] / time.Second)
	case int64(a.back-a.until)/int64(fiveMinutes)+1 <= a.points:
		return 300
	}
	return min(step, 3600)
}

// step is the length of the slices that a query shows, in seconds: the shortest that divides the day and is a multiple of
// the API's, as long as the query's interval, and few enough to fit.
func (a *asked) step() int64 {
	base := a.base(3600)
	wanted := base
	if a.Granularity == "auto" {
		wanted = max(base, int64(a.interval/time.Second))
	}
	step := (wanted + base - 1) / base * base
	for step < 86400 && (86400%step != 0 || int64((a.back-a.until)/time.Second)/step+1 > a.points) {
		step += base
	}
	return step
}

// floorTo is the start of the slice that holds a moment; days begin at Beijing's midnight, 16:00 UTC.
func floorTo(at, length int64) int64 {
	phase := int64(0)
	if length >= 86400 {
		phase = 16 * 3600
	}
	return at - ((at-phase)%length+length)%length
}
