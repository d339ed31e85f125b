package originflow

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/sharedcache"
)

// Account is what all data sources of one Alibaba Cloud account share in this process: the slices that were fetched, the
// calls under way, the call budget, and what the API taught about itself. It is safe for concurrent use.
type Account struct {
	budget    *budget
	metrics   *metrics
	directory directory
	// replicas is what the account has in common with other processes, nil for nothing.
	replicas atomic.Pointer[sharedcache.Cache]

	mu       sync.Mutex // guards what follows
	clock    clock
	born     time.Time
	store    *store
	flights  map[track][]*flight
	lessons  *lessons
	refusals refusals
	lateness lateness
	notebook notebook
	rankings map[rankingKey]*ranking
}

// Limits is what an account may use.
type Limits struct {
	// CallsPerSecond of the API, 1 to 100.
	CallsPerSecond int
	// CacheBytes is the memory for slices, in byte.
	CacheBytes int64
	// SharedCache is what the account has in common with those of other processes, nil for nothing.
	SharedCache *sharedcache.Config
}

// NewAccount returns an account of which nothing is known yet.
func NewAccount(limits Limits) *Account {
	a := &Account{
		budget:    newBudget(limits.CallsPerSecond),
		metrics:   processMetrics,
		store:     newStore(limits.CacheBytes, processMetrics),
		flights:   map[track][]*flight{},
		lessons:   newLessons(),
		refusals:  newRefusals(),
		rankings:  map[rankingKey]*ranking{},
		directory: directory{listing: map[*cdn.Client]*listing{}, failed: map[*cdn.Client]listFailure{}},
		notebook:  notebook{facts: map[factKey]fact{}},
	}
	a.budget.replicas = &a.replicas
	return a
}

// setLimits changes the bounds.
func (a *Account) setLimits(limits Limits) {
	a.budget.setCallsPerSecond(limits.CallsPerSecond)
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

// moment is what the clocks show at a time of ours; own begins at 1, as 0 stands for never. The caller holds a.mu.
func (a *Account) moment(ours time.Time) moment {
	if a.born.IsZero() {
		a.born = ours
	}
	return moment{api: a.clock.at(ours).Unix(), own: 1 + seconds(ours.Sub(a.born))}
}

// hear takes the time from an answer.
func (a *Account) hear(sent, received, date time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.clock.hear(sent, received, date)
}

// isRetired tells whether an operation proved retired of late.
func (a *Account) isRetired(op *cdn.Operation, ours time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.lessons.retired[op.Name()].holds(a.moment(ours).own)
}

func (a *Account) retire(op *cdn.Operation, ours time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lessons.retired[op.Name()] = expiry(a.moment(ours).own + oneDay)
}

// lessonsLearned counts what was learned that a plan rests on.
func (a *Account) lessonsLearned() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.lessons.changes
}
