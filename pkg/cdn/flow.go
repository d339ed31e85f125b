package cdn

import (
	"context"
	"strconv"
	"time"
)

// Unit is what the values of an operation count.
type Unit string

// The units of flow.
const (
	Bit  Unit = "bit"
	Byte Unit = "byte"
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

// FlowOperation describes an operation that answers origin flow per time slice.
type FlowOperation struct {
	operation
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
}

// Name is the operation's name, such as DescribeDomainSrcFlowData.
func (o *FlowOperation) Name() string { return o.name }

// Version is the version of the API that the operation belongs to, such as 2014-11-11.
func (o *FlowOperation) Version() string { return o.version }

// FlowRequest asks for origin flow. Its zero value asks for the last 24 hours of all domains together.
type FlowRequest struct {
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

// Flow is the answer to a [FlowRequest].
type Flow struct {
	// RequestID identifies the call to Alibaba Cloud's support.
	RequestID string
	// Date is the time of the API's clock when it answered: UTC, whole seconds, cut off by HTTP; zero where the answer
	// does not tell.
	Date time.Time
	// Interval is the slice length of Points (DataInterval), whole seconds up to 366 days, which need not be the one asked
	// for; 0 if not said, or not in a way that can be read.
	Interval time.Duration
	// Points as they came: in no order, perhaps twice, perhaps outside the time asked for.
	Points []Point
	// Unreadable counts the points left out because their TimeStamp is no time or their Value no count (negative, text, a
	// list): their slices are missing. One without a TimeStamp or a Value is missing, too, but nothing is wrong with it.
	Unreadable int
}

// Point is the flow of one slice.
type Point struct {
	// Start of the slice, in seconds since 1970-01-01T00:00Z.
	Start int64
	// Value of the whole slice, in the operation's unit.
	Value float64
}

// Flow calls an operation that answers origin flow. Every error is an [*Error].
func (c *Client) Flow(ctx context.Context, op *FlowOperation, request FlowRequest) (Flow, error) {
	var flow Flow
	date, err := c.call(ctx, op.operation, request.params(op), func(body []byte) (err error) {
		flow, err = decodeFlow(body)
		return err
	})
	flow.Date = date
	return flow, err
}

func (r FlowRequest) params(op *FlowOperation) params {
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
