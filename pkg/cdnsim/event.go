package cdnsim

// Spells of a quarter of an hour begin in these slices of every hour.
const (
	pulseFirst = 20 / 5
	crowdFirst = 40 / 5
)

// inSpell tells whether slice n of a day is in an hourly spell.
func inSpell(n, first int) bool {
	const length = 15 / 5
	return n%slicesPerHour >= first && n%slicesPerHour < first+length
}

// threefold is between 3 and 4 in slice n of a day.
func (p *profile) threefold(salt uint64, today int64, n int) int64 {
	return 3*one + one/2 + p.noise(salt, today*slicesPerDay+int64(n), one/2)
}

// pulseAt is what the hourly spike adds to slice n of a day.
func (p *profile) pulseAt(today int64, n int) int64 {
	if !p.pulse || !inSpell(n, pulseFirst) {
		return 0
	}
	return p.threefold(saltPulse, today, n) - one
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
