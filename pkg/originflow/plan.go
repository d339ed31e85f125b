package originflow

import (
	"hash/fnv"
	"math"
	"slices"
	"time"
)

// plan says which slices a request needs and how they are shown. It is a pure function of the request, the time and what
// is known of the operation.
type plan struct {
	// shown is the time that the series covers, in whole shown slices.
	shown span
	// step is where the shown slices start; its length is a multiple of base's.
	step grid
	// base is the kind of slice that the API is asked for.
	base level
	// levels are those that supply shown, the shortest first, and now is when: see [plan.layers].
	levels []level
	now    int64
	// finalUntil is the end of the newest final slice of the length shown.
	finalUntil int64
	// startedUntil is the end of the newest slice that has started.
	startedUntil int64
	// clippedTo is where the history begins, if that cut the range noticeably; else 0.
	clippedTo int64
	// unfinal tells that hiding provisional slices left nothing to show.
	unfinal bool
}

// is tells whether two plans are the same.
func (p plan) is(other plan) bool {
	return p.shown == other.shown && p.step == other.step && p.base == other.base && p.finalUntil == other.finalUntil &&
		p.clippedTo == other.clippedTo && slices.Equal(p.layers(""), other.layers(""))
}

// level is what is known of the slices of one length.
type level struct {
	grid
	// maxSpan is the span in seconds that one call no longer answers with slices of this length.
	maxSpan int64
	// history is how far back the API reaches, in seconds.
	history int64
	// delay is how long after its end a slice may still change, in seconds.
	delay int64
}

// endless is the maxSpan of a length that is answered whatever the span.
const endless = math.MaxInt64

// finalUntil is the end of the newest final slice at the time now.
func (l level) finalUntil(now int64) int64 { return l.floor(now - l.delay) }

// sealedUntil is the end of the newest slice that is beyond correction at the time now.
func (l level) sealedUntil(now int64) int64 { return l.floor(now - l.delay - sealAfter) }

// earliest is the oldest slice within the history, with a margin for the time that a call takes to arrive.
func (l level) earliest(now int64) int64 { return l.ceil(now - l.history + historyMargin) }

const historyMargin = 5 * 60

// layer is the part of a plan that slices of one length supply.
type layer struct {
	level
	span
}

// defaultMaxPoints bounds a series where the caller does not.
const defaultMaxPoints = 10_000

// span is the length of the range asked for, in whole seconds.
func (r Request) span() int64 { return seconds(r.To.Sub(r.From) + time.Second - 1) }

// makePlan plans a request of what is offered; now is the API's time.
func makePlan(request Request, offer offer, now int64) plan {
	// A moment inside a second belongs to the slice of that second; an end inside a second is after its start.
	asked := span{request.From.Unix(), request.To.Add(time.Second - 1).Unix()}

	levels := offer.levels
	// What lies in the future or before the history needs no points.
	reachable := span{asked.from, min(asked.to, now+daySeconds)}
	base := chooseBase(request, levels, reachable, now)
	reachable.from = min(max(asked.from, levels[base].earliest(now)), reachable.to)
	step := chooseStep(request, levels[base].grid, offer.dayPhase, reachable)
	p := plan{base: levels[base], step: step, startedUntil: levels[0].ceil(now)}
	// The newest slices are put together from the shortest; but one call has slices of one length.
	newest := levels[0]
	if request.TimeMerge == MergeOn {
		newest = p.base
	}
	p.finalUntil = step.floor(newest.finalUntil(now))

	if request.Alert && !request.Provisional && asked.to > p.finalUntil {
		asked = span{p.finalUntil - request.span(), p.finalUntil}
	}
	if earliest := p.base.earliest(now); earliest > step.floor(asked.from) {
		if earliest > asked.from+step.length {
			p.clippedTo = step.ceil(earliest)
		}
		asked.from = step.ceil(earliest)
	}
	p.shown = span{step.floor(asked.from), step.ceil(asked.to)}
	if request.Provisional {
		p.shown.to = min(p.shown.to, step.ceil(now))
	} else {
		p.unfinal = asked.from < asked.to && p.shown.from >= p.finalUntil
		p.shown.to = min(p.shown.to, p.finalUntil)
	}
	p.levels, p.now = levels[:base+1], now
	if request.TimeMerge == MergeOn { // one call, whatever the span
		one := p.base
		one.maxSpan = endless
		p.levels = []level{one}
	}
	return p
}

