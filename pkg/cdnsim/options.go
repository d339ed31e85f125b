package cdnsim

import "time"

// Options shape a [Server]. The zero value is useful: the demo account, its
// domains and key, the real clock, documented delays, no missing slices, no
// throttling and no faults.
//
// Maps keyed by granularity use the slice length as key: 5*time.Minute,
// time.Hour or 24*time.Hour. Other keys mean nothing.
type Options struct {
	// Now is the server's clock; nil is time.Now. It decides which slices are
	// final and how old the history is, and is told in the Date header of every
	// answer: the moment the call arrived, which is the one it is answered for.
	Now func() time.Time

	// SigningClock decides whether a request's Timestamp is valid; nil is Now. A
	// client that signs with the machine's clock needs time.Now here when Now is
	// some other moment.
	SigningClock func() time.Time

	// RequestID makes the RequestId of each answer; nil makes random UUIDs. It
	// is called from several goroutines at once.
	RequestID func() string

	// Keys are the account's keys by AccessKeyId; nil is DemoKeyID with
	// DemoKeySecret.
	Keys map[string]Key

	// Domains are the account's domains; nil is DemoDomains(), an empty slice
	// an account without domains.
	Domains []Domain

	// Latency is the real time each call takes, or until its context ends.
	Latency time.Duration

	// CallsPerSecond is how many authenticated calls the account may make in one
	// second of Now before it is throttled: Throttling.User (2014-11-11) or
	// Throttling (2018-05-10). 0 is without limit.
	CallsPerSecond int

	// MaxURL is the length in bytes, of path and query as they are sent, up to which
	// a URL gets through the gateway in front of the API. A longer one is refused
	// with HTTP 414 and a page of HTML, before anything in it is looked at. 0 is
	// DefaultMaxURL, a negative number no bound.
	MaxURL int

	// Retired withdraws API version 2014-11-11: InvalidAction.NotFound.
	Retired bool

	// Denied names the operations the key's RAM policy lacks: Forbidden.RAM.
	Denied []string

	// Fault may answer a call in place of the server; nil, or a nil result, lets
	// the server answer. It is asked once the call's operation, signature, rate
	// and permission have passed, before its parameters are looked at. It is
	// called without a lock held, from several goroutines at once, and may block.
	Fault func(Call) *Fault

	// Delay is how long after its end a slice becomes final, by granularity. An
	// entry replaces the default: 15 minutes for 5-minute slices, 4 hours for
	// hourly ones, and for daily ones until 20:00Z. 0 is at once.
	Delay map[time.Duration]time.Duration

	// Late is what a slice holds that has started but is not final.
	Late Late

	// Held, where there is one, takes the place of Delay and Late for 5-minute
	// slices: it says how much the API holds of a domain's slice, by its start
	// (UTC), and whether it has the slice at all. Age is how long ago, by Now, the
	// slice ended: -5 minutes for one that starts now. Final is what it holds in
	// the end. It is asked about slices that have started and are not lost
	// (Missing). An hourly or daily slice is as Delay and Late say until its Delay
	// is over, and from then on the sum of what Held says at that moment of its
	// 5-minute slices; it is absent if all of them are.
	//
	// It is asked once for each amount a slice is made of. That is one for a flow,
	// [Traffic] or [EdgeTraffic] in bytes, and for requests, [OriginRequests] or
	// [EdgeRequests]. For a hit ratio it is two: what is delivered, then what of it
	// comes from the origin. For status codes it is one for each code there is, in
	// ascending order, those that do not occur included. A slice is absent once
	// Held says so of one of its amounts, and of the others it is not asked then.
	//
	// It must be pure, or two answers would disagree, and is called from several
	// goroutines at once.
	Held func(domain string, slice time.Time, age time.Duration, final int64) (value int64, present bool)

	// Missing is the share, 0 to 1, of a domain's 5-minute slices that the API
	// has lost for good. Which ones depends on domain and time alone: a slice that
	// is lost to one operation is lost to all of them. They are absent from
	// 5-minute answers and count as nothing in sums.
	Missing float64

	// NoLists refuses a DomainName with a comma in every operation but the list of
	// domains: InvalidDomain.NotFound. One sentence of the reference page says that
	// only one domain is supported, another that a list is.
	NoLists bool

	// OfflineRefused refuses to tell slices of a domain whose Status is offline,
	// alone or in a list, whatever the metric: InvalidDomain.Offline. In an answer
	// for all of the account (no DomainName) such domains count all the same.
	OfflineRefused bool

	// SpanLimit is the span (EndTime - StartTime) from which on a granularity
	// is answered with the next coarser one, told by DataInterval. An entry
	// replaces the documented limit, 3 days for 5-minute and 31 days for hourly
	// slices; 0 never serves that granularity. An entry for 5-minute slices also
	// replaces the 31 days of TimeMerge=false.
	SpanLimit map[time.Duration]time.Duration

	// History is how far back every operation that tells slices reaches, whatever
	// the granularity, where that is less than documented: 90 days in 2014-11-11,
	// and 93, 186 and 366 days for 5-minute, hourly and daily slices in 2018-05-10.
	// 0 is as documented. An older StartTime is InvalidStartTime.ValueNotSupported.
	History time.Duration

	// EndExcluded leaves out the slice that starts at EndTime. The reference
	// page's sample has it, a sister operation's has not.
	EndExcluded bool

	// UTCDays makes daily slices start at 00:00Z. By default they start at
	// Beijing midnight, 16:00Z.
	UTCDays bool

	// Empty is how an answer without any point is written.
	Empty Empty

	// NoInterval leaves DataInterval out of answers: a client has to tell the
	// length of the slices from their starts.
	NoInterval bool

	// NoDate leaves the Date header out of answers.
	NoDate bool

	// LooseTypes writes scalars as the other JSON type: numbers where the
	// documentation says string, strings where it says number. Names, times and
	// status codes stay strings.
	LooseTypes bool

	// OldContainer makes DescribeDomainSrcTrafficData name its points
	// SrcFlowDataPerInterval, as the documentation's samples of 2019 do.
	OldContainer bool

	// Record is how many of the latest calls [Server.Calls] remembers. 0 is
	// DefaultRecord, a negative number none.
	Record int
}

