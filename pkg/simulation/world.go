package simulation

import (
	"cmp"
	"slices"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
)

// world is what one seed decides about the API: its domains, its clock, when its slices come, what goes wrong and when.
type world struct {
	dice
	// calm is a world without faults: what we owe in spite of lateness and clocks is judged there most sharply.
	calm    bool
	start   time.Time
	days    int
	names   []string
	lives   map[string]life
	clock   clock
	sources *pipeline
	traffic *traffic
	weather weather
	quirks  []string
	// shortened is the span that is no longer answered with 5-minute slices from some moment on, 0 for none.
	shortened     time.Duration
	shortenedFrom time.Time
	options       cdnsim.Options
	changes       []change
}

// life is when a domain is in the account, and when it is offline there.
type life struct{ from, to, offlineFrom, offlineTo time.Time }

// state is what a domain is.
type state int

const (
	online state = iota
	offline
	gone
)

func (l life) at(t time.Time) state {
	switch {
	case t.Before(l.from) || !t.Before(l.to):
		return gone
	case !t.Before(l.offlineFrom) && t.Before(l.offlineTo):
		return offline
	}
	return online
}

// was tells whether the domain was in a state at some time between from and to.
func (l life) was(wanted state, from, to time.Time) bool {
	for _, t := range []time.Time{from, l.from, l.to, l.offlineFrom, l.offlineTo, to} {
		if !t.Before(from) && !t.After(to) && (l.at(t) == wanted || t.After(from) && l.at(t.Add(-1)) == wanted) {
			return true
		}
	}
	return false
}

// steady tells whether it was online all that time.
func (l life) steady(from, to time.Time) bool {
	return !l.was(offline, from, to) && !l.was(gone, from, to)
}

// change is what becomes of the API while it runs.
type change struct {
	at    time.Time
	what  string
	apply func(*cdnsim.Server)
}

func newWorld(seed uint64, start time.Time, days int) *world {
	d := dice(0).at(int64(seed))
	w := &world{dice: d, calm: d.of("calm").chance(0.4), start: start, days: days, traffic: &traffic{}}
	w.drawDomains(d.of("domains"))
	w.clock = drawClock(d.of("clock"), start, days)
	w.sources = drawPipeline(d.of("pipeline"), w.names, w.clock.at(start), days)
	w.weather = drawWeather(d.of("weather"), w)
	w.options = cdnsim.Options{
		Now:     func() time.Time { return w.clock.at(time.Now()) },
		Held:    w.held,
		Fault:   w.weather.fault,
		Domains: w.domainsAt(start),
		Record:  -1,
	}
	for _, q := range quirks {
		if w.calm && !q.harmless || !d.of("quirk").of(q.name).chance(q.share) {
			continue
		}
		q.apply(d.of(q.name), w)
		w.quirks = append(w.quirks, q.name)
	}
	slices.SortStableFunc(w.changes, func(a, b change) int { return a.at.Compare(b.at) })
	return w
}

func (w *world) end() time.Time { return w.start.Add(time.Duration(w.days) * day) }

// moment is one within the run, by our clock.
func (w *world) moment(d dice) time.Time { return w.start.Add(d.between(0, w.end().Sub(w.start))) }

// change has the API's options change at some moment.
func (w *world) change(d dice, what string, edit func(*cdnsim.Options)) {
	w.changes = append(w.changes, change{w.moment(d.of("at")), what, func(s *cdnsim.Server) { s.Change(edit) }})
}

// drawDomains draws one to twelve domains, a few of which come, go, or are offline for a while.
func (w *world) drawDomains(d dice) {
	all := cdnsim.DemoDomains()
	first := d.of("first").below(int64(len(all)))
	w.lives = map[string]life{}
	for i := range 1 + d.of("count").below(int64(len(all))) {
		name := all[(first+i)%int64(len(all))].Name
		l := life{to: w.end().Add(day)}
		switch own := d.of(name); own.of("life").below(10) {
		case 0:
			l.from = w.moment(own.of("comes"))
		case 1:
			l.to = w.moment(own.of("goes"))
		case 2:
			l.offlineFrom = w.moment(own.of("offline"))
			l.offlineTo = l.offlineFrom.Add(own.of("for").between(time.Minute, 6*hour))
			if !l.offlineTo.Before(w.end()) { // when nothing changes any more
				l.offlineTo = l.to
			}
		}
		w.names, w.lives[name] = append(w.names, name), l
		for _, at := range []time.Time{l.from, l.to, l.offlineFrom, l.offlineTo} {
			if at.After(w.start) && at.Before(w.end()) {
				w.changes = append(w.changes, change{at, "the domains", func(s *cdnsim.Server) { s.SetDomains(w.domainsAt(at)) }})
			}
		}
	}
}

