package originflow

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"sync"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/sharedcache"
)

// DomainList is the account's list of domains.
type DomainList struct {
	// Domains in the order of the API. The caller must not change them.
	Domains []cdn.Domain
	// Read is when the list was read, by our clock.
	Read time.Time
	// Err is why there is none newer, where the list is more than 5 minutes old: a *cdn.Error, [ErrBudget], a
	// [*guard.Panic] or the context's.
	Err error
}

// directory keeps the list, and reads it at need.
type directory struct {
	mu      sync.Mutex
	list    DomainList
	listing map[*cdn.Client]*listing
	// failed are the clients that could not read it of late: another's way to the API may be open.
	failed map[*cdn.Client]listFailure
}

// listFailure is why a client could not read the list, and until when it is not worth another try.
type listFailure struct {
	err   error
	until time.Time
}

// listing is a reading of the list under way, for whoever comes to wait for it.
type listing struct {
	errand
	done chan struct{}
	list DomainList
	// old is what another replica read, if that is too long ago.
	old DomainList
}

const (
	// directoryAge is how long the list of domains is good for.
	directoryAge = 5 * time.Minute
	// listWithin bounds the reading of the list, for which nobody may be waiting any more.
	listWithin = 30 * time.Second
	// oldListAfter is how long a caller waits for a new list where there is an old one.
	oldListAfter = 5 * time.Second
	// listAgainAfter is the pause after a failure, as long as there is an old list.
	listAgainAfter = 30 * time.Second
)

// Domains lists every domain of the account, at most 5 minutes old; an older list where a new one cannot be had, which
// beats none. Every error is a *cdn.Error, [ErrBudget], a [*guard.Panic] or the context's.
func (r *Reader) Domains(ctx context.Context, alert bool) (DomainList, error) {
	old, under := r.heldList(ctx, alert)
	if under == nil {
		return old, nil
	}
	isOld := !old.Read.IsZero()
	waited := ctx
	if isOld {
		var cancel context.CancelFunc
		waited, cancel = context.WithTimeout(ctx, oldListAfter)
		defer cancel()
	}
	var err error
	select {
	case <-under.done:
		if err = under.list.Err; err == nil {
			return under.list, nil
		}
		if !isOld {
			old, isOld = under.old, !under.old.Read.IsZero()
		}
	case <-waited.Done():
		err = under.lateness(waited)
	}
	if isOld && ctx.Err() == nil {
		old.Err = err
		return old, nil
	}
	return DomainList{}, err
}

// heldList is the list there is, and the reading of a new one to wait for; nil where the old one has to do.
func (r *Reader) heldList(ctx context.Context, alert bool) (old DomainList, under *listing) {
	d := &r.Account.directory
	d.mu.Lock()
	defer d.mu.Unlock()
	old, now := d.list, r.Now()
	isOld := !old.Read.IsZero()
	if isOld && now.Sub(old.Read) < directoryAge {
		return old, nil
	}
	if failed := d.failed[r.Client]; isOld && now.Before(failed.until) {
		old.Err = failed.err
		return old, nil
	}
	under = d.listing[r.Client]
	isNew := under == nil
	if isNew {
		under = &listing{done: make(chan struct{})}
		under.queued.Store(true)
	}
	r.Account.budget.join(&under.errand, &asker{}, alert)
	if isNew {
		d.listing[r.Client] = under
		// Whoever else asks meanwhile waits for the same list, so it does not end with ctx.
		go r.list(context.WithoutCancel(ctx), under)
	}
	return old, under
}

// list reads the list, for all who wait for it.
func (r *Reader) list(ctx context.Context, l *listing) {
	defer close(l.done)
	ctx, cancel := context.WithTimeout(ctx, listWithin)
	defer cancel()
	defer l.endLease()
	if p := r.guarded(ctx, func() { r.readList(ctx, l) }); p != nil {
		l.list = DomainList{Err: p} // which no pause follows, as it was never read
	}

	d := &r.Account.directory
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.listing, r.Client)
	if l.list.Err == nil {
		d.list = l.list
		return
	}
	if d.list.Read.IsZero() {
		d.list = l.old
	}
	maps.DeleteFunc(d.failed, func(_ *cdn.Client, old listFailure) bool { return !l.list.Read.Before(old.until) })
	d.failed[r.Client] = listFailure{l.list.Err, l.list.Read.Add(listAgainAfter)}
}

