package originflow

import (
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
)

// lessons are what the answers of one account taught beyond the documentation. Each wants evidence, has a floor that
// bounds what it may cost, and ends by itself: what was an accident, or was mended, is not held against the API for ever.
// They are not safe for concurrent use. Their times are those of [moment.own].
type lessons struct {
	// changes counts the lessons that a plan rests on, so that a reader sees whether its plan is out of date.
	changes  int
	retired  expiry
	lists    map[string]*listEvidence // by operation
	dayPhase map[string]int64
	answered map[question]*evidence
	history  map[question]*reach
	merged   map[mergedSpan]mergedLength
}

// question is what decides which slices an answer has: of what length they were asked for, with which TimeMerge.
type question struct {
	operation string
	length    int64
	timeMerge TimeMerge
}

// expiry is the end of a lesson, 0 for one that was not learned.
type expiry int64

func (e expiry) holds(now int64) bool { return now < int64(e) }

// The lives of lessons, in seconds.
const (
	// oneDay is for what an account or an API is like.
	oneDay = daySeconds
	// oneHour is for what costs the user something as long as it is believed.
	oneHour = 60 * 60
	// recently is how long an answer counts as news: what it proves served is not "not served".
	recently = 10 * 60
)

const (
	// floorSlices is the span, in slices, below which no lesson shortens a call: it bounds what one may cost.
	floorSlices = 72
	// twice and thrice are how often the API must say so before a long span, or a length as a whole, is given up.
	twice, thrice = 2, 3
)

// beijingMidnight is 00:00 in UTC+8, in seconds after midnight UTC.
const beijingMidnight = 16 * 60 * 60

func newLessons() *lessons {
	return &lessons{
		lists:    map[string]*listEvidence{},
		dayPhase: map[string]int64{},
		answered: map[question]*evidence{},
		history:  map[question]*reach{},
		merged:   map[mergedSpan]mergedLength{},
	}
}

// evidence is what the answers to one question told of the spans that it is served for.
type evidence struct {
	// fine is when slices of the length asked for were last answered.
	fine int64
	// coarse counts the answers with longer slices since spans like theirs were last answered well, shortest is the
	// shortest of those spans, latest the time of the last.
	coarse   int
	shortest int64
	latest   int64
	// bound is the span, in seconds, that is no longer answered with this length.
	bound      int64
	boundUntil expiry
	// withheld is until when the length counts as not served, for spans from withheldFrom on.
	withheld     expiry
	withheldFrom int64
}

func (l *lessons) evidence(q question) *evidence {
	e := l.answered[q]
	if e == nil {
		e = &evidence{}
		l.answered[q] = e
	}
	return e
}

// answeredFine takes in an answer with slices of the length asked for.
func (l *lessons) answeredFine(q question, span, now int64) {
	e := l.evidence(q)
	e.fine = now
	if e.withheld != 0 && span >= e.withheldFrom {
		e.withheld = 0
		l.changes++
	}
	if e.coarse >= twice && span < e.shortest { // the long span is what was refused, not the length
		l.shorten(e, q, now)
	}
	if span >= e.shortest {
		e.coarse, e.shortest = 0, 0
	}
}

// answeredCoarse takes in an answer with longer slices than asked for.
func (l *lessons) answeredCoarse(q question, span, now int64) {
	e := l.evidence(q)
	if e.coarse > 0 && now-e.latest > oneHour {
		e.coarse = 0 // two oddities are no evidence if an hour lies between them
	}
	if e.coarse == 0 || span < e.shortest {
		e.shortest = span
	}
	e.coarse++
	e.latest = now
	served := l.served(q, now)
	isShort := e.shortest <= floorSlices*q.length
	switch {
	case e.coarse >= twice && served && !isShort:
		l.shorten(e, q, now)
	case e.coarse >= thrice && isShort:
		e.withheld, e.withheldFrom = expiry(now+oneHour), 0
		if served { // if only for spans that are shorter yet
			e.withheldFrom = e.shortest
		}
		e.coarse, e.shortest = 0, 0
		l.changes++
	}
}

// served tells whether slices of the length asked for were answered of late.
func (l *lessons) served(q question, now int64) bool {
	e, ok := l.answered[q]
	return ok && e.fine > 0 && now-e.fine < recently
}

// shorten halves the span asked for, down to the floor.
func (l *lessons) shorten(e *evidence, q question, now int64) {
	e.bound, e.boundUntil = max(e.shortest/2, floorSlices*q.length+1), expiry(now+oneDay)
	e.coarse, e.shortest = 0, 0
}

// maxSpan is the span, in seconds, that a call stays below, given the documented one. probe tells that a single short call
// has to find out first whether this length is served at all.
func (l *lessons) maxSpan(q question, documented, now int64) (limit int64, probe bool) {
	e, ok := l.answered[q]
	if !ok {
		return documented, false
	}
	if e.boundUntil.holds(now) {
		documented = min(documented, e.bound)
	}
	if e.withheld.holds(now) && e.withheldFrom > 0 {
		return min(documented, e.withheldFrom), false
	}
	if floor := floorSlices*q.length + 1; e.coarse >= twice && floor < documented {
		return floor, true
	}
	return documented, false
}

