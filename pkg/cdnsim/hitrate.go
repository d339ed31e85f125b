package cdnsim

import "time"

// HitRatio is how much of a domain's bytes the cache delivers by itself in the
// 5-minute slice that holds t, in per cent with six digits behind the point:
// 100 × (1 - [Traffic] / [EdgeTraffic]). It is not ok if nothing is delivered. The
// ratio of several slices or domains is that of their sums.
func HitRatio(domain string, t time.Time) (percent float64, ok bool) {
	p, l, index := sliceOf(domain, t)
	return ratio(p.edge(l, index), l.origin())
}

// RequestHitRatio is the same of requests:
// 100 × (1 - [OriginRequests] / [EdgeRequests]).
func RequestHitRatio(domain string, t time.Time) (percent float64, ok bool) {
	p, l, index := sliceOf(domain, t)
	return ratio(p.requests(l, index))
}

func ratio(edge, origin int64) (percent float64, ok bool) {
	return hits([]int64{edge, origin}, 0).float(), edge > 0
}

// byteHits are what the ratio of bytes is made of, requestHits that of requests:
// what is delivered, and what of it comes from the origin.
var (
	byteHits = quantity{2, func(p *profile, loads []load, first int64, out []int64) {
		for i, l := range loads {
			out[2*i], out[2*i+1] = p.edge(l, first+int64(i)), l.origin()
		}
	}}
	requestHits = quantity{2, func(p *profile, loads []load, first int64, out []int64) {
		for i, l := range loads {
			out[2*i], out[2*i+1] = p.requests(l, first+int64(i))
		}
	}}
)

// hitRate is in per cent. Where nothing is delivered it is 0, which a client has to
// tell from a cache that hits nothing.
var hitRate = fields{
	{"Value", hits},
	{"HttpsValue", func(amounts []int64, _ int64) number {
		return percent(httpsPart(amounts[0]-amounts[1]), amounts[0])
	}},
}

func hits(amounts []int64, _ int64) number { return percent(amounts[0]-amounts[1], amounts[0]) }
