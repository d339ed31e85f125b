package originflow

import (
	"context"
	"slices"
	"time"
)

// Largest asks for the domains with the largest totals only.
type Largest struct {
	// N is how many of the request's targets are wanted, each of which must be a single domain.
	N int
	// By is the metric that they are the largest of; nil is that of the request, of its earlier time where it is shifted. It
	// must be one that is counted. Those of another metric are the largest of the range, not of an earlier one: queries by the
	// same metric show the same domains.
	By *Metric
}

// Search tells how the largest domains were found.
type Search struct {
	// Of is how many domains there are, Settled how many of them are known to be among the largest, or not to be. By is the
	// metric that they are the largest of.
	Of, Settled int
	By          *Metric
	// Calls that the search took.
	Calls []Call
	// Err is why it did not come to an end: one of [Series.Err]. What was found until then is in the result.
	Err error
}

// searchShare is the part of the time for an answer that a search may take: what it found has to be read.
const searchShare = 0.7

// search finds the targets of a request that have the most, the largest first, by totals of lists of domains.
func (r *Reader) search(ctx context.Context, request Request) (largest []Target, search *Search) {
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(searchShare*float64(time.Until(deadline))))
		defer cancel()
	}
	n, names := request.Largest.N, make([]string, len(request.Targets))
	targets := make(map[string]Target, len(names))
	for i, t := range request.Targets {
		names[i] = t.Domains[0]
		targets[names[i]] = t
	}
	search = &Search{Of: len(names), By: request.Metric}
	if by := request.Largest.By; by != nil {
		search.By = by
		request.From, request.To, request.Shift = request.From.Add(request.Shift), request.To.Add(request.Shift), 0
	}
	request.Metric, request.Largest = search.By, Largest{}
	request.TimeMerge, request.FixTimeGap, request.Provisional, request.MaxDataPoints = MergeAuto, false, false, 0

	ranked := r.ranking(&request, n, names)
	for search.Err == nil {
		r.Account.mu.Lock()
		next := ranked.inquiries(n)
		r.Account.mu.Unlock()
		if len(next) == 0 {
			break
		}
		if search.Err = outOfTime(ctx); search.Err == nil {
			r.inquire(ctx, request, ranked, next, search)
		}
	}

	r.Account.mu.Lock()
	names, search.Settled = ranked.largest(n)
	r.Account.mu.Unlock()
	for _, name := range names {
		largest = append(largest, targets[name])
	}
	return largest, search
}

// ranking is what is known of a request's domains. It narrows the request to one call for a list: to slices of one length
// whose span is no more than a call answers, and which are final.
func (r *Reader) ranking(request *Request, n int, names []string) *ranking {
	ops := r.operations(request.Metric)
	r.Account.mu.Lock()
	now := r.Account.moment(r.Now())
	levels := r.Account.lessons.offers(ops, *request, r.DataDelay, 0, now.own).levels
	i := slices.IndexFunc(levels, func(l level) bool { return request.span() < l.maxSpan })
	if i < 0 {
		i = len(levels) - 1
	}
	request.Granularity = time.Duration(levels[i].length) * time.Second
	r.Account.mu.Unlock()

	p, _ := r.plan(*request, ops, r.Now(), 0)
	window := p.shown
	window.to = min(window.to, levels[i].finalUntil(now.api))
	slices.Sort(names)

	r.Account.mu.Lock()
	defer r.Account.mu.Unlock()
	divide := splitter{reader: r, ops: ops, now: now}.divideLocked
	ranked := r.Account.rankingOf(newRankingKey(*request, names, now.api), window, n, divide, names, now.own)
	request.From, request.To = instant(ranked.window.from), instant(ranked.window.to)
	return ranked
}

// inquire asks for the totals of lists, all at the same time.
func (r *Reader) inquire(ctx context.Context, request Request, ranked *ranking, next []inquiry, search *Search) {
	request.Targets = make([]Target, len(next))
	for i, asked := range next {
		request.Targets[i].Domains = asked.names
	}
	result := r.answer(ctx, request)
	r.Account.mu.Lock()
	defer r.Account.mu.Unlock()
	for i, s := range result.Series {
		search.Calls = append(search.Calls, s.Calls...)
		switch {
		case s.Err == nil, isRefusal(s.Err):
			ranked.settle(next[i], linesOf(s))
		case search.Err == nil:
			search.Err = s.Err
		}
	}
}