// DefaultMaxURL is the longest URL a [Server] takes unless told otherwise, in
// bytes: a usual bound of gateways.
const DefaultMaxURL = 8 << 10

// DefaultRecord is how many calls a [Server] remembers unless told otherwise.
const DefaultRecord = 10_000

// Key is what the server knows about one AccessKeyId.
type Key struct {
	// Secret is the AccessKeySecret requests are signed with.
	Secret string
	// SecurityToken, when not empty, makes this a temporary STS key: calls must
	// carry this token.
	SecurityToken string
	// Expires is when an STS key ends; zero is never.
	Expires time.Time
}

// Late is what the newest slices hold before they are final. Users of this API
// have reported all three.
type Late int

const (
	// LatePartial is a growing part of the final value, always below it.
	LatePartial Late = iota
	// LateZero is 0.
	LateZero
	// LateAbsent leaves the slice out.
	LateAbsent
)

// Empty is how an answer without points is written. Clients have met all three.
type Empty int

const (
	// EmptyList is {"DataModule":[]}, or UsageData where the points are in that.
	EmptyList Empty = iota
	// EmptyNull is {"DataModule":null}.
	EmptyNull
	// EmptyMissing leaves the container's key out.
	EmptyMissing
)

// DemoKeyID and DemoKeySecret sign in to a [Server] whose Options name no keys.
// They open nothing else and are made not to look like a real key.
const (
	DemoKeyID     = "demo-key-id"
	DemoKeySecret = "demo-key-secret"
)

// DemoOptions are the options of demo mode: the demo account, two slices in a
// thousand lost, and no record of calls, so that memory stays flat however long
// the plugin runs.
func DemoOptions() Options {
	return Options{Missing: 0.002, Record: -1}
}
