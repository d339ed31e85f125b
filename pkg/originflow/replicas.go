package originflow

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/sharedcache"
)

// What replicas of Grafana have in common is a second level behind the store: it is looked at when the store lacks something
// that would cost a call, and told what calls brought. All of it is by the API's time, the one clock that replicas agree on.

// share has the account use a shared cache, nil for none, in place of the one it used.
func (a *Account) share(config *sharedcache.Config) {
	var cache *sharedcache.Cache
	if config != nil {
		cache, _ = sharedcache.Open(*config) // whose only error is a URL that the settings do not take
	}
	if old := a.replicas.Swap(cache); old != nil {
		old.Close()
	}
}

// alone is why the shared cache is of no use now, "" if it is, or there is none.
func (a *Account) alone() sharedcache.Trouble {
	if cache := a.replicas.Load(); cache != nil {
		return cache.State().Trouble
	}
	return ""
}

// brought are the slices of a request that came from the shared cache, by track.
type brought map[track]*delivery

// delivery is what came of one track.
type delivery struct {
	// slices counts those that the store had not known.
	slices int
	// pages are the final slices that came: the store may have no room for them, or make room for others meanwhile.
	pages []page
}

// maxPages bounds what one look at the shared cache brings: a page has some 2 KB.
const maxPages = 4096

