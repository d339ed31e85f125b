package originflow

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
)

// window is one call to make: which slices of which track.
type window struct {
	op    *cdn.Operation
	track track
	span
	timeMerge TimeMerge
	fixGap    bool
	// asked is the span of the whole range where the API chooses the slice length by it, in seconds.
	asked int64
}

// isList tells whether the window is of several domains, by name.
func (w window) isList() bool { return strings.ContainsRune(w.track.domains, ',') }

// question is what the window asks, for the lessons.
func (w window) question() question { return question{w.op.Name(), w.track.grid.length, w.timeMerge} }

// timeMergeFlags are the values of the API's parameter TimeMerge.
var timeMergeFlags = map[TimeMerge]cdn.Flag{MergeAuto: cdn.Unset, MergeOn: cdn.True, MergeOff: cdn.False}

// request is the call that fetches the window.
func (w window) request() cdn.Request {
	request := cdn.Request{
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

// arrange sorts the points of an answer into a stretch: aligned, clipped to the window, duplicates dropped, in order.
// Slices shorter than asked for are rolled up; where they are longer, or days start at another time, the stretch's grid is
// the answer's.
//
// served tells that slices of the length asked for were answered of late. disputed counts the slices that come twice, with
// different values: nobody knows which is right, so they are missing.
func (w window) arrange(answer cdn.Answer, served bool) (_ stretch, disputed int, _ error) {
	malformed := &cdn.Error{Operation: w.op.Name(), RequestID: answer.RequestID, Err: cdn.ErrMalformed}
	g, ok := w.answeredGrid(answer, served)
	if !ok || w.isAboutAnotherTime(answer.Points, g) {
		return stretch{}, 0, malformed
	}
	asked := w.track.grid
	isShorter := w.timeMerge != MergeOn && g.length < asked.length && asked.length%g.length == 0
	if isShorter && w.op.Unit == cdn.Percent { // which do not add up
		return stretch{}, 0, malformed
	}
	// A longer slice that the window cuts may be answered in part only, unless it was the API that chose the length.
	from := g.ceil(w.from)
	if w.timeMerge == MergeOn {
		from = g.floor(w.from)
	}
	r := newStretch(g, span{from, max(g.floor(w.to), from)})
	for i := range r.values {
		r.values[i] = absent
	}
	dispute := map[int]bool{}
	for _, p := range answer.Points {
		start := g.floor(p.Start)
		if start < r.from || start >= r.to {
			continue // the slice that begins where the window ends, most of the time
		}
		slot, value := r.slot(start), p.Value
		if answer.PerSecond {
			value = math.Round(p.Value * float64(g.length))
		}
		if w.fixGap && p.Value == 0 {
			value = filled
		}
		if known := r.values[slot]; isNumber(known) && isNumber(value) && known != value {
			dispute[slot] = true
		}
		r.values[slot] = value
	}
	for slot := range dispute {
		r.values[slot] = absent
	}
	if w.op.ByCode() {
		r.arrangeCodes(answer.Codes)
	}
	if isShorter {
		rolledUp := r.like(asked, w.span)
		rolledUp.substitute(r, false)
		return rolledUp, len(dispute), nil
	}
	return r, len(dispute), nil
}

// isAboutAnotherTime tells whether there are points, and none of them is in the window or begins where it ends: they are the
// answer to somebody else's call. Taken for an answer, they would say that the API has nothing.
func (w window) isAboutAnotherTime(points []cdn.Point, g grid) bool {
	return len(points) > 0 && !slices.ContainsFunc(points, func(p cdn.Point) bool {
		start := g.floor(p.Start)
		return start+g.length > w.from && start <= w.to
	})
}

// arrangeCodes sorts counts by status code behind the values, which become their sums: a slice that comes twice counts once.
func (r *stretch) arrangeCodes(counts []cdn.CodeCount) {
	r.codes = &columns{}
	for _, c := range counts {
		if start := r.floor(c.Start); r.from <= start && start < r.to {
			r.codes.of(c.Code, len(r.values))[r.slot(start)] = c.Count
		}
	}
	for i, v := range r.values {
		if isNumber(v) {
			r.values[i] = 0
			for _, c := range r.codes.all {
				r.values[i] += c.counts[i]
			}
		}
	}
}

// answeredGrid is where the slices of an answer start. What the points show counts: DataInterval may be missing, or of
// another answer. ok is false where nothing fits, or where it could be one length or the other.
func (w window) answeredGrid(answer cdn.Answer, served bool) (g grid, ok bool) {
	length := seconds(answer.Interval)
	apart := w.distance(answer.Points)
	switch {
	case length == 0 && apart == 0:
		length = w.track.grid.length
		if several := length < w.to-w.from; several && !served && w.doubt(answer) > 0 {
			return g, false
		}
	case length == 0:
		length = w.infer(answer.Points, apart)
	case apart%length != 0: // slices of that length cannot be so close together
		length = apart
	}
	if length < 60 || daySeconds%length != 0 && length%daySeconds != 0 {
		return g, false
	}
	if length == w.track.grid.length && length < daySeconds {
		return w.track.grid, true
	}
	g = grid{length: length}
	if length >= daySeconds {
		g.phase = w.track.grid.phase
		if len(answer.Points) > 0 {
			g.phase = grid{length: daySeconds}.rest(answer.Points[0].Start)
		}
	}
	return g, true
}

// distance is the largest length that every distance between points is a multiple of, 0 where all are at one moment.
func (w window) distance(points []cdn.Point) (apart int64) {
	for _, p := range points {
		if d := p.Start - points[0].Start; d != 0 && (apart == 0 || d%apart != 0) {
			apart = gcd(max(d, -d), apart)
		}
	}
	return apart
}

// infer is the slice length of an answer that does not tell it. Points closer than asked for have a length of their own;
// points further apart are longer slices if none is missing between them and they fill the window or are three, else what
// was asked for with gaps.
func (w window) infer(points []cdn.Point, apart int64) int64 {
	asked := w.track.grid.length
	if apart%asked != 0 {
		return gcd(apart, asked)
	}
	if apart > asked && w.lengths(apart) {
		first, last := points[0].Start, points[0].Start
		for _, p := range points {
			first, last = min(first, p.Start), max(last, p.Start)
		}
		whole := first <= w.from+apart && last+2*apart >= w.to
		if dense := int64(len(points)) > (last-first)/apart; dense && (whole || len(points) >= 3) {
			return apart
		}
	}
	return asked
}

// lengths tells whether the operation has slices of a length.
func (w window) lengths(length int64) bool {
	return slices.ContainsFunc(w.op.Slices, func(s cdn.Slice) bool { return seconds(s.Length) == length })
}

// doubt is the length, in seconds, of the longer slice that the only point of an answer could be which does not tell the
// length: one that starts there, and the only one that the window has room for; 0 if there is no such doubt.
func (w window) doubt(answer cdn.Answer) (longer int64) {
	if answer.Interval != 0 || len(answer.Points) == 0 || w.distance(answer.Points) != 0 {
		return 0
	}
	start, room := answer.Points[0].Start, w.to-w.from
	for _, s := range w.op.Slices {
		g := grid{length: seconds(s.Length)}
		if g.length >= daySeconds && g.rest(start) == beijingMidnight {
			g.phase = beijingMidnight
		}
		if g.length > w.track.grid.length && g.rest(start) == 0 && room < 2*g.length {
			longer = max(longer, g.length)
		}
	}
	return longer
}

// mostDescribed bounds the names of a list that the query inspector shows: it holds hundreds, and a search makes hundreds of
// calls.
const mostDescribed = 20

// describe is the line that the query inspector shows.
func (w window) describe() string {
	domains := w.track.domains
	if domains == "" {
		domains = "*"
	}
	if names := strings.Split(domains, ","); len(names) > mostDescribed {
		domains = fmt.Sprintf("%s,…(%d)", strings.Join(names[:mostDescribed], ","), len(names))
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
