package originflow

// question is what decides which slices an answer has: of what length they were asked for, with which TimeMerge.
type question struct {
	operation string
	length    int64
	timeMerge TimeMerge
}

const (
	// floorSlices is the span, in slices, below which no lesson shortens a call: it bounds what one may cost.
	floorSlices = 72
	// twice and thrice are how often the API must say so before a long span, or a length as a whole, is given up.
	twice, thrice = 2, 3
)

// evidence is what the answers to one question told of the spans that it is served for.
type evidence struct {
	// fine is when slices of the length asked for were last answered, longest the longest span that they were answered for
	// within an hour, up to longestAt.
	fine      int64
	longest   int64
	longestAt int64
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
	if span >= e.longest || now-e.longestAt > oneHour {
		e.longest, e.longestAt = span, now
	}
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
	if e.longest >= span && now-e.longestAt < oneHour {
		return // an accident: longer spans were answered well just before
	}
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
	e.bound, e.boundUntil = max(e.shortest/2, floorSlices*q.length+1), expiry(now+oneHour)
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
