package originflow

import (
	"cmp"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/sharedcache"
)

// notes are what replicas tell each other of what the API taught them. Times are the API's, in Unix seconds.
type notes struct {
	Facts []fact
	// Revisions tell how late data is: when a slice turned out to be another, and its age then, in seconds.
	Revisions [][2]int64
	// Clock tells the API's time by the clock of the server that holds the shared cache, nil if no answer told it.
	Clock *reading
}

// fact is a lesson or a refusal.
type fact struct {
	factKey
	// At is when it was learned, Until when it ends, 0 for never; Gone tells that it was unlearned.
	At, Until int64
	Gone      bool `json:",omitempty"`
	// Value is a number of seconds: a length, a span or a phase.
	Value int64 `json:",omitempty"`
	// Refusal is why the API would not tell.
	Refusal *refusalNote `json:",omitempty"`
}

// factKey says what a fact is about.
type factKey struct {
	Kind      factKind
	Operation string    `json:",omitempty"`
	Length    int64     `json:",omitempty"`
	TimeMerge TimeMerge `json:",omitempty"`
	Domains   string    `json:",omitempty"`
}

func (k factKey) question() question { return question{k.Operation, k.Length, k.TimeMerge} }

// refusalNote is as much of an error of the API as tells its kind and names the call.
type refusalNote struct {
	Code, Message, RequestID string
	HTTPStatus               int
}

// reading is what two clocks showed at the same moment, in milliseconds of Unix time.
type reading struct{ API, Server int64 }

type factKind string

const (
	retiredFact  factKind = "retired"
	singleFact   factKind = "single"
	phaseFact    factKind = "phase"
	boundFact    factKind = "bound"
	withheldFact factKind = "withheld"
	historyFact  factKind = "history"
	mergedFact   factKind = "merged"
	refusedFact  factKind = "refused"
	suspectFact  factKind = "suspect"
)

const (
	notesName = "notes"
	// notesFor is how long notes are kept that nobody adds to.
	notesFor = 7 * 24 * time.Hour
	// maxFacts bounds the notes: of the facts that are news, the latest are told.
	maxFacts = 1024
)

// notebook is what was last told or heard of each fact. It is not safe for concurrent use.
type notebook struct {
	facts map[factKey]fact
	// read is the revision of the notes that were read last.
	read string
}

// update takes in what is known now.
func (n *notebook) update(known map[factKey]fact, now int64) {
	for key, old := range n.facts {
		_, holds := known[key]
		switch {
		case old.isOver(now):
			delete(n.facts, key)
		case !holds && !old.Gone:
			n.facts[key] = fact{factKey: key, At: now, Until: cmp.Or(old.Until, now+oneDay), Gone: true}
		}
	}
	for key, f := range known {
		if old, ok := n.facts[key]; !ok || old.Gone || old.differs(f) {
			f.At = now
			n.facts[key] = f
		}
	}
}

// isOver tells whether a fact holds no longer.
func (f fact) isOver(now int64) bool { return f.Until != 0 && f.Until <= now }

// differs tells whether two facts are more than what two clocks make of one.
func (f fact) differs(other fact) bool {
	const clocks = 60
	return f.Value != other.Value || max(f.Until-other.Until, other.Until-f.Until) > clocks
}

// facts are what is known now. The caller holds a.mu.
func (a *Account) facts(now moment) map[factKey]fact {
	known := map[factKey]fact{}
	theirs := now.ahead()
	add := func(key factKey, value int64, until expiry) {
		if until.holds(now.own) {
			known[key] = fact{factKey: key, Value: value, Until: int64(until) + theirs}
		}
	}
	l := a.lessons
	for operation, until := range l.retired {
		add(factKey{Kind: retiredFact, Operation: operation}, 0, until)
	}
	for operation, e := range l.lists {
		add(factKey{Kind: singleFact, Operation: operation}, 0, e.single)
	}
	for operation, phase := range l.dayPhase {
		key := factKey{Kind: phaseFact, Operation: operation}
		known[key] = fact{factKey: key, Value: phase}
	}
	for q, e := range l.answered {
		key := factKey{Operation: q.operation, Length: q.length, TimeMerge: q.timeMerge}
		key.Kind = boundFact
		add(key, e.bound, e.boundUntil)
		key.Kind = withheldFact
		add(key, e.withheldFrom, e.withheld)
	}
	for q, reach := range l.history {
		add(factKey{Kind: historyFact, Operation: q.operation, Length: q.length, TimeMerge: q.timeMerge}, reach.back, reach.until)
	}
	for s, m := range l.merged {
		add(factKey{Kind: mergedFact, Operation: s.operation, Length: s.seconds}, m.length, m.until)
	}
	a.refusals.facts(now, known)
	return known
}

// facts adds the refusals that hold.
func (r refusals) facts(now moment, known map[factKey]fact) {
	theirs := now.ahead()
	for about, given := range r.given {
		operation, domains, _ := strings.Cut(about, " ")
		until := given.time + refusedFor
		if failure, ok := errors.AsType[*cdn.Error](given.err); ok && until > now.own {
			key := factKey{Kind: refusedFact, Operation: operation, Domains: domains}
			known[key] = fact{factKey: key, Until: until + theirs, Refusal: &refusalNote{
				failure.Code, failure.Message, failure.RequestID, failure.HTTPStatus,
			}}
		}
	}
	for domain, s := range r.suspects {
		if until := s.time + suspectFor; until > now.own {
			key := factKey{Kind: suspectFact, Operation: s.operation, Domains: domain}
			known[key] = fact{factKey: key, Until: until + theirs}
		}
	}
}

