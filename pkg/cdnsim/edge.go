package cdnsim

import "time"

// EdgeTraffic is what the CDN delivers to a domain's visitors, in bytes, in the
// 5-minute slice that holds t. Like [Traffic] it is final, never negative and the
// same for ever, and it is never below [Traffic].
//
// As long as the cache is as it should be, the origin has to serve a share of it
// between 3 and 25 %, which differs between domains and drifts by some tenths of
// itself from day to day. A broken cache, the spikes and events of [Traffic],
// changes nothing for the visitors: the origin serves more of what is delivered as
// ever, or all of it where that would not be enough. A crowd raises both alike.
func EdgeTraffic(domain string, t time.Time) int64 {
	p, l, index := sliceOf(domain, t)
	return p.edge(l, index)
}

// edge is EdgeTraffic in the slice with the index and the load.
func (p *profile) edge(l load, index int64) int64 {
	return max(l.normal<<missBits/p.missAt(index), l.origin())
}

// missBits are the bits behind the point of the share the cache misses.
const missBits = 16

// missAt is the share of its bytes a domain's cache misses in a slice when nothing
// is broken: from one day's draw to the next on a line, and a little noise.
func (p *profile) missAt(index int64) int64 {
	today := floorDiv(index, slicesPerDay)
	drift := p.noise(saltMiss, today, one/8)
	slope := p.noise(saltMiss, today+1, one/8) - drift
	level := one + drift + slope*(index-today*slicesPerDay)/slicesPerDay + p.noise(saltMissSlice, index, one/64)
	return p.miss * level >> 10
}

// edgeBytes is [EdgeTraffic].
var edgeBytes = quantity{1, func(p *profile, loads []load, first int64, out []int64) {
	for i, l := range loads {
		out[i] = p.edge(l, first+int64(i))
	}
}}

// edgeFlow is in byte per slice.
var edgeFlow = fields{
	{"Value", total},
	{"DomesticValue", domestic},
	{"OverseasValue", overseas},
	{"HttpsValue", overHTTPS},
}