// domainsAt are the account's domains at a moment.
func (w *world) domainsAt(t time.Time) []cdnsim.Domain {
	statuses := map[state]string{online: "online", offline: "offline"}
	domains := []cdnsim.Domain{}
	for _, name := range w.names {
		if status, listed := statuses[w.lives[name].at(t)]; listed {
			domains = append(domains, cdnsim.Domain{Name: name, Status: status})
		}
	}
	return domains
}

// listed are the names of the account's domains at a moment, sorted.
func (w *world) listed(t time.Time) []string {
	var names []string
	for _, d := range w.domainsAt(t) {
		names = append(names, d.Name)
	}
	slices.Sort(names)
	return names
}

// volatile are those of the domains that come, go or are offline at some time of the run.
func (w *world) volatile(domains []string) []string {
	return slices.DeleteFunc(slices.Clone(domains), func(name string) bool { return w.lives[name].steady(w.start, w.end()) })
}

// isRefused tells whether the API refuses to tell of a domain at a moment.
func (w *world) isRefused(name string, t time.Time) bool {
	at := w.lives[name].at(t)
	return at == gone || at == offline && w.options.OfflineRefused
}

func (w *world) anyRefused(names []string, t time.Time) bool {
	return slices.ContainsFunc(names, func(name string) bool { return w.isRefused(name, t) })
}

// held is what the API has of a slice. What it had before its clock was set back, it still has.
func (w *world) held(domain string, start time.Time, age time.Duration, final int64) (value int64, present bool) {
	now := time.Now()
	age += w.clock.reached(now).Sub(w.clock.at(now))
	return w.sources.held(domain, start.Unix(), int64(age/time.Second), final)
}

// history is how far back the API reaches for a metric's slices of a length.
func (w *world) history(m *originflow.Metric, length time.Duration) time.Duration {
	if m.Of != cdn.SrcFlowData || w.options.Retired {
		return cmp.Or(map[time.Duration]time.Duration{slice: 93 * day, hour: 186 * day}[length], 366*day)
	}
	return 90 * day
}

// spanLimit is the span that is not answered with slices of a length at a moment, 0 for the documented one.
func (w *world) spanLimit(length time.Duration, at time.Time) time.Duration {
	if length == slice && w.shortened > 0 && !at.Before(w.shortenedFrom) {
		return w.shortened
	}
	return w.options.SpanLimit[length]
}

// shortestSpan is above the 72 slices to which calls are shortened at most.
const shortestSpan = 7 * hour

// quirk is a way of answering that the documents leave open.
type quirk struct {
	name  string
	share float64
	// harmless quirks are met in calm worlds, too: they cost no call.
	harmless bool
	apply    func(dice, *world)
}

var quirks = []quirk{
	{"loose types", 0.3, true, func(_ dice, w *world) { w.options.LooseTypes = true }},
	{"end excluded", 0.3, true, func(_ dice, w *world) { w.options.EndExcluded = true }},
	{"empty answers", 0.5, true, func(d dice, w *world) { w.options.Empty = pick(d, cdnsim.EmptyNull, cdnsim.EmptyMissing) }},
	{"old container", 0.2, true, func(_ dice, w *world) { w.options.OldContainer = true }},
	{"days of UTC", 0.15, false, func(_ dice, w *world) { w.options.UTCDays = true }},
	{"retired", 0.2, true, func(_ dice, w *world) { w.options.Retired = true }},
	{"short spans", 0.1, false, func(d dice, w *world) {
		w.options.SpanLimit = map[time.Duration]time.Duration{slice: d.between(shortestSpan, 2*day).Truncate(hour)}
	}},
	{"no short slices", 0.04, false, func(_ dice, w *world) {
		w.options.SpanLimit = map[time.Duration]time.Duration{slice: 0}
	}},
	{"no DataInterval", 0.08, false, func(_ dice, w *world) { w.options.NoInterval = true }},
	{"no Date", 0.05, false, func(_ dice, w *world) { w.options.NoDate, w.clock = true, clock{start: w.start} }},
	{"one domain a call", 0.1, false, func(_ dice, w *world) { w.options.NoLists = true }},
	{"offline refused", 0.5, false, func(_ dice, w *world) { w.options.OfflineRefused = true }},
	{"retired midway", 0.1, false, func(d dice, w *world) {
		w.change(d, "an operation retires", func(o *cdnsim.Options) { o.Retired = true })
	}},
	{"spans midway", 0.05, false, func(d dice, w *world) {
		w.shortened = d.between(shortestSpan, 2*day).Truncate(hour)
		w.change(d, "short spans", func(o *cdnsim.Options) { o.SpanLimit = map[time.Duration]time.Duration{slice: w.shortened} })
		w.shortenedFrom = w.changes[len(w.changes)-1].at
	}},
	{"throttling", 0.15, false, func(d dice, w *world) { w.options.CallsPerSecond = int(1 + d.below(8)) }},
}
