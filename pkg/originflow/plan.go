package originflow

import "time"

// plan says which slices a request needs and how they are shown. It is a pure function of the request, the time and what
// is known of the operation.
type plan struct {
	// shown is the time that the series covers, in whole shown slices.
	shown span
	// step is where the shown slices start; its length is a multiple of base's.
	step grid
	// base is the kind of slice that the API is asked for.
	base level
	// layers tell which kind of slice supplies which part of shown, the longest first. The API is late with long
	// slices, so the newest ones are put together from shorter ones.
	layers []layer
	// settled is the end of the newest final slice of the length shown.
	settled int64
	// clippedTo is where the history begins, if that cut the range noticeably; else 0.
	clippedTo int64
	// unfinal tells that hiding provisional slices left nothing to show.
	unfinal bool
}

// level is what is known of the slices of one length.
type level struct {
	grid
	// maxSpan is the span in seconds that one call no longer answers with slices of this length; 0: it always does.
	maxSpan int64
	// history is how far back the API reaches, in seconds.
	history int64
	// delay is how long after its end a slice may still change, in seconds.
	delay int64
}

// settled is the end of the newest final slice at the time now.
func (l level) settled(now int64) int64 { return l.floor(now - l.delay) }

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

// makePlan plans a request. levels are the operation's, the shortest first; delay is the data source's own, in seconds:
// no slice is final sooner. least is the shortest slice length that the API proved to answer for this request, 0 at first.
func makePlan(request Request, levels []level, now, delay, least int64) plan {
	// A moment inside a second belongs to the slice of that second; an end inside a second is after its start.
	asked := span{request.From.Unix(), request.To.Add(time.Second - 1).Unix()}

	base := chooseBase(request, levels, asked, now, least)
	// What lies before the history needs no points.
	reachable := span{min(max(asked.from, levels[base].earliest(now)), asked.to), asked.to}
	step := chooseStep(request, levels[base].grid, dayPhase(levels), reachable)
	p := plan{base: levels[base], step: step, settled: step.floor(now - delay)}
	if request.TimeMerge == MergeOn {
		// One call has slices of one length, so the newest cannot be put together from shorter ones.
		p.settled = step.floor(p.base.settled(now))
	}

	if request.Alert && !request.Provisional && asked.to > p.settled {
		length := seconds(request.To.Sub(request.From) + time.Second - 1)
		asked = span{p.settled - length, p.settled}
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
		p.unfinal = asked.from < asked.to && p.shown.from >= p.settled
		p.shown.to = min(p.shown.to, p.settled)
	}
	if request.TimeMerge == MergeOn {
		p.layers = oneCall(p.base, p.shown)
	} else {
		p.layers = stack(levels[:base+1], p.shown, now)
	}
	return p
}

// chooseBase picks the slice length to ask for: the one wanted, or else the shortest whose points fit and whose history
// reaches back far enough.
func chooseBase(request Request, levels []level, asked span, now, least int64) int {
	for i, l := range levels {
		if l.length < least {
			continue
		}
		var fits bool
		switch {
		case request.TimeMerge == MergeOff:
			fits = true
		case request.TimeMerge == MergeOn:
			fits = asked.to-asked.from < l.maxSpan || l.length == least
		case request.Granularity > 0:
			fits = l.length >= seconds(request.Granularity)
		default:
			// Losing a part of one slice to the margin is no reason to make all of them longer.
			reaches := l.earliest(now) <= l.floor(asked.from)+l.length
			fits = reaches && points(asked, l.grid) <= maxPoints(request)
		}
		if fits {
			return i
		}
	}
	return len(levels) - 1
}

// chooseStep picks how many slices are rolled up into one that is shown.
func chooseStep(request Request, base grid, dayPhase int64, asked span) grid {
	most := maxPoints(request)
	wanted := base.length
	if request.Granularity == 0 {
		wanted = max(wanted, seconds(request.Interval))
	}
	for factor := (wanted + base.length - 1) / base.length; ; factor++ {
		step := grid{factor * base.length, base.phase}
		switch {
		case step.length%daySeconds == 0:
			step.phase = dayPhase
		case daySeconds%step.length != 0:
			// Steps that divide the day start at the same time every day, so that series of different days line up.
			continue
		}
		if points(asked, step) <= most {
			return step
		}
	}
}

// dayPhase is when the API's days start, in seconds after midnight UTC.
func dayPhase(levels []level) int64 { return levels[len(levels)-1].phase }

// points is the number of slices that start inside asked, from aligned down.
func points(asked span, g grid) int64 { return (g.ceil(asked.to) - g.floor(asked.from)) / g.length }

func maxPoints(request Request) int64 {
	if request.MaxDataPoints > 0 {
		return max(request.MaxDataPoints, 2) // any range may touch two slices, however long they are
	}
	return defaultMaxPoints
}

// stack distributes shown over the levels: each, from the longest on, supplies what of it is final at its length; the
// shortest supplies the rest.
func stack(levels []level, shown span, now int64) []layer {
	var layers []layer
	from := shown.from
	for i := len(levels) - 1; i >= 0; i-- {
		l := levels[i]
		to := min(shown.to, l.settled(now))
		if i == 0 {
			to = min(shown.to, l.ceil(now))
		}
		if s := (span{from, to}); !s.empty() {
			layers = append(layers, layer{level: l, span: s})
			from = to
		}
	}
	return layers
}

// oneCall has the slices of one length supply everything, whatever the span.
func oneCall(base level, shown span) []layer {
	if shown.empty() {
		return nil
	}
	base.maxSpan = 0
	return []layer{{level: base, span: shown}}
}
