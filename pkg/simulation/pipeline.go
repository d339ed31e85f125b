package simulation

import "time"

const (
	slice   = 5 * time.Minute
	hour    = time.Hour
	day     = 24 * time.Hour
	perHour = int64(hour / slice)
)

// never is the age that no slice reaches.
const never = 1 << 40

// certainAge is the age, in seconds since its end, from which a slice holds its last value: one that is 6 hours late may
// run into an outage of 8 hours, and nothing is corrected later.
const certainAge = 15 * 60 * 60

// pipeline is what brings the slices to the API: when each arrives, what stands there until then, and which turn out wrong
// and are corrected.
type pipeline struct {
	dice
	profiles map[string]profile
	outages  []outage
}

// profile is how the slices of one domain come.
type profile struct {
	dice
	until placeholder
	// late and veryLate are the shares of the slices that come 16 to 30 minutes and 1 to 6 hours after their end; the
	// others come in time.
	late, veryLate float64
	// lost is the share of the slices that never come, wrong of those that are corrected after they came.
	lost, wrong float64
	silent      bool
}

// placeholder is what a slice holds before its value comes.
type placeholder int

const (
	untilPartial placeholder = iota
	untilZero
	untilAbsent
)

// outage is a time in which no slice comes, by the API's clock.
type outage struct{ from, to int64 }

func drawPipeline(d dice, domains []string, from time.Time, days int) *pipeline {
	p := &pipeline{dice: d, profiles: map[string]profile{}}
	late := pick(d.of("late"), 0, 0, 0.05, 0.3, 1)
	veryLate := pick(d.of("very late"), 0, 0, 0, 0.01)
	wrong := pick(d.of("wrong"), 0, 0, 0.01, 0.05)
	until := placeholder(d.of("until").below(3))
	for _, name := range domains {
		own := d.of(name)
		p.profiles[name] = profile{
			dice: own, until: until, late: late, veryLate: veryLate, wrong: wrong,
			lost:   pick(own.of("lost"), 0, 0, 0, 0.002, 0.1),
			silent: own.of("silent").chance(0.05),
		}
	}
	if d.of("outages").chance(0.3) {
		at := from.Add(d.of("outage").between(0, time.Duration(days)*day)).Unix()
		p.outages = append(p.outages, outage{at, at + int64(d.of("length").between(hour, 8*hour)/time.Second)})
	}
	return p
}

// fate is what becomes of one slice. Ages are in seconds since its end, by the API's clock.
type fate struct {
	until placeholder
	// arrives is the age at which the value comes; first is that value, and final what it is from the age corrected on.
	arrives, corrected int64
	first, final       int64
}

// The draws that decide on a slice, by number: the oracle asks for millions of fates, and to hash a name takes a while.
const (
	drawLost = iota
	drawInTime
	drawLate
	drawLateBy
	drawVeryLate
	drawVeryLateBy
	drawCatchingUp
	drawWrong
	drawWrongShare
	drawCorrected
)

// fate of the slice that starts at start, in seconds, whose true traffic is final.
func (p *pipeline) fate(domain string, start, final int64) fate {
	own := p.profiles[domain]
	if own.silent {
		final = 0
	}
	f := fate{until: own.until, first: final, final: final}
	d := own.at(start)
	if d.at(drawLost).chance(own.lost) {
		f.until, f.arrives, f.corrected = untilAbsent, never, never
		return f
	}
	f.arrives = d.at(drawInTime).below(13*60) + 60
	switch {
	case d.at(drawLate).chance(own.late):
		f.arrives = 16*60 + d.at(drawLateBy).below(14*60)
	case d.at(drawVeryLate).chance(own.veryLate):
		f.arrives = 60*60 + d.at(drawVeryLateBy).below(5*60*60)
	}
	end := start + int64(slice/time.Second)
	for _, o := range p.outages {
		if at := end + f.arrives; at >= o.from && at < o.to {
			f.arrives = o.to - end + d.at(drawCatchingUp).below(10*60)
		}
	}
	f.corrected = f.arrives
	if d.at(drawWrong).chance(own.wrong) {
		f.first = final / 8 * (4 + d.at(drawWrongShare).below(8))
		f.corrected = max(f.arrives, min(f.arrives+5*60+d.at(drawCorrected).below(6*60*60), 8*60*60-60))
	}
	return f
}

// at is what the API holds at an age.
func (f fate) at(age int64) (value int64, present bool) {
	switch {
	case age >= f.corrected:
		return f.final, f.corrected < never
	case age >= f.arrives:
		return f.first, true
	case age < -int64(slice/time.Second) || f.until == untilAbsent:
		return 0, false
	case f.until == untilZero:
		return 0, true
	}
	return f.partial(age), true
}

// partial grows by the minute, to nine tenths at most: who takes it for final is off by enough to be seen.
func (f fate) partial(age int64) int64 {
	length := int64(slice / time.Second)
	minutes := (age + length) / 60
	return f.first / 1000 * min(900, 900*minutes*60/(f.arrives+length))
}

// held is what the API has, by ages since the slice's end.
func (p *pipeline) held(domain string, start, age, final int64) (value int64, present bool) {
	own, known := p.profiles[domain]
	if !known {
		return final, true
	}
	if age > certainAge && own.lost == 0 && !own.silent {
		return final, true
	}
	return p.fate(domain, start, final).at(age)
}