// bring takes from the shared cache what the store lacks for a request, in one round trip.
func (r *Reader) bring(ctx context.Context, request Request, ops operations, ours time.Time) brought {
	cache := r.Account.replicas.Load()
	if cache == nil {
		return nil
	}
	p, now := r.plan(request, ops, ours, 0)
	sum := splitter{reader: r, ops: ops, request: request, plan: p, now: now}
	var ids []pageID
	for _, target := range request.Targets {
		for _, list := range sum.lists(target) {
			for _, op := range ops {
				ids = append(ids, r.lacking(op, strings.Join(list, ","), request, p, now)...)
			}
		}
		if len(ids) >= maxPages {
			break // the rest is looked for one by one, before it is called for
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return r.Account.look(ctx, cache, ids, r.Now)
}

// lacking are the pages of an operation that the store has not, or not to the last slice.
func (r *Reader) lacking(op *cdn.Operation, domains string, request Request, p plan, now moment) (ids []pageID) {
	r.Account.mu.Lock()
	defer r.Account.mu.Unlock()
	for _, l := range p.layers(domains) {
		t := track{operation: op.Name(), domains: domains, grid: l.grid, delay: seconds(r.DataDelay)}
		final := span{l.from, min(l.to, l.finalUntil(now.api))}
		ids = append(ids, r.Account.store.lacking(t, final)...)
		if request.Provisional && final.to < l.to && !r.Account.store.tracks[t].hasTail(now.own) {
			ids = append(ids, pageID{t, tailPage})
		}
	}
	return ids
}

// look reads pages from the shared cache into the store, and what else replicas tell each other with them.
func (a *Account) look(ctx context.Context, cache *sharedcache.Cache, ids []pageID, ours func() time.Time) brought {
	names := []string{notesName}
	for _, id := range ids {
		names = append(names, id.name())
	}
	values, err := cache.Load(ctx, names)
	if err != nil {
		return nil
	}
	a.readNotes(cache, values[0], ours())
	pages := make([]page, 0, len(ids))
	known := ids[:0:0]
	for i, value := range values[1:] {
		if p, err := decodePage(ids[i], value.Data, countsByCode(ids[i].operation)); err == nil {
			pages, known = append(pages, p), append(known, ids[i])
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.moment(ours())
	all := brought{}
	for i, p := range pages {
		t := known[i].track
		if all[t] == nil {
			all[t] = &delivery{}
		}
		all[t].slices += a.store.adopt(known[i], p, now)
		if known[i].number != tailPage { // which is good for a moment only
			all[t].pages = append(all[t].pages, p)
		}
	}
	return all
}

// take has a part take what came from the shared cache and the store has not, or no longer.
func (all brought) take(p *part, fixGap bool) (taken int) {
	if d := all[p.track]; d != nil {
		for _, page := range d.pages {
			page.codes = p.slices.codes.grouped(page.codes)
			taken += p.slices.take(page.stretch, fixGap)
		}
	}
	return taken
}

// slices counts what came of a track, and was not known before.
func (all brought) slices(t track) int {
	if d := all[t]; d != nil {
		return d.slices
	}
	return 0
}

// The pauses between two tries to come by a lease that another has, and how long a flight tries at most: whoever has it may
// be waiting for the budget, and lives, or the lease would have ended.
const (
	firstLeasePause = 20 * time.Millisecond
	lastLeasePause  = 500 * time.Millisecond
	longestLease    = time.Minute
)

// leaseFor sees to it that no other replica is at the same call: it returns when it has the lease, and have found that it is
// still needed. Where have finds that it is not, it returns true. Without a shared cache, it returns at once.
func (a *Account) leaseFor(ctx context.Context, e *errand, names []string, have func(*sharedcache.Cache) bool) bool {
	cache := a.replicas.Load()
	if cache == nil {
		return false
	}
	e.endLease() // one that was lost
	pause := firstLeasePause
	for begun := time.Now(); time.Since(begun) < longestLease; pause = min(2*pause, lastLeasePause) {
		lease, err := cache.Take(ctx, names, a.budget.isUrgent(e))
		if err != nil {
			return false
		}
		if lease != nil {
			e.lease = lease
			return have(cache)
		}
		select {
		case <-time.After(pause/2 + rand.N(pause/2)):
		case <-ctx.Done():
			return false
		}
	}
	return false
}

// endLease lets others come by what the errand had the lease of.
func (e *errand) endLease() {
	if e.lease != nil {
		e.lease.Release()
		e.lease = nil
	}
}

// leaseNames are what a flight wants for itself: the blocks that it is about, whatever part of them.
func (f *flight) leaseNames() (names []string) {
	for _, id := range f.track.pagesOf(f.span) {
		names = append(names, "lease "+id.name())
	}
	return names
}

// isThere tells whether another replica meanwhile had the answer that a flight is after, which is its outcome then.
func (a *Account) isThere(ctx context.Context, r *Reader, f *flight, cache *sharedcache.Cache) bool {
	all := a.look(ctx, cache, append(f.track.pagesOf(f.span), pageID{f.track, tailPage}), r.Now)
	if all == nil {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.moment(r.Now())
	found := newStretch(f.track.grid, f.span)
	if f.op.ByCode() {
		found.codes = &columns{}
	}
	a.store.load(f.track, found, f.fixGap, true, now.own)
	all.take(&part{track: f.track, slices: found}, f.fixGap)
	for _, w := range f.wanted {
		isThere := !slices.ContainsFunc(found.gaps(), w.overlaps)
		if !isThere || w.asked > 0 && !a.store.lookedSince(f.track, w) {
			return false
		}
	}
	final := f.answered(f.track.grid).finalUntil(now.api)
	f.outcome = outcome{slices: found, finalUntil: final, elsewhere: true}
	return true
}

// tell lets the other replicas know what a flight brought, and what was learned from it.
func (a *Account) tell(ctx context.Context, r *Reader, f *flight) {
	cache := a.replicas.Load()
	if cache == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tellWithin)
	defer cancel()
	defer f.endLease()
	all := a.notesNews(cache, r.Now())
	if f.news != nil {
		all = append(all, f.news()...)
	}
	a.publish(ctx, cache, all)
}

// tellWithin bounds how long others wait for what a flight brought.
const tellWithin = 3 * time.Second

// news is what to tell the other replicas: a value, made of what they know.
type news struct {
	name string
	// after makes the value of the one that is there, nil if there is none that can be read; ok is false if that needs no
	// change.
	after func(known []byte) (data []byte, ok bool)
	// expires is how long the value is kept.
	expires time.Duration
}

// publish reads, adds and writes, and again where another replica wrote in between.
func (a *Account) publish(ctx context.Context, cache *sharedcache.Cache, all []news) {
	if len(all) == 0 {
		return
	}
	names := make([]string, len(all))
	for i, n := range all {
		names[i] = n.name
	}
	known, err := cache.Load(ctx, names)
	for range maxTries {
		if err != nil || len(all) == 0 {
			return
		}
		var writes []sharedcache.Write
		var written []news
		for i, n := range all {
			if data, ok := n.after(known[i].Data); ok {
				writes = append(writes, sharedcache.Write{Name: n.name, Data: data, Revision: known[i].Revision, Expires: n.expires})
				written = append(written, n)
			}
		}
		if len(writes) == 0 {
			return
		}
		var saved []sharedcache.Saved
		if saved, err = cache.Save(ctx, writes); err != nil {
			return
		}
		all, known = nil, nil
		for i, s := range saved {
			if s.Conflict != nil {
				all, known = append(all, written[i]), append(known, *s.Conflict)
			}
		}
	}
}

// pageNews are the pages that an answer makes: what lies before final by blocks, the rest as a tail. The answer was given at
// a time of the API's clock, what lies before sealed was beyond correction then. history is how long the API tells it.
func pageNews(t track, r stretch, final, sealed, asked, history int64) (all []news) {
	kept := span{r.from, max(min(r.to, final), r.from)}
	for _, id := range t.pagesOf(kept) {
		fresh := newPage(t.grid, id.span(), r.codes != nil)
		fresh.put(r.until(kept.to), sealed, asked)
		all = append(all, news{
			name:    id.name(),
			expires: time.Duration(max(id.span().to+history-asked, daySeconds)) * time.Second,
			after: func(known []byte) ([]byte, bool) {
				whole, err := decodePage(id, known, r.codes != nil)
				if err != nil {
					return fresh.encode(), true
				}
				if !whole.merge(fresh) {
					return nil, false
				}
				return whole.encode(), true
			},
		})
	}
	if tail := (span{kept.to, r.to}); !tail.empty() && (r.to-kept.to)/t.grid.length <= maxTailSlices {
		id := pageID{t, tailPage}
		fresh := newPage(t.grid, tail, r.codes != nil)
		fresh.put(r, math.MinInt64, asked)
		all = append(all, news{
			name:    id.name(),
			expires: tailSeconds * time.Second,
			after: func(known []byte) ([]byte, bool) {
				old, err := decodePage(id, known, r.codes != nil)
				return fresh.encode(), err != nil || old.looks[0] <= asked
			},
		})
	}
	return all
}
