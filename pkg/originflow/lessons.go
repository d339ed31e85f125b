package originflow

// lessons are what the answers of one account taught beyond the documentation. Each wants evidence, has a floor that
// bounds what it may cost, and ends by itself: what was an accident, or was mended, is not held against the API for ever.
// They are not safe for concurrent use. Their times are those of [moment.own].
type lessons struct {
	// changes counts the lessons that a plan rests on, so that a reader sees whether its plan is out of date.
	changes  int
	retired  map[string]expiry        // by operation
	lists    map[string]*listEvidence // by operation
	dayPhase map[string]int64
	answered map[question]*evidence
	history  map[question]*reach
	merged   map[mergedSpan]mergedLength
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

// beijingMidnight is 00:00 in UTC+8, in seconds after midnight UTC.
const beijingMidnight = 16 * 60 * 60

func newLessons() *lessons {
	return &lessons{
		retired:  map[string]expiry{},
		lists:    map[string]*listEvidence{},
		dayPhase: map[string]int64{},
		answered: map[question]*evidence{},
		history:  map[question]*reach{},
		merged:   map[mergedSpan]mergedLength{},
	}
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
