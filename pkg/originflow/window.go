package originflow

import (
	"fmt"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
)

// window is one call to make: which slices of which track.
type window struct {
	op    *cdn.FlowOperation
	track track
	span
	// now is when the window was planned: what was not final then is provisional in the answer.
	now       int64
	timeMerge TimeMerge
	fixGap    bool
}

// timeMergeFlags are the values of the API's parameter TimeMerge.
var timeMergeFlags = map[TimeMerge]cdn.Flag{MergeAuto: cdn.Unset, MergeOn: cdn.True, MergeOff: cdn.False}

// request is the call that fetches the window.
func (w window) request() cdn.FlowRequest {
	request := cdn.FlowRequest{
		DomainName: w.track.domains,
		Start:      instant(w.from),
		End:        instant(w.to),
		TimeMerge:  timeMergeFlags[w.timeMerge],
	}
	if w.timeMerge != MergeOn { // which leaves the length to the API
		request.Interval = time.Duration(w.track.grid.length) * time.Second
	}
	if w.fixGap {
		request.FixTimeGap = cdn.True
	}
	return request
}

// arrange sorts the points of an answer into a run: aligned, clipped to the window, duplicates dropped, in order. Slices
// shorter than asked for are rolled up; where they are longer, or days start at another time, the run's grid is the
// answer's.
func (w window) arrange(flow cdn.Flow) (run, error) {
	g := w.track.grid
	if length := seconds(flow.Interval); length > 0 && length != g.length {
		if length < 60 || daySeconds%length != 0 && length%daySeconds != 0 {
			return run{}, &cdn.Error{Operation: w.op.Name(), RequestID: flow.RequestID, Err: cdn.ErrMalformed}
		}
		g = grid{length: length}
	}
	if g.length >= daySeconds {
		g.phase = answeredPhase(flow.Points, g)
	}
	// A longer slice that the window cuts may be answered in part only, unless it was the API that chose the length.
	from := g.ceil(w.from)
	if w.timeMerge == MergeOn {
		from = g.floor(w.from)
	}
	r := newRun(g, span{from, max(g.floor(w.to), from)})
	for i := range r.values {
		r.values[i] = absent
	}
	for _, p := range flow.Points {
		start := g.floor(p.Start)
		if start < r.from || start >= r.to {
			continue // the slice that begins where the window ends, most of the time
		}
		slot := r.slot(start)
		r.values[slot] = p.Value
		if w.fixGap && p.Value == 0 {
			r.values[slot] = filled
		}
	}
	if asked := w.track.grid; w.timeMerge != MergeOn && g.length < asked.length && asked.length%g.length == 0 {
		rolledUp := newRun(asked, w.span)
		setRule{fixGap: w.fixGap}.substitute(rolledUp, r)
		return rolledUp, nil
	}
	return r, nil
}

// answeredPhase is when the days of an answer start, in seconds after midnight UTC; the grid's own phase if the points
// do not agree.
func answeredPhase(points []cdn.Point, g grid) int64 {
	if len(points) == 0 {
		return g.phase
	}
	phase := grid{length: daySeconds}
	first := points[0].Start - phase.floor(points[0].Start)
	for _, p := range points {
		if p.Start-phase.floor(p.Start) != first {
			return g.phase
		}
	}
	return first
}

// describe is the line that the query inspector shows.
func (w window) describe() string {
	domains := w.track.domains
	if domains == "" {
		domains = "*"
	}
	request := w.request()
	text := fmt.Sprintf("%s %s DomainName=%s StartTime=%s EndTime=%s", w.op.Name(), w.op.Version(), domains,
		request.Start.Format(time.RFC3339), request.End.Format(time.RFC3339))
	if request.Interval > 0 {
		text += fmt.Sprintf(" Interval=%d", seconds(request.Interval))
	}
	if w.op.Merge && request.TimeMerge != cdn.Unset {
		text += " TimeMerge=" + string(request.TimeMerge)
	}
	if w.op.Merge && request.FixTimeGap != cdn.Unset {
		text += " FixTimeGap=" + string(request.FixTimeGap)
	}
	return text
}
