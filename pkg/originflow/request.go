package originflow

import (
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/sharedcache"
)

// Request asks for a metric, one series per target.
type Request struct {
	// Metric to read; nil is [OriginFlow].
	Metric *Metric
	// Codes puts the HTTP status codes of a metric that is counted by code into groups, each of which has a line; codes for
	// which ok is false are left out. nil has each code for itself.
	Codes func(code int) (group int, ok bool)
	// Targets are the series asked for; the answer keeps their order.
	Targets []Target
	// Largest has only the largest of Targets read, so many of them, the largest first; none are all.
	Largest Largest
	// From and To bound the starts of the slices shown: [From aligned down to a slice, To).
	From, To time.Time
	// Shift has the slices of that much earlier shown in the place of those of the range. Everything else, such as which of
	// them are final, is that of the earlier time.
	Shift time.Duration
	// Interval is the least distance between points that the panel wants; it widens slices of automatic length only.
	Interval time.Duration
	// MaxDataPoints is the largest number of points per series; 0 stands for 10,000.
	MaxDataPoints int64
	// Granularity is the slice length asked of the API: 5 minutes, an hour, a day, or 0 to let the range decide.
	Granularity time.Duration
	// TimeMerge has the API decide on the slice length, or forbids it to.
	TimeMerge TimeMerge
	// FixTimeGap counts a missing final slice as zero, and has the API do so too.
	FixTimeGap bool
	// Provisional shows slices that may still change.
	Provisional bool
	// Alert marks the evaluation of an alert rule. It looks at final slices only, so a range that ends later is moved
	// back, and it is served before panels are.
	Alert bool

	// asker is whose turns of the budget the calls take.
	asker *asker
	// brought is what the shared cache had of it.
	brought brought
}

// Target is what one series counts.
type Target struct {
	// Name labels the series.
	Name string
	// Domains that are counted together; none stands for every domain of the account.
	Domains []string
}

// TimeMerge is the API's parameter "merge by time".
type TimeMerge string

// The values of [TimeMerge].
const (
	// MergeAuto does not send the parameter; the planner decides.
	MergeAuto TimeMerge = "auto"
	// MergeOn makes one call for the whole range, with slices as long as the API makes them.
	MergeOn TimeMerge = "on"
	// MergeOff keeps the slices at 5 minutes, up to 31 days in one call.
	MergeOff TimeMerge = "off"
)

// Result is the answer to a [Request].
type Result struct {
	// Operation is the API operation that answered; comma separated where there are two.
	Operation string
	// SettledUntil is the end of the newest final slice of the length shown.
	SettledUntil time.Time
	// ClippedTo is where the operation's history begins, if that cut the range; zero otherwise.
	ClippedTo time.Time
	// Unfinal tells that no slice of the range is final yet, so that none is shown.
	Unfinal bool
	// Alone is why the shared cache was of no use; "" if it was, or there is none.
	Alone sharedcache.Trouble
	// Series holds one series per target, in the order of the targets; of the largest, in that of their totals.
	Series []Series
	// Search tells how the largest were found; nil where all are wanted.
	Search *Search
	// Took is how long it took to read the series.
	Took time.Duration
}

// Series is the metric of one target. Failed targets have Err, and whatever slices could be had in spite of it.
type Series struct {
	Target Target
	// Step is the length of a slice shown.
	Step time.Duration
	// Granularity is the length of the API's slices behind it; Step is a multiple of it.
	Granularity time.Duration
	// Coarser tells that the API answered with longer slices than asked for.
	Coarser bool
	// Line is what is shown, of all status codes together.
	Line
	// Codes are the lines of the groups of HTTP status codes that occurred, in ascending order, where the metric is counted by
	// code.
	// Each has the same slices.
	Codes []CodeLine
	// Calls made for this series.
	Calls []Call
	// LeftOut are domains of a series of several that the API has nothing for, because they are unknown to it or offline.
	LeftOut []string
	// Revised counts slices that had been taken as final before and were answered with another value now.
	Revised int
	// Unreadable counts the values of the API's answers that nobody can read: their slices are missing, until a later look.
	Unreadable int
	// Crowded tells that there was no room to keep all of the slices, so that they will be fetched again.
	Crowded bool
	// Fetched and Cached count the API's slices behind the series by where they came from.
	Fetched, Cached int
	// Err is the first failure, a *cdn.Error, a [*guard.Panic] or the context's.
	Err error
}

// Line is a line of a graph.
type Line struct {
	// Slices in ascending order, without those that are missing.
	Slices []Slice
	// Missing holds the starts of final slices that the API has nothing for, in ascending order.
	Missing []time.Time
	// Total of the slices: byte, requests, or the per cent of a ratio over all of them.
	Total float64
}

// CodeLine is the line of one HTTP status code, or of one group of them.
type CodeLine struct {
	Code int
	Line
}

// Slice is the metric in one slice.
type Slice struct {
	// Start of the slice, UTC.
	Start time.Time
	// Volume of the slice, in byte or requests; 0 for a ratio.
	Volume float64
	// PerSecond is the average rate over the slice, or over what of it has begun; where the API has nothing, nothing
	// flowed.
	PerSecond float64
	// Percent is the value of a ratio, or the share of a status code, 0 to 100 or so; NaN for a share of nothing.
	Percent float64
}

// Call is one call of the API, as the query inspector shows it.
type Call struct {
	// Text describes the call, without anything secret.
	Text string
	// RequestID identifies it to Alibaba Cloud's support; empty if it was never answered.
	RequestID string
}
