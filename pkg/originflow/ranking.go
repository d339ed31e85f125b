package originflow

import (
	"cmp"
	"hash/fnv"
	"maps"
	"math"
	"slices"
)

// ranking is what is known of which domains have the most, over one range of time: its totals are of the same slices, or
// they could not be compared. It is kept, so that a refresh goes on where the last one stopped, and does not begin anew
// when everything is found.
type ranking struct {
	window span
	*frontier
	// made is when it began.
	made int64
}

// rankingKey is what a ranking is about.
type rankingKey struct {
	metric *Metric
	// codes tells groups of status codes apart, names lists of domains.
	codes, names uint64
	// length and ago are how long the range is and how long ago it ended, roughly: those of a live panel, or of one of the day
	// so far, are alike from one refresh to the next.
	length, ago int
}

const (
	// rankedFor is how long, in seconds, the domains that had the most are taken for those that have, and rankedForEach how long
	// at least for each list that it takes to find out again.
	rankedFor     = 10 * 60
	rankedForEach = 2
	// rankingFor is how long a search that was interrupted goes on, in seconds, where it takes many refreshes.
	rankingFor = 60 * 60
	// maxRankings bounds those that are remembered.
	maxRankings = 64
)

// rankingOf is the ranking for a range, to go on with. Where there is one that is too old, the new one begins with what that
// knew. The caller holds Account.mu.
func (a *Account) rankingOf(key rankingKey, window span, n int, lists func(names []string) [][]string, names []string, now int64) *ranking {
	known := a.rankings[key]
	if known != nil {
		age := max(window.to-known.window.to, known.window.to-window.to, now-known.made)
		good := max(rankedFor, int64(len(known.leaves))*rankedForEach)
		if _, settled := known.largest(n); settled < len(names) {
			good = max(good, rankingFor)
		}
		if age < good {
			return known
		}
	}
	fresh := &ranking{window: window, made: now}
	if known == nil {
		fresh.frontier = newFrontier(lists(names))
	} else {
		fresh.frontier = &frontier{}
		for _, list := range known.regrouped(n) {
			fresh.leaves = append(fresh.leaves, newFrontier(lists(list)).leaves...)
		}
	}
	if known == nil && len(a.rankings) >= maxRankings {
		oldest := slices.MinFunc(slices.Collect(maps.Keys(a.rankings)), func(x, y rankingKey) int {
			return cmp.Compare(a.rankings[x].made, a.rankings[y].made)
		})
		delete(a.rankings, oldest)
	}
	a.rankings[key] = fresh
	return fresh
}

// newRankingKey is the key of a request's range and metric over domains. now is the API's time.
func newRankingKey(request Request, names []string, now int64) rankingKey {
	key := rankingKey{
		metric: request.Metric,
		length: int(16 * math.Log2(float64(max(request.span(), 1)))),
		ago:    int((now - request.To.Unix() + 30*60) / (60 * 60)),
	}
	hash := fnv.New64a()
	for _, name := range names {
		_, _ = hash.Write([]byte(name + "\n")) // never fails
	}
	key.names = hash.Sum64()
	if request.Metric.ByCode() && request.Codes != nil {
		hash.Reset()
		for code := range 1000 {
			if group, ok := request.Codes(code); ok {
				_, _ = hash.Write([]byte{byte(code), byte(code >> 8), byte(group), byte(group >> 8)})
			}
		}
		key.codes = hash.Sum64()
	}
	return key
}
