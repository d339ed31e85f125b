package simulation

import (
	"fmt"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
)

// actor is a kind of user.
type actor struct {
	name string
	// share of all sessions are of this kind.
	share float64
	// refresh and stay bound how often it looks, and for how long.
	refresh, stay [2]time.Duration
	// look makes up what it looks at.
	look func(d dice, w *world, p *panel)
}

var actors = []*actor{
	{
		name: "wall", share: 0.36, refresh: [2]time.Duration{30 * time.Second, time.Minute}, stay: [2]time.Duration{16 * time.Minute, 35 * time.Minute},
		look: func(d dice, w *world, p *panel) {
			p.span = pick(d.of("span"), hour, 3*hour, 6*hour, 12*hour, day)
			p.granularity = pick(d.of("granularity"), 0, 0, slice)
			p.points = pick(d.of("points"), 400, 1000, 1000, 2000)
		},
	},
	{
		name: "panel", share: 0.24, refresh: [2]time.Duration{time.Minute, 5 * time.Minute}, stay: [2]time.Duration{20 * time.Minute, 3 * hour},
		look: func(d dice, w *world, p *panel) {
			p.span = pick(d.of("span"), hour, 6*hour, day, 2*day, 7*day)
			p.granularity = pick(d.of("granularity"), 0, 0, 0, slice, hour, day)
			p.points = pick(d.of("points"), 2, 60, 400, 1000)
			p.timeMerge = pick(d.of("merge"), originflow.MergeAuto, originflow.MergeAuto, originflow.MergeAuto, originflow.MergeOn, originflow.MergeOff)
		},
	},
	{
		name: "alert", share: 0.22, refresh: [2]time.Duration{time.Minute, 5 * time.Minute}, stay: [2]time.Duration{30 * time.Minute, 2 * hour},
		look: func(d dice, w *world, p *panel) {
			p.alert, p.provisional, p.points = true, false, 43_200
			p.span = pick(d.of("span"), 10*time.Minute, hour)
			if d.of("shifted").chance(0.3) {
				p.span, p.shift = hour, day
			}
		},
	},
	{
		name: "reader", share: 0.12,
		look: func(d dice, w *world, p *panel) {
			p.span = pick(d.of("span"), 7*day, 30*day, 90*day)
			p.points = pick(d.of("points"), 500, 1000, 2000)
			p.all = d.of("all").chance(0.5)
		},
	},
	{
		name: "miner", share: 0.06, // who wants every slice of a month
		look: func(d dice, w *world, p *panel) {
			p.span, p.granularity = pick(d.of("span"), 7*day, 30*day), slice
			p.all = d.of("all").chance(0.5)
		},
	},
}

// draw makes a panel of this kind.
func (a *actor) draw(d dice, w *world) *panel {
	p := &panel{kind: a, name: fmt.Sprintf("%s-%03d", a.name, d.of("name").below(1000)), timeMerge: originflow.MergeAuto}
	p.metric = originflow.OriginFlow
	if d.of("other").chance(0.5) {
		p.metric = pick(d.of("metric"), originflow.Metrics...)
	}
	p.fixGap = d.of("zero").chance(0.15)
	p.provisional = d.of("provisional").chance(0.2)
	p.patience = d.of("patience").between(10*time.Second, 55*time.Second)
	if a.refresh[1] > 0 {
		p.refresh = d.of("refresh").between(a.refresh[0], a.refresh[1])
	}
	a.look(d, w, p)
	if p.metric.IsRatio() && p.timeMerge == originflow.MergeOn {
		p.timeMerge = originflow.MergeAuto // as the reader takes it
	}
	if !p.all {
		p.domains = drawTargets(d, w.names)
	}
	return p
}

// drawTargets are one to three domains, each a series; or some or all of them as one.
func drawTargets(d dice, names []string) [][]string {
	first := d.of("first").below(int64(len(names)))
	some := []string{}
	for i := range min(1+d.of("count").below(3), int64(len(names))) {
		some = append(some, names[(first+i)%int64(len(names))])
	}
	switch {
	case d.of("merged").chance(0.15):
		return [][]string{some}
	case d.of("everything").chance(0.1):
		return [][]string{nil}
	}
	var each [][]string
	for _, name := range some {
		each = append(each, []string{name})
	}
	return each
}

// session is one stretch of looking at a panel.
type session struct {
	*panel
	refresh  time.Duration
	from, to time.Time
}

// rush is somebody who wants every slice of weeks of every domain, more than the budget gives in time, just when others
// begin to work.
func rush(d dice, w *world, start time.Time) []session {
	rate := drawSettings(w.of("settings")).limits.CallsPerSecond
	if rate > 10 {
		return nil // whose calls would take the machine longer than they teach
	}
	miner := actors[len(actors)-1]
	p := miner.draw(d, w)
	p.all, p.domains, p.patience = true, nil, 55*time.Second
	// As many calls of three days as go in a minute.
	p.span = min(time.Duration(60*rate/len(w.names))*3*day, 80*day)
	from := start.Add(d.of("from").between(0, 10*time.Minute))
	sessions := []session{{panel: p, from: from, to: from}}
	for i := range int64(3) {
		wall := actors[0].draw(d.at(i), w)
		begins := from.Add(d.at(i).between(time.Second, 10*time.Second))
		sessions = append(sessions, session{panel: wall, refresh: wall.refresh, from: begins, to: begins.Add(10 * time.Minute)})
	}
	return sessions
}

// inStep has the session look about when a minute begins by the API's clock, as everybody does whose clock is right: what
// becomes final then is asked for by several at once.
func (s session) inStep(d dice, w *world) session {
	s.refresh = (s.refresh + time.Minute - 1).Truncate(time.Minute)
	api := w.clock.at(s.from)
	s.from = s.from.Add(api.Truncate(time.Minute).Add(time.Minute).Sub(api) + d.of("step").between(-time.Second, time.Second))
	return s
}

// drawSessions draws who looks at what, when: a few panels that everybody shares, in busy stretches of some days; on others
// nobody looks.
func drawSessions(d dice, w *world) []session {
	var panels []*actor
	var dashboards []dice
	for i := range 4 + d.of("panels").below(6) {
		own := d.of("panel").at(i)
		share := float64(own.of("kind").below(1000)) / 1000
		for _, a := range actors {
			if share -= a.share; share < 0 {
				panels, dashboards = append(panels, a), append(dashboards, own)
				break
			}
		}
	}
	var sessions []session
	for n := range int64(w.days) {
		today := d.of("day").at(n)
		for i := range today.of("stretches").below(3) {
			stretch := today.of("stretch").at(i)
			start := w.start.Add(time.Duration(n)*day + stretch.between(0, day))
			if stretch.of("rush").chance(0.08) {
				sessions = append(sessions, rush(stretch.of("rush"), w, start)...)
			}
			for j := range 2 + stretch.of("sessions").below(3) {
				own := stretch.of("session").at(j)
				which := own.of("panel").below(int64(len(panels)))
				kind := panels[which]
				s := session{panel: kind.draw(dashboards[which], w), from: start.Add(own.of("from").between(0, 20*time.Minute))}
				s.refresh = s.panel.refresh
				if own.of("in step").chance(0.3) {
					s = s.inStep(own, w)
				}
				s.to = s.from.Add(own.of("stay").between(kind.stay[0], kind.stay[1]))
				sessions = append(sessions, s)
			}
		}
	}
	return sessions
}
