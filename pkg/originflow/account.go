package originflow

import (
	"sync"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
)

// Account is what all data sources of one Alibaba Cloud account share in this process: the slices that were fetched, the
// calls under way, the call budget, and what the API taught about itself. It is safe for concurrent use.
type Account struct {
	budget  *budget
	metrics *metrics

	mu      sync.Mutex
	store   *store
	flights map[track][]*flight
	learned map[string]lesson  // by operation name
	retired bool               // DescribeDomainSrcFlowData is no longer there
	unknown map[string]refusal // by the names asked for
	domains directory
}

// refusal is the answer that a domain is unknown or offline, which is good for a minute.
type refusal struct {
	err  error
	time int64
}

// Limits bounds what an account may use.
type Limits struct {
	// CallsPerSecond of the API, 1 to 100.
	CallsPerSecond int
	// CacheBytes is the memory for slices, in byte.
	CacheBytes int64
}

// NewAccount returns an account of which nothing is known yet.
func NewAccount(limits Limits) *Account {
	a := &Account{
		budget:  newBudget(limits.CallsPerSecond),
		metrics: processMetrics,
		flights: map[track][]*flight{},
		learned: map[string]lesson{},
		unknown: map[string]refusal{},
	}
	a.store = newStore(limits.CacheBytes, a.metrics)
	return a
}

// setLimits changes the bounds.
func (a *Account) setLimits(limits Limits) {
	a.budget.setFull(limits.CallsPerSecond)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.store.resize(limits.CacheBytes)
}

// refused is why the domains have no series, if the API said so within the last minute: asking at every refresh would take
// from the budget of those that have.
func (a *Account) refused(domains string, now int64) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if r, ok := a.unknown[domains]; ok && now-r.time < tailSeconds {
		return r.err
	}
	delete(a.unknown, domains)
	return nil
}

func (a *Account) refuse(domains string, err error, now int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.unknown) >= maxTails {
		clear(a.unknown)
	}
	a.unknown[domains] = refusal{err, now}
}

// lesson is what the answers of an operation taught beyond its documentation.
type lesson struct {
	// dayPhase is when its days start, in seconds after midnight UTC.
	dayPhase int64
	// spans are, where they differ from the documentation, the spans in seconds that are answered with longer slices.
	spans map[spanKey]int64
}

// spanKey is what decides how long a span may be: slices of this length are answered up to another span with TimeMerge
// than without.
type spanKey struct {
	length    int64
	timeMerge TimeMerge
}

// beijingMidnight is 00:00 in UTC+8, in seconds after midnight UTC.
const beijingMidnight = 16 * 60 * 60

func (a *Account) lesson(op *cdn.FlowOperation) lesson {
	if l, ok := a.learned[op.Name()]; ok {
		return l
	}
	return lesson{dayPhase: beijingMidnight, spans: map[spanKey]int64{}}
}

// learn compares an answer with what was asked for. The caller holds a.mu.
func (a *Account) learn(f *flight) {
	asked, got := f.track.grid, f.run.grid
	if asked == got {
		return
	}
	lesson := a.lesson(f.op)
	if got.length >= daySeconds {
		lesson.dayPhase = got.phase
	}
	length := f.to - f.from
	switch {
	case got.length < asked.length: // the API chose it
		lesson.spans[spanKey{got.length, f.timeMerge}] = length + 1
	case got.length > asked.length && f.timeMerge == MergeOn:
		lesson.spans[spanKey{asked.length, f.timeMerge}] = length
	case got.length > asked.length:
		// Half the span will do, or half of that; down to where a call is hardly worth it.
		lesson.spans[spanKey{asked.length, f.timeMerge}] = max(length/2, asked.length+1)
	}
	a.learned[f.op.Name()] = lesson
}

// levels are the slice lengths of an operation, by its documentation and its answers, the shortest first. dataDelay is the
// data source's own delay; least is a length that an answer had, perhaps one that no documentation knows. The caller
// holds a.mu.
func (a *Account) levels(op *cdn.FlowOperation, timeMerge TimeMerge, dataDelay time.Duration, least int64) []level {
	lesson := a.lesson(op)
	var levels []level
	for _, s := range op.Slices {
		l := level{
			grid:    grid{length: seconds(s.Length)},
			maxSpan: seconds(s.MaxSpan),
			history: seconds(s.History),
			delay:   seconds(max(s.Delay, dataDelay)),
		}
		if timeMerge == MergeOff && op.MaxSpanUnmerged > 0 && len(levels) == 0 {
			l.maxSpan = seconds(op.MaxSpanUnmerged)
		}
		if known, ok := lesson.spans[spanKey{l.length, timeMerge}]; ok {
			l.maxSpan = known
		}
		if l.length >= daySeconds {
			l.phase = lesson.dayPhase
		}
		if least > 0 && least < l.length && (len(levels) == 0 || levels[len(levels)-1].length < least) {
			odd := l
			odd.grid = grid{length: least}
			levels = append(levels, odd)
		}
		levels = append(levels, l)
	}
	return levels
}
