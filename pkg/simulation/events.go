package simulation

import (
	"slices"
	"time"
)

// event is something that happens at a moment.
type event struct {
	at     time.Time
	happen func()
}

// events are all that happens by itself, in order.
func (r *run) events() []event {
	var events []event
	for _, s := range drawSessions(r.of("sessions"), r.world) {
		events = append(events, event{s.from, func() {
			r.diary.note("session of %s until %s", s.panel, stamp(s.to))
			r.asked.Add(1)
			go r.serve(s)
		}})
	}
	for _, c := range r.changes {
		events = append(events, event{c.at, func() {
			r.diary.note("change of the API: %s", c.what)
			c.apply(r.sim)
		}})
	}
	for i := range r.of("restarts").below(3) {
		events = append(events, event{r.moment(r.of("restart").at(i)), func() {
			r.diary.note("restart")
			r.thrift.forget()
			r.grafana.restart()
		}})
	}
	for i := range r.of("edits").below(3) {
		own := r.of("edit").at(i)
		events = append(events, event{r.moment(own), func() {
			s := drawSettings(own)
			r.diary.note("settings: %+v", s)
			r.asked.Go(func() { r.grafana.edit(s, own.of("grace").between(0, time.Minute)) })
		}})
	}
	slices.SortStableFunc(events, func(a, b event) int { return a.at.Compare(b.at) })
	return slices.DeleteFunc(events, func(e event) bool { return !e.at.Before(r.end()) })
}
