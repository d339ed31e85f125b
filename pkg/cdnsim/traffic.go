package cdnsim

import (
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
// These are caches that break: [EdgeTraffic] stays where it was, so [HitRatio]
// falls, and the origin answers more often with errors ([OriginStatus]). What a
// crowd of visitors looks like is to be seen at shop.example.org, 15 minutes from
// minute 40 of every hour: 3 to 4 times the normal at the edge and at the origin,
// with hit ratio and errors as ever.
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
	crowds bool // the hourly crowd of shop.example.org
	lulls  bool // the silences of docs.example.org

	miss    int64 // of the bytes delivered, in missBits, the origin's usual share
	object  int64 // bytes, the usual size of what is delivered
	missed  int64 // how much larger what the cache misses is, in the fixed point
	partial int64 // of the requests, in millionths, for parts of large files
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
		if p.crowds && inSpell(n, crowdFirst) {
			bytes = bytes * p.threefold(saltCrowd, today, n) >> 10
		}
		loads[i] = load{bytes, special.extra(n) + p.pulseAt(today, n)}
	}
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
