package originflow

import (
	"sync"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
)

// Account is what all data sources of one Alibaba Cloud account share in this process: the slices that were fetched, the
// calls under way, the call budget, and what the API taught about itself. It is safe for concurrent use.
type Account struct {
	budget    *budget
	metrics   *metrics
	directory directory

	mu       sync.Mutex // guards what follows
	clock    clock
	store    *store
	flights  map[track][]*flight
	lessons  *lessons
	refusals refusals
	lateness lateness
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
	return &Account{
		budget:    newBudget(limits.CallsPerSecond),
		metrics:   processMetrics,
		store:     newStore(limits.CacheBytes, processMetrics),
		flights:   map[track][]*flight{},
		lessons:   newLessons(),
		refusals:  refusals{},
		directory: directory{listing: map[*cdn.Client]*listing{}, failed: map[*cdn.Client]listFailure{}},
	}
}

// setLimits changes the bounds.
func (a *Account) setLimits(limits Limits) {
	a.budget.setFull(limits.CallsPerSecond)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.store.resize(limits.CacheBytes)
}

// CacheBytes is the memory that slices take now, in byte.
func (a *Account) CacheBytes() int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.store.used
}

// apiTime is the API's time at a moment of our clock, in whole seconds.
func (a *Account) apiTime(ours time.Time) int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.clock.at(ours).Unix()
}

// hear takes the time from an answer.
func (a *Account) hear(sent, received, date time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.clock.hear(sent, received, date)
}

// operation is the one that auto calls: the successor, once the old one proved retired.
func (a *Account) operation(now int64) *cdn.FlowOperation {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.lessons.retired.holds(now) {
		return cdn.SrcTrafficData
	}
	return cdn.SrcFlowData
}

func (a *Account) retire(now int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lessons.retired = expiry(now + oneDay)
}

// lessonsLearned counts what was learned that a plan rests on.
func (a *Account) lessonsLearned() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.lessons.changes
}
