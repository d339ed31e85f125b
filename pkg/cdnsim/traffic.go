package cdnsim

import (
	"hash/fnv"
	"math"
	"time"
)

const (
	slicesPerHour = 12
	slicesPerDay  = 24 * slicesPerHour
	beijing       = 8 * slicesPerHour // Beijing's day starts this many slices before UTC's
	one           = 1 << 10           // 1.0 in the fixed point the curves are in
)

// Traffic is the final origin traffic, in bytes, of a domain in the 5-minute
// slice that holds t. It is the base of every answer: hourly and daily values
// are its sums, bits are 8 times it, merged series add it up over domains.
//
// It is never negative and the same for ever. Any name has traffic, between
// some kbit/s and 100 Mbit/s by its hash; those of [DemoDomains] have a size and
// day of their own. The day peaks in Beijing's evening, weekends differ, and
// about one day in nine has an event of half an hour to three hours at 2 to 7
// times the normal: an attack on the cache (a plateau) or a purge (a slope).
//
// static.example.com has no such events but one to rely on: 15 minutes from
// minute 20 of every hour at 3 to 4 times the normal. At any hour of any day it
// is below 90 Mbit/s outside them and above 110 Mbit/s inside, so an alert at
// 100 Mbit/s on 5-minute slices fires and recovers every hour.
//
// docs.example.org falls silent for the first half of every sixth hour in
// Beijing time: 00:00, 06:00, 12:00 and 18:00.
//
// It is computed in integers, as results of floating point would differ in the
// last digit between processors.
func Traffic(domain string, t time.Time) int64 {
	_, l, _ := sliceOf(domain, t)
	return l.origin()
}

// sliceOf is a domain's profile, and its load in the slice that holds t, the
// index-th from the Unix epoch.
func sliceOf(domain string, t time.Time) (p profile, l load, index int64) {
	var loads [1]load
	p, index = profileOf(domain), sliceIndex(t)
	p.load(loads[:], index)
	return p, loads[0], index
}

// load is what a domain has to do in a slice: everything else about the slice
// follows from it.
type load struct {
	normal int64 // origin bytes with the cache as it should be
	excess int64 // what a broken cache adds, in the fixed point, of the normal
}

func (l load) origin() int64 { return l.normal * (one + l.excess) >> 10 }

// sliceIndex counts 5-minute slices from the Unix epoch.
func sliceIndex(t time.Time) int64 { return floorDiv(t.Unix(), int64(fiveMinutes/time.Second)) }

// profile is what there is to know about a domain's traffic.
type profile struct {
	seed   uint64
	base   int64 // bytes per slice at the day's highest, without noise
	rhythm *rhythm
	pulse  bool // the hourly spike of static.example.com
	lulls  bool // the silences of docs.example.org
}

// load writes the load of consecutive slices, a day and an hour at a time, so
// that what is the same within them is computed once.
func (p *profile) load(loads []load, index int64) {
	for done := 0; done < len(loads); {
		at := index + int64(done) + beijing
		today := floorDiv(at, slicesPerDay)
		first := int(at - today*slicesPerDay)
		n := min(slicesPerDay-first, len(loads)-done)
		p.loadDay(loads[done:done+n], today, first)
		done += n
	}
}

// loadDay writes slices first and on of a Beijing day, counted from the epoch.
func (p *profile) loadDay(loads []load, today int64, first int) {
	week := p.rhythm.week[floorMod(today+4, 7)] // 1 January 1970 was a Thursday
	special := p.eventOf(today)
	hour, drift, slope := -1, int64(0), int64(0)
	for i := range loads {
		n := first + i
		if n/slicesPerHour != hour {
			hour = n / slicesPerHour
			drift = p.noise(saltDrift, today*24+int64(hour), 80)
			slope = p.noise(saltDrift, today*24+int64(hour)+1, 80) - drift
		}
		level := one + drift + slope*int64(n%slicesPerHour)/slicesPerHour + p.noise(saltSlice, today*slicesPerDay+int64(n), 60)
		bytes := p.base * p.rhythm.day[n] >> 10 * (week * level >> 10) >> 10
		if p.lulls && n%(6*slicesPerHour) < slicesPerHour/2 {
			bytes = 0
		}
		loads[i] = load{bytes, special.extra(n) + p.pulseAt(today, n)}
	}
}

// noise is evenly spread over ±most. It scales by multiplying: it is drawn once
// per slice, where a division would be most of the work.
func (p *profile) noise(salt uint64, n int64, most int64) int64 {
	return int64(mix(p.seed^salt, uint64(n))>>32*uint64(2*most+1)>>32) - most
}

// pulseAt is what the hourly spike adds to slice n of a day.
func (p *profile) pulseAt(today int64, n int) int64 {
	const first, length = 20 / 5, 15 / 5
	if !p.pulse || n%slicesPerHour < first || n%slicesPerHour >= first+length {
		return 0
	}
	return 2*one + one/2 + p.noise(saltPulse, today*slicesPerDay+int64(n), one/2)
}

// event is a spell of extra traffic within one day.
type event struct {
	first, length int
	size          int64
	fades         bool
}

func (p *profile) eventOf(today int64) event {
	h := mix(p.seed^saltEvent, uint64(today))
	if p.pulse || h%9 != 0 {
		return event{}
	}
	length := 6 + int(h>>16%31)
	return event{
		first:  int(h >> 24 % uint64(slicesPerDay-length)),
		length: length,
		size:   one * int64(1+h>>40%6),
		fades:  h>>50%2 == 0,
	}
}

// extra is what the event adds to slice n of its day.
func (e event) extra(n int) int64 {
	since := n - e.first
	if since < 0 || since >= e.length {
		return 0
	}
	if e.fades {
		return e.size * int64(e.length-since) / int64(e.length)
	}
	return e.size
}

// loss decides which 5-minute slices of a domain the API has lost.
type loss struct {
	seed  uint64
	below uint64 // of 1<<32
}

func lossOf(domain string, share float64) loss {
	share = math.Min(math.Max(share, 0), 1)
	return loss{hashName(domain) ^ saltLoss, uint64(share * (1 << 32))}
}

func (l loss) at(index int64) bool {
	return l.below > 0 && mix(l.seed, uint64(index))>>32 < l.below
}

// Salts keep the random sequences of one domain apart.
const (
	saltSlice uint64 = 0x51CE << (16 * iota)
	saltDrift
	saltEvent
	saltPulse
)
const saltLoss uint64 = 0x1055_1055

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

func floorMod(a, b int64) int64 { return a - floorDiv(a, b)*b }
