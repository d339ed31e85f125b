package cdnsim

import "hash/fnv"

// noise is evenly spread over ±most. It scales by multiplying: it is drawn once
// per slice, where a division would be most of the work.
func (p *profile) noise(salt uint64, n int64, most int64) int64 {
	return p.draw(salt, n, 2*most+1) - most
}

// draw is one of so many numbers from 0 on, each as likely.
func (p *profile) draw(salt uint64, n int64, numbers int64) int64 {
	return int64(mix(p.seed^salt, uint64(n)) >> 32 * uint64(numbers) >> 32)
}

// Salts keep the random sequences of one domain apart.
const (
	saltSlice uint64 = 0x51CE << (16 * iota)
	saltDrift
	saltEvent
	saltPulse
)

const (
	saltLoss uint64 = 0x1055_1055 + iota<<40
	saltCrowd
	saltMiss
	saltMissSlice
	saltSize
	saltStatus
	saltOrigin
	saltCached
	saltHeavy
)

// mix is a random number for the n-th draw of a seed: a multiply-and-shift
// finaliser, a few nanoseconds and no state.
func mix(seed, n uint64) uint64 {
	x := seed + n*0x9E3779B97F4A7C15
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}

func hashName(domain string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(domain)) // never fails
	return mix(h.Sum64(), 0)
}
