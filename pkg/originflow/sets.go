package originflow

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/originflow/aliyuncdn-datasource/pkg/guard"
)

// set is what one call of each operation can name at once: the fetches of its domains, in the order of the operations.
type set []*fetch

// sets are the sets whose sum is a series.
type sets []set

// maxNameBytes bounds the names in one call: gateways refuse URLs of more than 8 KB, which has room for the rest of the
// call and for a signature, too.
const maxNameBytes = 6 << 10

// fetchSets fetches what a target needs, set by set.
func (r *Reader) fetchSets(ctx context.Context, request Request, target Target, ops operations, p plan, now moment) sets {
	sum := splitter{reader: r, ops: ops, request: request, plan: p, now: now}
	return sum.fetchAll(ctx, sum.lists(target))
}

// splitter fetches sets of domains, in halves where the API refuses one whole.
type splitter struct {
	reader  *Reader
	ops     operations
	request Request
	plan    plan
	now     moment
}

// lists are the sets of domains that a target is the sum of; one without a name for all domains.
func (s splitter) lists(target Target) [][]string {
	if len(target.Domains) == 0 {
		return [][]string{nil}
	}
	names := slices.Clone(target.Domains)
	slices.Sort(names)
	return s.divide(slices.Compact(names))
}

// divide distributes names over sets: as few as the operations and URLs allow, but each name alone that was refused of
// late, and each if the API takes no lists.
func (s splitter) divide(names []string) [][]string {
	s.reader.Account.mu.Lock()
	defer s.reader.Account.mu.Unlock()
	return s.divideLocked(names)
}

// divideLocked is divide for a caller who holds Account.mu.
func (s splitter) divideLocked(names []string) (lists [][]string) {
	account := s.reader.Account
	for _, op := range s.ops {
		if !account.lessons.servesLists(op.Name(), s.now.own) {
			return slices.Collect(slices.Chunk(names, 1))
		}
	}
	var list []string
	size := 0
	most := s.ops.maxDomains()
	for _, name := range names {
		if account.refusals.suspect(name, s.now.own) {
			lists = append(lists, []string{name})
			continue
		}
		bytes := len(url.QueryEscape("," + name))
		if len(list) == most || size+bytes > maxNameBytes {
			lists = append(lists, list)
			list, size = nil, 0
		}
		list, size = append(list, name), size+bytes
	}
	if len(list) > 0 {
		lists = append(lists, list)
	}
	return lists
}

// fetchAll fetches several sets at the same time.
func (s splitter) fetchAll(ctx context.Context, lists [][]string) (all sets) {
	if len(lists) == 1 {
		return s.fetch(ctx, lists[0]...)
	}
	fetched := make([]sets, len(lists))
	guard.Together(len(lists), seriesAtOnce, func(i int) { fetched[i] = s.fetch(ctx, lists[i]...) })
	return slices.Concat(fetched...)
}

// fetch fetches one set. If the API refuses it, one of its domains is unknown or offline, or the API takes no lists: the
// halves tell which.
func (s splitter) fetch(ctx context.Context, list ...string) sets {
	one := s.fill(ctx, strings.Join(list, ","))
	refused := one.refused()
	if refused == nil || len(list) <= 1 {
		return sets{one}
	}
	half := len(list) / 2
	first := s.fetch(ctx, list[:half]...)
	second := s.fetchAll(ctx, s.divide(list[half:]))
	account := s.reader.Account
	if len(list) == 2 && first.areFine() && second.areFine() {
		account.mu.Lock()
		defer account.mu.Unlock()
		account.lessons.refusedPair(refused.op.Name(), s.now.own)
	}
	for i, f := range one { // the calls were made in vain, and are told all the same
		first[0][i].calls = append(f.calls, first[0][i].calls...)
	}
	return append(first, second...)
}

// fill fetches the domains' slices of each operation, at the same time.
func (s splitter) fill(ctx context.Context, domains string) set {
	one := make(set, len(s.ops))
	for i, op := range s.ops {
		one[i] = newFetch(s.reader, op, s.request, domains, s.plan, s.now)
	}
	guard.Together(len(one), len(one), func(i int) { one[i].fill(ctx) })
	return one
}

// refused is the fetch that the API refused because of its domains, nil if there is none.
func (one set) refused() *fetch {
	for _, f := range one {
		if isRefusal(f.err) {
			return f
		}
	}
	return nil
}

// err is why the set failed, if it did: because of its domains only if it did for no other reason.
func (one set) err() (err error) {
	for _, f := range one {
		if err == nil || isRefusal(err) {
			err = cmp.Or(f.err, err)
		}
	}
	return err
}

// areFine tells whether nothing failed.
func (all sets) areFine() bool {
	return !slices.ContainsFunc(slices.Concat(all...), func(f *fetch) bool { return f.err != nil })
}

// areWhole tells whether nothing is left to ask for.
func (all sets) areWhole() bool {
	return !slices.ContainsFunc(slices.Concat(all...), func(f *fetch) bool { return f.err == nil && !f.isWhole() })
}

// longer is the slice length that the API answered instead of the one asked for, 0 if it did not.
func (all sets) longer() (length int64) {
	for _, f := range slices.Concat(all...) {
		if !f.isWhole() {
			length = max(length, f.longer)
		}
	}
	return length
}

// add puts what the fetches tell into the series. One that failed fails it, but for domains that the API has nothing for
// as long as it has something for others.
func (series *Series) add(all sets) {
	series.Cached, series.Err, series.LeftOut = 0, nil, nil
	served := false
	var refused error
	for _, one := range all {
		for _, f := range one {
			series.Calls = append(series.Calls, f.calls...)
			series.Fetched += f.fetched
			series.Cached += f.cached
			series.Revised += f.revised
			series.Unreadable += f.unreadable
			series.Crowded = series.Crowded || f.crowded
		}
		err := one.err()
		switch {
		case isRefusal(err):
			series.LeftOut = append(series.LeftOut, one[0].domains)
			refused = err
		case err != nil:
			series.Err = cmp.Or(series.Err, err)
		default:
			served = true
		}
	}
	if series.Err == nil && !served {
		series.Err, series.LeftOut = refused, nil
	}
}