// believe takes in a fact that another replica learned. The caller holds a.mu.
func (a *Account) believe(f fact, now moment) {
	l, q := a.lessons, f.question()
	until := f.Until - now.ahead()
	if f.Gone {
		until = 0
	}
	switch f.Kind {
	case retiredFact:
		l.retired[f.Operation] = expiry(until)
	case singleFact:
		l.lists[f.Operation] = &listEvidence{single: expiry(until)}
	case phaseFact:
		l.answeredDays(f.Operation, f.Value)
	case boundFact:
		e := l.evidence(q)
		e.bound, e.boundUntil = max(f.Value, floorSlices*q.length+1), expiry(until)
	case withheldFact:
		e := l.evidence(q)
		e.withheldFrom, e.withheld = f.Value, expiry(until)
		l.changes++
	case historyFact:
		l.history[q] = &reach{max(f.Value, daySeconds), expiry(until)}
		l.changes++
	case mergedFact:
		l.merged[mergedSpan{f.Operation, f.Length}] = mergedLength{f.Value, expiry(until)}
		l.changes++
	case refusedFact:
		delete(a.refusals.given, about(f.Operation, f.Domains))
		if f.Refusal != nil && !f.Gone {
			a.refusals.given[about(f.Operation, f.Domains)] = refusal{err: &cdn.Error{
				Operation: f.Operation, Code: f.Refusal.Code, Message: f.Refusal.Message,
				RequestID: f.Refusal.RequestID, HTTPStatus: f.Refusal.HTTPStatus,
			}, time: until - refusedFor}
		}
	case suspectFact:
		delete(a.refusals.suspects, f.Domains)
		if !f.Gone {
			a.refusals.suspects[f.Domains] = suspicion{f.Operation, until - suspectFor}
		}
	}
}

// readNotes takes in what other replicas learned.
func (a *Account) readNotes(cache *sharedcache.Cache, value sharedcache.Value, ours time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var heard notes
	if value.Revision == a.notebook.read || json.Unmarshal(value.Data, &heard) != nil {
		return
	}
	a.notebook.read = value.Revision
	if server, ok := cache.Time(); ok && heard.Clock != nil && a.clock.heard.IsZero() {
		a.clock.hear(ours, ours, server.Add(time.Duration(heard.Clock.API-heard.Clock.Server)*time.Millisecond).Truncate(time.Second))
	}
	now := a.moment(ours)
	a.notebook.update(a.facts(now), now.api)
	for _, f := range heard.Facts {
		if f.isOver(now.api) || a.notebook.facts[f.factKey].At >= f.At {
			continue
		}
		a.notebook.facts[f.factKey] = f
		a.believe(f, now)
	}
	a.lateness.merge(heard.Revisions)
}

// notesNews are the notes, where there is something that other replicas may not know.
func (a *Account) notesNews(cache *sharedcache.Cache, ours time.Time) []news {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.moment(ours)
	a.notebook.update(a.facts(now), now.api)
	mine := notes{Facts: slices.Collect(maps.Values(a.notebook.facts)), Revisions: a.lateness.told(now.api)}
	if server, ok := cache.Time(); ok && !a.clock.heard.IsZero() {
		mine.Clock = &reading{a.clock.at(ours).UnixMilli(), server.UnixMilli()}
	}
	if len(mine.Facts) == 0 && len(mine.Revisions) == 0 && mine.Clock == nil {
		return nil
	}
	return []news{{name: notesName, expires: notesFor, after: func(known []byte) ([]byte, bool) {
		var theirs notes
		_ = json.Unmarshal(known, &theirs) // nothing, or of another version
		if !theirs.add(mine, now.api) {
			return nil, false
		}
		data, err := json.Marshal(theirs)
		return data, err == nil
	}}}
}

// add adds what others know later or better. It tells whether there was such a thing.
func (n *notes) add(others notes, now int64) (changed bool) {
	facts := map[factKey]fact{}
	for _, f := range n.Facts {
		if !f.isOver(now) {
			facts[f.factKey] = f
		}
	}
	for _, f := range others.Facts {
		if old, ok := facts[f.factKey]; !f.isOver(now) && (!ok || old.At < f.At) {
			facts[f.factKey] = f
			changed = true
		}
	}
	n.Facts = slices.SortedFunc(maps.Values(facts), func(a, b fact) int { return cmp.Compare(b.At, a.At) })
	n.Facts = n.Facts[:min(len(n.Facts), maxFacts)]

	for _, r := range others.Revisions {
		if !slices.Contains(n.Revisions, r) {
			n.Revisions = append(n.Revisions, r)
			changed = true
		}
	}
	n.Revisions = n.Revisions[max(len(n.Revisions)-maxRevisions, 0):]
	if others.Clock != nil && (n.Clock == nil || n.Clock.differs(*others.Clock)) {
		n.Clock = others.Clock
		changed = true
	}
	return changed
}

// differs tells whether two readings are of clocks that drifted apart, and not only of a header in whole seconds.
func (r reading) differs(later reading) bool {
	const tolerance = 2000
	drift := later.API - later.Server - (r.API - r.Server)
	return max(drift, -drift) > tolerance
}