// isWithheld tells whether slices of a length are not to be had for a span, in seconds.
func (l *lessons) isWithheld(q question, span, now int64) bool {
	e, ok := l.answered[q]
	return ok && e.withheld.holds(now) && span >= e.withheldFrom
}

// reach is how far back an account's history goes where that is less than documented, in seconds.
type reach struct {
	back  int64
	until expiry
}

// tooOld takes in that a span was refused for its age. documented is what should be there.
func (l *lessons) tooOld(q question, s span, documented int64, now moment) {
	back := now.api - s.to
	if s.from < now.api-documented || back < daySeconds {
		return // rightly refused, or the oddity of an answer: an account has a day at least
	}
	if known := l.history[q]; known != nil && known.until.holds(now.own) && known.back <= back {
		return
	}
	l.history[q] = &reach{back, expiry(now.own + oneHour)}
	l.changes++
}

func (l *lessons) historyOf(q question, documented, now int64) int64 {
	if known := l.history[q]; known != nil && known.until.holds(now) {
		return min(documented, known.back)
	}
	return documented
}

// mergedSpan is a span asked for with TimeMerge, which leaves the length to the API, and mergedLength what it chose.
type (
	mergedSpan struct {
		operation string
		seconds   int64
	}
	mergedLength struct {
		length int64
		until  expiry
	}
)

// maxMerged bounds the spans remembered.
const maxMerged = 256

// answeredMerged takes in the length that the API chose for a span.
func (l *lessons) answeredMerged(operation string, span, length, now int64) {
	if len(l.merged) >= maxMerged {
		clear(l.merged)
	}
	if l.mergedLength(operation, span, now) != length {
		l.changes++
	}
	l.merged[mergedSpan{operation, span}] = mergedLength{length, expiry(now + oneDay)}
}

// mergedLength is the length that the API chose for a span, 0 if that is not known.
func (l *lessons) mergedLength(operation string, span, now int64) int64 {
	if known := l.merged[mergedSpan{operation, span}]; known.until.holds(now) {
		return known.length
	}
	return 0
}

// answeredDays takes in when the days of an answer start.
func (l *lessons) answeredDays(operation string, phase int64) {
	if l.phaseOf(operation) != phase {
		l.dayPhase[operation] = phase
		l.changes++
	}
}

// phaseOf is when the days of an operation start, in seconds after midnight UTC.
func (l *lessons) phaseOf(operation string) int64 {
	if phase, ok := l.dayPhase[operation]; ok {
		return phase
	}
	return beijingMidnight
}

// listEvidence is what the answers told of lists of domains.
type listEvidence struct {
	// refused counts the times that an operation served each of two domains, and both together it did not: once may mean
	// that one of them came online in between. latest is the time of the last.
	refused int
	latest  int64
	// single is until when every domain is asked for by itself.
	single expiry
}

func (l *lessons) refusedPair(operation string, now int64) {
	e := l.lists[operation]
	if e == nil || now-e.latest > oneHour {
		e = &listEvidence{}
		l.lists[operation] = e
	}
	if e.refused++; e.refused >= twice {
		e.single = expiry(now + oneDay)
	}
	e.latest = now
}

func (l *lessons) servedList(operation string) { delete(l.lists, operation) }

// servesLists tells whether one call may name several domains.
func (l *lessons) servesLists(operation string, now int64) bool {
	e := l.lists[operation]
	return e == nil || !e.single.holds(now)
}

// offer is what an operation is known to serve to a request.
type offer struct {
	// levels are the slice lengths, the shortest first; one at least.
	levels []level
	// dayPhase is when days start, in seconds after midnight UTC.
	dayPhase int64
}

// offer is what an operation serves by its documentation and its answers. dataDelay is the data source's own; lengths below
// least, in seconds, are left out, 0 for none.
func (l *lessons) offer(op *cdn.FlowOperation, request Request, dataDelay time.Duration, least, now int64) offer {
	o := offer{dayPhase: l.phaseOf(op.Name())}
	chosen := int64(0)
	if request.TimeMerge == MergeOn {
		chosen = l.mergedLength(op.Name(), request.span(), now)
	}
	for i, s := range op.Slices {
		q := question{op.Name(), seconds(s.Length), request.TimeMerge}
		v := level{
			grid:    grid{length: q.length},
			maxSpan: seconds(s.MaxSpan),
			history: l.historyOf(q, seconds(s.History), now),
			delay:   seconds(max(s.Delay, dataDelay)),
		}
		if request.TimeMerge == MergeOff && op.MaxSpanUnmerged > 0 && i == 0 {
			v.maxSpan = seconds(op.MaxSpanUnmerged)
		}
		last := i == len(op.Slices)-1
		if chosen > 0 && (v.length >= chosen || last) {
			// The API chooses this length for the whole span, documented or not.
			v.length, v.maxSpan = chosen, endless
			o.levels, last = nil, true
		}
		if v.length >= daySeconds {
			v.phase = o.dayPhase
		}
		if last || v.length >= least && !l.isWithheld(q, request.span(), now) {
			o.levels = append(o.levels, v)
		}
		if chosen > 0 && last {
			break
		}
	}
	return o
}
