package originflow

import (
	"slices"
	"sync"

	"github.com/originflow/aliyuncdn-datasource/pkg/sharedcache"
)

// Accounts are the accounts that data sources of this process use, by whatever identifies their credentials and endpoint.
// Its zero value is ready for use, and safe for concurrent use.
type Accounts struct {
	mu   sync.Mutex
	open map[string]*shared
}

// shared is an account and what its users want of it.
type shared struct {
	account *Account
	limits  map[*Limits]struct{}
	// cache is that of the user whose shared cache the account uses, nil for none.
	cache *sharedcache.Config
}

// Open returns the account of the key and a function to call when it is no longer needed. The account is forgotten when
// the last user has closed it. Where users differ in their limits, the lower rate and the larger cache apply, and the
// shared cache of the one who named one first.
func (a *Accounts) Open(key string, limits Limits) (account *Account, close func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.open == nil {
		a.open = map[string]*shared{}
	}
	s := a.open[key]
	if s == nil {
		s = &shared{account: NewAccount(limits), limits: map[*Limits]struct{}{}}
		a.open[key] = s
	}
	user := &limits
	s.limits[user] = struct{}{}
	s.agree()
	return s.account, sync.OnceFunc(func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(s.limits, user)
		if len(s.limits) > 0 {
			s.agree()
			return
		}
		delete(a.open, key)
		s.account.share(nil)
		s.account.mu.Lock()
		defer s.account.mu.Unlock()
		s.account.store.close()
	})
}

// Len is how many accounts are open.
func (a *Accounts) Len() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.open)
}

// agree applies the limits that suit all users.
func (s *shared) agree() {
	agreed := Limits{}
	var caches []*sharedcache.Config
	for l := range s.limits {
		if l.SharedCache != nil {
			caches = append(caches, l.SharedCache)
		}
		if agreed.CallsPerSecond == 0 || l.CallsPerSecond < agreed.CallsPerSecond {
			agreed.CallsPerSecond = l.CallsPerSecond
		}
		agreed.CacheBytes = max(agreed.CacheBytes, l.CacheBytes)
	}
	s.account.setLimits(agreed)
	if s.cache != nil && slices.Contains(caches, s.cache) || s.cache == nil && len(caches) == 0 {
		return
	}
	if s.cache = nil; len(caches) > 0 {
		s.cache = caches[0]
	}
	s.account.share(s.cache)
}
