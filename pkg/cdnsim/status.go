package cdnsim

import (
	"strconv"
	"time"
)

// OriginStatus is with which HTTP status the origin answers [OriginRequests] of a
// domain in the 5-minute slice that holds t: how often by code. The counts sum to
// the requests exactly; codes that do not occur are left out.
//
// About 3 in 1000 answers are 500, 502, 503 or 504. While a cache is broken (see
// [Traffic]) the origin is not up to what it is asked for: about 6 in 100 at 3 to 4
// times the normal, more in larger events. A crowd leaves the mix as it is.
func OriginStatus(domain string, t time.Time) map[int]int64 { return originStatus.at(domain, t) }

// EdgeStatus is with which HTTP status the CDN answers [EdgeRequests], likewise.
// Visitors get what the origin said where the cache misses, errors too, so each
// count is at least that of [OriginStatus]; what the cache has is 200, 206, 304 and
// little else.
func EdgeStatus(domain string, t time.Time) map[int]int64 { return edgeStatus.at(domain, t) }

// statusCodes are the codes there are, and how often: in millionths of the answers
// of the origin, of those of the cache, and of those of an origin that has to serve
// twice the normal on top. The first, 200, takes what is left.
var statusCodes = [...]struct {
	code                   int
	origin, cached, broken int64
}{
	{code: 200},
	{206, 4_000, 4_000, 0},
	{301, 9_000, 5_000, 0},
	{304, 55_000, 90_000, 0},
	{403, 3_000, 2_000, 0},
	{404, 12_000, 3_000, 0},
	{499, 2_000, 2_000, 0},
	{500, 800, 0, 1_500},
	{502, 1_000, 0, 7_000},
	{503, 400, 0, 8_000},
	{504, 800, 0, 6_500},
}

// statusShares are millionths by index into statusCodes.
type statusShares [len(statusCodes)]int64

// mostBroken bounds the excess that counts for errors.
const mostBroken = 5 * one

// statusMix is what a domain's answers are like.
type statusMix struct{ origin, cached statusShares }

// statusMix gives each code a weight of its own. Domains of large files are asked
// for parts of them.
func (p *profile) statusMix() statusMix {
	var m statusMix
	for i, c := range statusCodes[1:] {
		weight := one + p.noise(saltStatus, int64(c.code), one/2)
		m.origin[i+1], m.cached[i+1] = c.origin*weight>>10, c.cached*weight>>10
	}
	m.origin[1] += p.partial
	m.cached[1] += p.partial
	return m
}

// addOrigin adds the origin's answers in the slice with the index and the load.
func (m *statusMix) addOrigin(out []int64, p *profile, l load, index, requests int64) {
	shares, excess := m.origin, min(l.excess, mostBroken)
	for i, c := range statusCodes {
		shares[i] += c.broken * excess >> 10
	}
	shares.add(out, requests, p.draw(saltOrigin, index, million))
}

// addCached adds the answers of the cache.
func (m *statusMix) addCached(out []int64, p *profile, index, requests int64) {
	m.cached.add(out, requests, p.draw(saltCached, index, million))
}

// add deals so many requests out to the codes. Each gets its share, rounded so that
// the counts sum to the requests and rare codes come up now and then: as if every
// millionth card of a sorted pile were taken, the first being number turn.
func (s *statusShares) add(out []int64, requests, turn int64) {
	rest := int64(million)
	for _, share := range s[1:] {
		rest -= share
	}
	pile, dealt := turn, int64(0)
	for i, share := range s {
		if i == 0 {
			share = rest
		}
		pile += requests * share
		out[i] += pile/million - dealt
		dealt = pile / million
	}
}

// originStatus is [OriginStatus] and edgeStatus [EdgeStatus], by index into
// statusCodes.
var (
	originStatus = quantity{len(statusCodes), func(p *profile, loads []load, first int64, out []int64) {
		usual := p.statusMix()
		clear(out)
		for i, l := range loads {
			index := first + int64(i)
			_, origin := p.requests(l, index)
			usual.addOrigin(out[i*len(statusCodes):], p, l, index, origin)
		}
	}}
	edgeStatus = quantity{len(statusCodes), func(p *profile, loads []load, first int64, out []int64) {
		usual := p.statusMix()
		clear(out)
		for i, l := range loads {
			index, at := first+int64(i), out[i*len(statusCodes):]
			edge, origin := p.requests(l, index)
			usual.addOrigin(at, p, l, index, origin)
			usual.addCached(at, p, index, edge-origin)
		}
	}}
)

// at are the counts by code in the slice that holds t.
func (q quantity) at(domain string, t time.Time) map[int]int64 {
	p, l, index := sliceOf(domain, t)
	counts := make([]int64, q.amounts)
	q.fill(&p, []load{l}, index, counts)
	byCode := map[int]int64{}
	for i, count := range counts {
		if count > 0 {
			byCode[statusCodes[i].code] = count
		}
	}
	return byCode
}

// proportions write how often each code occurred, and the share in per cent. The
// codes come unordered, and not at all if they did not occur.
type proportions struct{}

func (proportions) appendPoint(b []byte, o *Options, p *points, index int) []byte {
	var room [len(statusCodes)]int
	present, all, counts := room[:0], int64(0), p.amounts(index)
	for i, count := range counts {
		if count > 0 {
			present, all = append(present, i), all+count
		}
	}
	if len(present) > 0 {
		shuffle(present, p.start(index))
	}
	b = append(b, `,"Value":{"CodeProportionData":[`...)
	for n, i := range present {
		if n > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"Code":"`...)
		b = strconv.AppendInt(b, int64(statusCodes[i].code), 10)
		b = append(b, `","Count":`...)
		b = o.appendScalar(b, number{whole: counts[i]})
		b = append(b, `,"Proportion":`...)
		b = o.appendScalar(b, percent(counts[i], all))
		b = append(b, '}')
	}
	return append(b, "]}"...)
}
