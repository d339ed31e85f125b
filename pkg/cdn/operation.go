package cdn

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Unit is what the values of an operation count.
type Unit string

// The units of values.
const (
	Bit     Unit = "bit"
	Byte    Unit = "byte"
	Count   Unit = "request"
	Percent Unit = "percent"
)

// Flag is an optional boolean parameter: not sent, "true" or "false".
type Flag string

// The values of a [Flag]. A later edition of the documentation writes TimeMerge as on and off; true and false are what
// the reference page has.
const (
	Unset Flag = ""
	True  Flag = "true"
	False Flag = "false"
)

// Slice is what an operation says about slices of one length.
type Slice struct {
	// Length of the slice, sent as Interval.
	Length time.Duration
	// MaxSpan is the span of one call that the operation no longer answers at this length. Stay strictly below.
	MaxSpan time.Duration
	// History is how far back the operation reaches at this length.
	History time.Duration
	// Delay is how long after its end a slice may still change, where the API documents it for this length; the data
	// source's own delay applies besides.
	Delay time.Duration
}

// Operation describes an operation that answers values per time slice. The rows are in files named like the operations.
type Operation struct {
	action
	timeLayout string
	// MaxDomains is the longest list of domain names in one call.
	MaxDomains int
	// Unit of the values, per slice.
	Unit Unit
	// Slices holds the supported lengths, the shortest first.
	Slices []Slice
	// Merge tells whether the operation has the parameters TimeMerge and FixTimeGap.
	Merge bool
	// MaxSpanUnmerged is the span that one call with TimeMerge=false no longer answers; it has 5-minute slices.
	MaxSpanUnmerged time.Duration
	// Successor answers the same once the operation is [Retired]; nil if there is none.
	Successor *Operation
	layout    layout
}

// Name is the operation's name, such as DescribeDomainSrcFlowData.
func (o *Operation) Name() string { return o.name }

// Version is the version of the API that the operation belongs to, such as 2014-11-11.
func (o *Operation) Version() string { return o.version }

// ByCode tells whether the operation counts by HTTP status code.
func (o *Operation) ByCode() bool { return o.layout.point == counts }

// Request asks for values per slice. Its zero value asks for the last 24 hours of all domains together.
type Request struct {
	// DomainName is one name, or several separated by commas, which are answered as one series; empty: all domains of
	// the account as one series.
	DomainName string
	// Start and End bound the time asked for: Start is the first slice, a slice that starts at End may be answered too.
	// Both or neither. Whole minutes.
	Start, End time.Time
	// Interval is the slice length asked for, in whole seconds; 0 leaves it to the API.
	Interval time.Duration
	// TimeMerge lets the API widen the slices with the span (True), or keeps them at 5 minutes (False).
	TimeMerge Flag
	// FixTimeGap has the API fill missing slices with zero.
	FixTimeGap Flag
}

// Answer is the answer to a [Request].
type Answer struct {
	// RequestID identifies the call to Alibaba Cloud's support.
	RequestID string
	// DomainName is whom the answer is about, as it says: names separated by commas; empty where it does not tell.
	DomainName string
	// Date is the time of the API's clock when it answered: UTC, whole seconds, cut off by HTTP; zero where the answer
	// does not tell.
	Date time.Time
	// Interval is the slice length of Points (DataInterval), whole seconds up to 366 days, which need not be the one asked
	// for; 0 if not said, or not in a way that can be read.
	Interval time.Duration
	// Points as they came: in no order, perhaps twice, perhaps outside the time asked for.
	Points []Point
	// PerSecond tells that the values of Points are averages per second, where the operation counts requests.
	PerSecond bool
	// Codes are the counts behind Points by HTTP status code, where the operation tells them apart.
	Codes []CodeCount
	// Unreadable counts the points left out because their TimeStamp is no time or their value no count (negative, text, a
	// list): their slices are missing. One without a TimeStamp or a value is missing, too, but nothing is wrong with it.
	Unreadable int
}

// Point is the value of one slice.
type Point struct {
	// Start of the slice, in seconds since 1970-01-01T00:00Z.
	Start int64
	// Value of the whole slice, in the operation's unit; that of all status codes together.
	Value float64
}

// CodeCount is how many requests of one slice were answered with one status code.
type CodeCount struct {
	// Start of the slice, in seconds since 1970-01-01T00:00Z.
	Start int64
	// Code is the HTTP status code, 100 to 999.
	Code int
	// Count is a whole number.
	Count float64
}

// Describe calls an operation that answers values per slice. Every error is an [*Error].
func (c *Client) Describe(ctx context.Context, op *Operation, request Request) (Answer, error) {
	var answer Answer
	date, err := c.call(ctx, op.action, request.params(op), func(body []byte) (err error) {
		answer, err = op.layout.decode(body)
		if err == nil && !request.isAbout(answer.DomainName) {
			err = errors.New("an answer about another domain")
		}
		return err
	})
	answer.Date = date
	return answer, err
}

// isAbout tells whether an answer about these domains may be that to the request: it names none that was not asked for, or
// something on the way mixed up two answers. What an answer about all domains names is not documented, and may be anything.
func (r Request) isAbout(answered string) bool {
	if r.DomainName == "" || answered == r.DomainName {
		return true
	}
	asked := map[string]bool{"": true}
	for name := range strings.SplitSeq(r.DomainName, ",") {
		asked[plainName(name)] = true
	}
	for name := range strings.SplitSeq(answered, ",") {
		if !asked[plainName(name)] {
			return false
		}
	}
	return true
}

// plainName brings the spellings of a domain into one. Those that have a letter beyond ASCII have two that only tables tell
// to be the same, so they are as good as not named.
func plainName(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	if strings.Contains(name, "xn--") || strings.ContainsFunc(name, func(r rune) bool { return r > unicode.MaxASCII }) {
		return ""
	}
	return strings.TrimPrefix(strings.TrimSuffix(name, "."), "*") // a wildcard domain is .example.com, or *.example.com
}

func (r Request) params(op *Operation) params {
	p := params{"DomainName": r.DomainName}
	if !r.Start.IsZero() {
		p["StartTime"] = r.Start.UTC().Format(op.timeLayout)
	}
	if !r.End.IsZero() {
		p["EndTime"] = r.End.UTC().Format(op.timeLayout)
	}
	if r.Interval > 0 {
		p["Interval"] = strconv.Itoa(int(r.Interval / time.Second))
	}
	if op.Merge {
		p["TimeMerge"] = string(r.TimeMerge)
		p["FixTimeGap"] = string(r.FixTimeGap)
	}
	return p
}

// day is 24 hours; neither UTC nor Beijing time has daylight saving.
const day = 24 * time.Hour

// monitoring is a row of the operations of API version 2018-05-10, which have lengths, spans, histories and delays in
// common, and 100 calls a second per account.
//
// Source: https://api.aliyun.com/document/Cdn/2018-05-10, the page of each operation
func monitoring(name string, unit Unit, l layout) *Operation {
	return &Operation{
		action:     action{name: name, version: "2018-05-10"},
		timeLayout: "2006-01-02T15:04:05Z",
		MaxDomains: 500,
		Unit:       unit,
		Slices: []Slice{
			{Length: 5 * time.Minute, MaxSpan: 3 * day, History: 93 * day},
			{Length: time.Hour, MaxSpan: 31 * day, History: 186 * day, Delay: 4 * time.Hour},
			{Length: day, MaxSpan: 366 * day, History: 366 * day, Delay: day},
		},
		layout: l,
	}
}
