package originflow

import (
	"slices"
	"time"
)

// lateness is how late the account's data really is, by the slices that were held as final and turned out not to be. It
// is not safe for concurrent use.
type lateness struct {
	seen []revision // the latest, oldest first
}

// revision is that a slice held another value before: when that was seen, by the API's time, and how long after its end, in
// seconds.
type revision struct{ seen, age int64 }

const (
	// maxRevisions bounds the memory of the past.
	maxRevisions = 512
	// leastRevisions make a habit of what might be an accident.
	leastRevisions = 3
	// settledShare is the share of the revisions, in per cent, after which slices count as settled: a correction after
	// hours is no reason to show everything hours late.
	settledShare = 90
)

func (l *lateness) add(revisions ...revision) {
	l.seen = append(l.seen, revisions...)
	if surplus := len(l.seen) - maxRevisions; surplus > 0 {
		l.seen = slices.Delete(l.seen, 0, surplus)
	}
}

// told are the revisions of the last day, for other replicas.
func (l *lateness) told(now int64) (all [][2]int64) {
	for _, r := range l.seen {
		if now-r.seen < daySeconds {
			all = append(all, [2]int64{r.seen, r.age})
		}
	}
	return all
}

// merge takes in what other replicas saw.
func (l *lateness) merge(others [][2]int64) {
	for _, other := range others {
		if r := (revision{other[0], other[1]}); !slices.Contains(l.seen, r) {
			l.add(r)
		}
	}
}

// settles is how long after their end slices were settled within the last day; 0 if nothing says that they are late.
func (l *lateness) settles(now int64) time.Duration {
	var ages []int64
	for _, r := range l.seen {
		if now-r.seen < daySeconds {
			ages = append(ages, r.age)
		}
	}
	if len(ages) < leastRevisions {
		return 0
	}
	slices.Sort(ages)
	return time.Duration(ages[(len(ages)*settledShare+99)/100-1]) * time.Second
}
