package cdnsim

import "time"

// EdgeRequests is how many requests of a domain's visitors the CDN answers in the
// 5-minute slice that holds t: [EdgeTraffic] by an average size of the domain's
// objects, between some KB and some MB, rounded up. It is 0 if there are no bytes.
func EdgeRequests(domain string, t time.Time) int64 {
	p, l, index := sliceOf(domain, t)
	edge, _ := p.requests(l, index)
	return edge
}

// OriginRequests is how many of them the CDN asks the origin for, never more than
// [EdgeRequests]: [Traffic] by an average size, rounded up. What the cache misses
// is larger than the average by a twentieth to a half, so the cache hits a larger
// share of the requests than of the bytes.
func OriginRequests(domain string, t time.Time) int64 {
	p, l, index := sliceOf(domain, t)
	_, origin := p.requests(l, index)
	return origin
}

// requests are EdgeRequests and OriginRequests in the slice with the index and the
// load. One size is derived from the other, or origin might exceed edge.
func (p *profile) requests(l load, index int64) (edge, origin int64) {
	size := p.object * (one + p.noise(saltSize, index, one/32)) >> 10
	return ceilDiv(p.edge(l, index), size), ceilDiv(l.origin(), size*p.missed>>10)
}

// edgeRequests is [EdgeRequests], originRequests [OriginRequests].
var (
	edgeRequests = quantity{1, func(p *profile, loads []load, first int64, out []int64) {
		for i, l := range loads {
			out[i], _ = p.requests(l, first+int64(i))
		}
	}}
	originRequests = quantity{1, func(p *profile, loads []load, first int64, out []int64) {
		for i, l := range loads {
			_, out[i] = p.requests(l, first+int64(i))
		}
	}}
)

// originRate is in requests per second.
var originRate = fields{
	{"Value", rateOf(total)},
}

// edgeRate is in requests per second, and in requests where the name has Acc.
var edgeRate = fields{
	{"Value", rateOf(total)},
	{"DomesticValue", rateOf(domestic)},
	{"OverseasValue", rateOf(overseas)},
	{"HttpsValue", rateOf(overHTTPS)},
	{"AccValue", total},
	{"AccDomesticValue", domestic},
	{"AccOverseasValue", overseas},
	{"HttpsAccValue", overHTTPS},
}

// ceilDiv is a / b rounded up, for a that is not negative.
func ceilDiv(a, b int64) int64 { return (a + b - 1) / b }
