package plugin

import (
	"context"
	"sync"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
)

// idleAfter is how long a data source that nobody uses keeps its account: who opens a dashboard once a day finds its
// slices, and alert rules and dashboards that refresh by themselves use theirs much more often.
const idleAfter = 24 * time.Hour

// lease is a data source's hold on its account, for as long as it uses it. The SDK disposes of a data source when its
// settings change, but never of one that was deleted: without an end of its own, the hold of that one would keep the
// slices in memory and its limits in force until the process ends.
//
// Whoever got the account keeps it, also when the lease ends meanwhile: what ends is only that others find it. A lease is
// safe for concurrent use.
type lease struct {
	open func() (account *originflow.Account, close func())

	mu       sync.Mutex
	account  *originflow.Account // nil: let go
	close    func()              // does nothing the second time
	used     time.Time
	idle     *time.Timer
	disposed bool
}

// newLease opens the account at once: when settings change, the data source before is about to close it, with its slices.
func newLease(open func() (account *originflow.Account, close func())) *lease {
	l := &lease{open: open}
	l.idle = time.AfterFunc(idleAfter, func() { _ = guarded(context.Background(), l.expire) })
	l.use()
	return l
}

// use returns the account, which is opened if it was let go, and keeps it for another day.
func (l *lease) use() *originflow.Account {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.account == nil {
		l.account, l.close = l.open()
	}
	if l.disposed {
		// A query that began before. It gets its account, but nobody would be there to close it later.
		l.close()
		return l.account
	}
	l.used = time.Now()
	l.idle.Reset(idleAfter)
	return l.account
}

// expire lets go of an account that is idle. The timer may have called it just before a use.
func (l *lease) expire() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.account == nil || time.Since(l.used) < idleAfter {
		return
	}
	l.close()
	l.account, l.close = nil, nil
}

// dispose ends the lease for good.
func (l *lease) dispose() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.disposed = true
	l.idle.Stop()
	if l.account != nil {
		l.close()
	}
}
