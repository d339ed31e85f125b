package plugin

import (
	"fmt"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// watch is a panel or an alert rule that looks at a metric again and again.
type watch struct {
	question
	every  time.Duration
	metric string
	unit   string
	series []truthSeries
	// classes are those of the status codes that occur; none for other metrics.
	classes []string
	// length is that of the slices shown, and delay how long after its end one is final.
	length, delay time.Duration
	provisional   bool
}

// watches are those of a small installation: dashboards of several ranges and alert rules, about few domains, as each new
// slice costs a call of the hundred that an account may make in a second, and a day is over in seconds.
func watches() []watch {
	const www, img = "www.example.com", "img.example.com"
	both, all := singles(img, www), []truthSeries{{"*", everyDomain()}}
	list := `"domains":["img.example.com","www.example.com"]`
	every := func(every time.Duration, metric, unit, fields string, q question, series []truthSeries) watch {
		q.query = fmt.Sprintf(`{"queryType":%q,"unit":%q,%s}`, metric, unit, fields)
		q.points = 1000
		return watch{
			question: q, every: every, metric: metric, unit: unit, series: series, length: 5 * time.Minute, delay: dataDelay,
		}
	}
	with := func(w watch, change func(*watch)) watch {
		change(&w)
		return w
	}
	const hour, day = time.Hour, 24 * time.Hour
	return []watch{
		every(5*time.Minute, "originFlow", "bitsPerSecond", list, question{from: 3 * hour}, both),
		with(every(5*time.Minute, "originFlow", "bytes", list+`,"provisional":"show"`, question{from: hour}, both),
			func(w *watch) { w.provisional = true }),
		every(5*time.Minute, "originFlow", "bytes", list, question{from: 10 * time.Minute, alert: true}, both),
		every(10*time.Minute, "hitRatio", "percent", `"domains":["www.example.com"]`, question{from: 15 * time.Minute, alert: true}, singles(www)),
		every(30*time.Minute, "hitRatio", "percent", `"domains":["www.example.com"]`, question{from: 6 * hour}, singles(www)),
		with(every(15*time.Minute, "originShare", "percent", `"domainMode":"all","mergeDomains":true`, question{from: day, interval: 10 * time.Minute}, all),
			func(w *watch) { w.length = 10 * time.Minute }),
		with(every(15*time.Minute, "originStatus", "count", `"domains":["img.example.com"],"granularity":"5m"`, question{from: 3 * hour}, singles(img)),
			func(w *watch) { w.classes = []string{"2xx", "3xx", "4xx", "5xx"} }),
		with(every(30*time.Minute, "originFlow", "bytes", `"domainMode":"regex","domainPattern":"^(img|www)[.]","granularity":"1h"`, question{from: 3 * day}, both),
			func(w *watch) { w.length = hour }),
		with(every(hour, "originFlow", "bytes", `"domains":["img.example.com"],"timeMerge":"on"`, question{from: 4 * day}, singles(img)),
			func(w *watch) { w.length, w.delay = hour, 4*hour }),
		with(every(2*hour, "originFlow", "bytes", `"domainMode":"all","mergeDomains":true,"granularity":"1d"`, question{from: 7 * day}, all),
			func(w *watch) { w.length = day }),
	}
}

// isDue tells whether the watch looks at its metric in a step of so long that ends at some time.
func (w watch) isDue(now time.Time, step time.Duration) bool {
	return now.Truncate(w.every).After(now.Add(-step))
}

// floor is the start of the slice shown that holds a moment. Days are Beijing's.
func (w watch) floor(at time.Time) time.Time {
	phase := time.Duration(0)
	if w.length == 24*time.Hour {
		phase = 16 * time.Hour
	}
	return at.Add(-phase).Truncate(w.length).Add(phase)
}

// shown are the starts of the first slice shown, and of the first that is not any more.
func (w watch) shown(now time.Time) (from, to time.Time) {
	final := w.floor(now.Add(-w.delay))
	from, to = now.Add(-w.from), now.Add(-w.to)
	switch {
	case w.provisional:
		final = w.floor(now.Add(w.length - 1))
	case w.alert && to.After(final):
		from, to = final.Add(from.Sub(to)), final
	}
	return w.floor(from), earlier(w.floor(to.Add(w.length-1)), final)
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// wanted is what has to be shown at some time.
func (w watch) wanted(truth witness, now time.Time) (all []shownSeries) {
	classes := w.classes
	if len(classes) == 0 {
		classes = []string{""}
	}
	for _, series := range w.series {
		for _, class := range classes {
			shown := shownSeries{labels: data.Labels{"domain": series.label}}
			if class != "" {
				shown.labels["class"] = class
			}
			total := 0.0
			from, to := w.shown(now)
			for at := from; at.Before(to); at = at.Add(w.length) {
				point, sum := w.point(truth, series.domains, class, at, now)
				shown.points = append(shown.points, point)
				total += sum
				shown.surely = shown.surely || point.surely
			}
			shown.surely = shown.surely && (class == "" || total > 0)
			all = append(all, shown)
		}
	}
	return all
}

// point is one slice shown, and what is in it at least.
func (w watch) point(truth witness, domains []string, class string, at, now time.Time) (p shownPoint, least float64) {
	var sum allowance
	for start := at; start.Before(at.Add(w.length)); start = start.Add(5 * time.Minute) {
		for _, domain := range domains {
			sum = sum.plus(truth.slice(w.metric, class, domain, start, now))
		}
	}
	p = shownPoint{at: at, maybe: sum.maybe}
	p.limits, p.surely = sum.in(w.metric, w.unit, w.length)
	return p, sum.amount.least
}
