package originflow

import (
	"cmp"
	"slices"
	"strings"
)

// frontier divides domains into lists, to find those with the largest totals by those of the lists. No domain has more than
// the list that it is in, so most lists need no look inside; and of two halves one is asked for, as the other is what
// remains. So it takes no more calls than there are domains, and far fewer where some have much more than the rest. It is not
// safe for concurrent use.
type frontier struct{ leaves []*leaf }

// leaf is a list of domains that is not divided yet.
type leaf struct {
	names []string
	// lines are the totals of all of them together, for each group of status codes; nil as long as nobody asked.
	lines map[int]float64
	// divided tells that two leaves took its place.
	divided bool
}

// most is the total of the largest line: none of its domains has a larger one.
func (l *leaf) most() (most float64) {
	for _, total := range l.lines {
		most = max(most, total)
	}
	return most
}

// least is what one of its domains has at least in its largest line: as much as they have on average.
func (l *leaf) least() float64 { return l.most() / float64(len(l.names)) }

// isSettled tells whether there is nothing to find out: it is one domain, or none of its domains is among the largest, each
// of which has more than a bound.
func (l *leaf) isSettled(bound float64) bool {
	return l.lines != nil && (len(l.names) == 1 || l.most() <= bound)
}

// inquiry is a list to ask for, the leaf's or the first half of it.
type inquiry struct {
	leaf  *leaf
	names []string
}

func newFrontier(lists [][]string) *frontier {
	f := &frontier{}
	for _, names := range lists {
		f.leaves = append(f.leaves, &leaf{names: names})
	}
	return f
}

// bound is what each of the n largest domains has at least.
func (f *frontier) bound(n int) float64 {
	if len(f.leaves) < n {
		return 0
	}
	least := make([]float64, len(f.leaves))
	for i, l := range f.leaves {
		least[i] = l.least()
	}
	slices.Sort(least)
	return least[len(least)-n]
}

// inquiriesAtOnce is how many lists are divided at the same time, at the least: what one of them tells may save another.
const inquiriesAtOnce = 16

// inquiries are what to ask next to find the n largest, at the same time; none when they are found. Those lists come first
// whose domains have the most on average: so n domains are soon known, and are the largest but for a few.
func (f *frontier) inquiries(n int) (next []inquiry) {
	for _, l := range f.leaves {
		if l.lines == nil {
			next = append(next, inquiry{l, l.names})
		}
	}
	if len(next) > 0 {
		return next
	}
	bound := f.bound(n)
	open := slices.DeleteFunc(slices.Clone(f.leaves), func(l *leaf) bool { return l.isSettled(bound) })
	slices.SortStableFunc(open, func(a, b *leaf) int { return cmp.Compare(b.least(), a.least()) })
	for _, l := range open[:min(len(open), max(n, inquiriesAtOnce))] {
		next = append(next, inquiry{l, l.names[:len(l.names)/2]})
	}
	return next
}

// crumb is the part of a total below which a difference is what adding up in floating point leaves, not a domain's.
const crumb = 1e-9

// settle takes in the totals of what was asked for. Somebody else may have asked the same, and been first.
func (f *frontier) settle(asked inquiry, lines map[int]float64) {
	whole := asked.leaf
	switch {
	case whole.divided:
	case len(asked.names) == len(whole.names):
		whole.lines = lines
	case whole.lines != nil:
		rest := &leaf{names: whole.names[len(asked.names):], lines: map[int]float64{}}
		for group, total := range whole.lines {
			if left := total - lines[group]; left > total*crumb {
				rest.lines[group] = left
			}
		}
		whole.divided = true
		i := slices.Index(f.leaves, whole)
		f.leaves = slices.Replace(f.leaves, i, i+1, &leaf{names: asked.names, lines: lines}, rest)
	}
}

// largest are the n domains with the largest lines, the largest first, as far as they are known, and how many domains are
// ruled in or out: if it is all of them, there are no larger ones.
func (f *frontier) largest(n int) (names []string, settled int) {
	var known []*leaf
	bound := f.bound(n)
	for _, l := range f.leaves {
		if l.isSettled(bound) {
			settled += len(l.names)
		}
		switch {
		case l.lines == nil:
		case len(l.names) == 1:
			known = append(known, l)
		case l.most() == 0:
			for i := range l.names {
				known = append(known, &leaf{names: l.names[i : i+1]})
			}
		}
	}
	slices.SortFunc(known, func(a, b *leaf) int {
		return cmp.Or(cmp.Compare(b.most(), a.most()), strings.Compare(a.names[0], b.names[0]))
	})
	for _, l := range known[:min(n, len(known))] {
		names = append(names, l.names[0])
	}
	return names, settled
}

// share is how much of what the last of the largest has a list of others is made to have: it may grow before it has to be
// divided.
const share = 0.5

// regrouped are lists to begin anew with when totals may have changed: whoever was large is alone, the others are together as
// far as their sum should stay out of the way. The largest come first.
func (f *frontier) regrouped(n int) (lists [][]string) {
	all := slices.Clone(f.leaves)
	slices.SortStableFunc(all, func(a, b *leaf) int { return cmp.Compare(b.most(), a.most()) })
	bound := f.bound(n)
	var others []string
	sum := 0.0
	flush := func() {
		if len(others) > 0 {
			lists = append(lists, others)
		}
		others, sum = nil, 0
	}
	for _, l := range all {
		if l.lines == nil || l.most() > share*bound {
			lists = append(lists, l.names)
			continue
		}
		if sum+l.most() > share*bound {
			flush()
		}
		others, sum = append(others, l.names...), sum+l.most()
	}
	flush()
	return lists
}

// linesOf are the totals of a series, for each group of status codes.
func linesOf(s Series) map[int]float64 {
	lines := map[int]float64{}
	for _, c := range s.Codes {
		lines[c.Code] = c.Total
	}
	if s.Codes == nil && s.Total > 0 {
		lines[0] = s.Total
	}
	return lines
}