// readList has another replica's list, or reads one and lets the others have it.
func (r *Reader) readList(ctx context.Context, l *listing) {
	have := func(cache *sharedcache.Cache) bool {
		if l.old = r.sharedList(ctx, cache); r.Now().Sub(l.old.Read).Abs() < directoryAge {
			l.list = l.old
			return true
		}
		return false
	}
	for isOurs := false; !isOurs; isOurs = !errors.Is(l.list.Err, sharedcache.ErrLost) {
		if r.Account.leaseFor(ctx, &l.errand, []string{listName}, have) {
			return
		}
		l.list.Domains, l.list.Err = r.listDomains(ctx, &l.errand)
	}
	l.list.Read = r.Now()
	if cache := r.Account.replicas.Load(); cache != nil && l.list.Err == nil {
		r.shareList(ctx, cache, l.list)
	}
}

const (
	listName = "domains"
	// listFor is how long other replicas are offered a list that none of them renews: an old one beats none.
	listFor = 24 * time.Hour
)

// listNote is the list for other replicas, and when it was read, by the API's time in Unix seconds.
type listNote struct {
	Read    int64
	Domains []cdn.Domain
}

// sharedList is the list that another replica read last, empty if there is none.
func (r *Reader) sharedList(ctx context.Context, cache *sharedcache.Cache) DomainList {
	values, err := cache.Load(ctx, []string{listName})
	var note listNote
	if err != nil || json.Unmarshal(values[0].Data, &note) != nil {
		return DomainList{}
	}
	r.Account.mu.Lock()
	defer r.Account.mu.Unlock()
	ours := r.Now()
	age := time.Duration(r.Account.moment(ours).api-note.Read) * time.Second
	return DomainList{Domains: note.Domains, Read: ours.Add(-age)}
}

// shareList lets other replicas have the list.
func (r *Reader) shareList(ctx context.Context, cache *sharedcache.Cache, list DomainList) {
	r.Account.mu.Lock()
	note := listNote{Read: r.Account.moment(list.Read).api, Domains: list.Domains}
	r.Account.mu.Unlock()
	r.Account.publish(ctx, cache, []news{{name: listName, expires: listFor, after: func(known []byte) ([]byte, bool) {
		var theirs listNote
		if json.Unmarshal(known, &theirs) == nil && theirs.Read > note.Read {
			return nil, false
		}
		data, err := json.Marshal(note)
		return data, err == nil
	}}})
}

// listDomains reads every page. The list may change meanwhile, so that a domain comes twice; a page with nothing new is
// the last, whatever number of domains the API promised.
func (r *Reader) listDomains(ctx context.Context, e *errand) ([]cdn.Domain, error) {
	domains := []cdn.Domain{}
	seen := map[string]bool{}
	for number := 1; ; number++ {
		var page cdn.DomainsPage
		_, err := r.Account.call(ctx, r.Now, e, cdn.UserDomains, func(ctx context.Context) (_ time.Time, err error) {
			page, err = r.Client.UserDomains(ctx, number, cdn.MaxDomainsPerPage)
			return page.Date, err
		})
		if err != nil {
			if ctx.Err() != nil {
				err = e.lateness(ctx)
			}
			return nil, err
		}
		known := len(domains)
		for _, domain := range page.Domains {
			if !seen[domain.Name] {
				seen[domain.Name] = true
				domains = append(domains, domain)
			}
		}
		if len(domains) == known || page.Total >= 0 && number*cdn.MaxDomainsPerPage >= page.Total {
			return domains, nil
		}
	}
}