// chooseBase picks the slice length to ask for: the one wanted, or else the shortest whose points fit and whose history
// reaches back far enough.
func chooseBase(request Request, levels []level, asked span, now int64) int {
	for i, l := range levels {
		var fits bool
		switch {
		case request.TimeMerge == MergeOff:
			fits = true
		case request.TimeMerge == MergeOn:
			fits = asked.to-asked.from < l.maxSpan
		case request.Granularity > 0:
			fits = l.length >= seconds(request.Granularity)
		default:
			// Losing a part of one slice to the margin is no reason to make all of them longer.
			reaches := l.earliest(now) <= l.floor(asked.from)+l.length
			fits = reaches && pointsIn(asked, l.grid) <= maxPoints(request)
		}
		if fits {
			return i
		}
	}
	return len(levels) - 1
}

// chooseStep picks how many slices are rolled up into one that is shown. Steps that divide the day start at the same time
// every day, so that series of different days line up; longer ones are whole days.
func chooseStep(request Request, base grid, dayPhase int64, asked span) grid {
	most := maxPoints(request)
	wanted := base.length
	switch {
	case request.Granularity == 0:
		wanted = max(wanted, seconds(request.Interval))
	case request.TimeMerge != MergeOn && request.TimeMerge != MergeOff:
		wanted = max(wanted, seconds(request.Granularity)) // which may not be on offer
	}
	for factor := (wanted + base.length - 1) / base.length; factor*base.length < daySeconds; factor++ {
		step := grid{factor * base.length, base.phase}
		if daySeconds%step.length == 0 && pointsIn(asked, step) <= most {
			return step
		}
	}
	unit := base.length / gcd(base.length, daySeconds) * daySeconds
	days := max((wanted+unit-1)/unit, (asked.to-asked.from)/unit/most, 1)
	for pointsIn(asked, grid{days * unit, dayPhase}) > most {
		days++
	}
	return grid{days * unit, dayPhase}
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// pointsIn is the number of slices that start inside asked, from aligned down.
func pointsIn(asked span, g grid) int64 { return (g.ceil(asked.to) - g.floor(asked.from)) / g.length }

func maxPoints(request Request) int64 {
	if request.MaxDataPoints > 0 {
		return max(request.MaxDataPoints, 2) // any range may touch two slices, however long they are
	}
	return defaultMaxPoints
}

// layers tell which slices of some domains supply which part of shown, the longest first: each level supplies what was
// handed on to it, or all of the rest where that is final at its length; the shortest supplies what is left.
func (p plan) layers(domains string) (layers []layer) {
	turn := turnOf(domains)
	from := p.shown.from
	for i, l := range slices.Backward(p.levels) {
		to := l.handedUntil(p.now, turn)
		switch {
		case i == 0:
			to = l.ceil(p.now)
		case p.shown.to <= l.finalUntil(p.now):
			to = p.shown.to
		}
		if s := (span{from, min(to, p.shown.to)}); !s.empty() {
			layers = append(layers, layer{level: l, span: s})
			from = s.to
		}
	}
	return layers
}

const (
	// handEvery is how often slices are handed on to longer ones, in seconds. Each hour that passes would otherwise be a call
	// for what shorter slices have told; an account's dashboards would make all of them at the same moment.
	handEvery = 6 * 60 * 60
	// turnEvery is how far apart the turns are, in seconds: as far as the shortest slices, each of which is a call.
	turnEvery = 5 * 60
)

// turnOf is when in handEvery it is the turn of some domains, in seconds.
func turnOf(domains string) int64 {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(domains)) // it never fails
	return int64(hash.Sum32()) % (handEvery / turnEvery) * turnEvery
}

// handedUntil is the end of what slices of this length supply where the API is late with them, at the time now: some of what
// is beyond correction, so that one call for it is the last.
func (l level) handedUntil(now, turn int64) int64 {
	late := turn % l.length
	rounds := grid{length: max(handEvery/l.length, 1) * l.length, phase: l.phase + turn - late}
	return rounds.floor(now - l.delay - sealAfter - late)
}
