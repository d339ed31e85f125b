package originflow

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
)

// sets are the fetches whose sum is a series: one for each set of domains that one call can name.
type sets []*fetch

// maxNameBytes bounds the names in one call: gateways refuse URLs of more than 8 KB, which has room for the rest of the
// call and for a signature, too.
const maxNameBytes = 6 << 10

// fetchSets fetches what a target needs, set by set.
func (r *Reader) fetchSets(ctx context.Context, request Request, target Target, op *cdn.FlowOperation, p plan, now moment) sets {
	sum := splitter{reader: r, op: op, request: request, plan: p, now: now}
	if len(target.Domains) == 0 {
		return sum.fetch(ctx, "")
	}
	names := slices.Clone(target.Domains)
	slices.Sort(names)
	return sum.fetchAll(ctx, sum.divide(slices.Compact(names)))
}

// splitter fetches sets of domains, in halves where the API refuses one whole.
type splitter struct {
	reader  *Reader
	op      *cdn.FlowOperation
	request Request
	plan    plan
	now     moment
}

// divide distributes names over sets: as few as the operation and URLs allow, but each name alone that was refused of
// late, and each if the API takes no lists.
func (s splitter) divide(names []string) (lists [][]string) {
	account := s.reader.Account
	account.mu.Lock()
	defer account.mu.Unlock()
	if !account.lessons.servesLists(s.op.Name(), s.now.own) {
		return slices.Collect(slices.Chunk(names, 1))
	}
	var list []string
	size := 0
	for _, name := range names {
		if account.refusals.suspects(name, s.now.own) {
			lists = append(lists, []string{name})
			continue
		}
		bytes := len(url.QueryEscape("," + name))
		if len(list) == s.op.MaxDomains || size+bytes > maxNameBytes {
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
	var group errgroup.Group
	group.SetLimit(seriesAtOnce)
	for i, list := range lists {
		group.Go(func() error {
			fetched[i] = s.fetch(ctx, list...)
			return nil
		})
	}
	_ = group.Wait() // failures are in the fetches
	return slices.Concat(fetched...)
}

// fetch fetches one set. If the API refuses it, one of its domains is unknown or offline, or the API takes no lists: the
// halves tell which.
func (s splitter) fetch(ctx context.Context, list ...string) sets {
	f := newFetch(s.reader, s.op, s.request, strings.Join(list, ","), s.plan, s.now)
	f.fill(ctx)
	if !isRefusal(f.err) || len(list) <= 1 {
		return sets{f}
	}
	half := len(list) / 2
	first := s.fetch(ctx, list[:half]...)
	second := s.fetchAll(ctx, s.divide(list[half:]))
	account := s.reader.Account
	if len(list) == 2 && first.areFine() && second.areFine() {
		account.mu.Lock()
		defer account.mu.Unlock()
		account.lessons.refusedPair(s.op.Name(), s.now.own)
	}
	first[0].calls = append(f.calls, first[0].calls...) // which were made in vain, and are told all the same
	return append(first, second...)
}

// areFine tells whether nothing failed.
func (all sets) areFine() bool {
	return !slices.ContainsFunc(all, func(f *fetch) bool { return f.err != nil })
}

// areWhole tells whether nothing is left to ask for.
func (all sets) areWhole() bool {
	return !slices.ContainsFunc(all, func(f *fetch) bool { return f.err == nil && !f.isWhole() })
}

// longer is the slice length that the API answered instead of the one asked for, 0 if it did not.
func (all sets) longer() (length int64) {
	for _, f := range all {
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
	for _, f := range all {
		series.Calls = append(series.Calls, f.calls...)
		series.Fetched += f.fetched
		series.Cached += f.cached
		series.Revised += f.revised
		series.Crowded = series.Crowded || f.crowded
		switch {
		case isRefusal(f.err):
			series.LeftOut = append(series.LeftOut, f.domains)
			refused = f.err
		case f.err != nil:
			series.Err = cmp.Or(series.Err, f.err)
		default:
			served = true
		}
	}
	if series.Err == nil && !served {
		series.Err, series.LeftOut = refused, nil
	}
}
