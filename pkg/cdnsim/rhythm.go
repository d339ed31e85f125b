package cdnsim

// rhythm is how a kind of site is used over the day and the week, in Beijing
// time, in the fixed point of traffic.go.
type rhythm struct {
	day  [slicesPerDay]int64 // highest is 1.0
	week [7]int64            // from Sunday
}

// The day is given hour by hour in per cent of its highest hour, the week in per
// cent of a normal day.
var (
	publicSite = newRhythm(
		[24]int64{38, 30, 25, 22, 20, 22, 30, 42, 55, 70, 80, 84, 88, 85, 82, 82, 84, 86, 90, 95, 100, 98, 85, 60},
		[7]int64{112, 96, 96, 97, 98, 102, 114})
	videoSite = newRhythm(
		[24]int64{55, 38, 25, 18, 14, 12, 15, 22, 30, 36, 42, 50, 58, 55, 50, 48, 50, 56, 66, 82, 96, 100, 95, 78},
		[7]int64{125, 94, 94, 95, 96, 108, 128})
	officeSite = newRhythm(
		[24]int64{12, 10, 9, 9, 10, 12, 20, 40, 75, 95, 100, 98, 70, 85, 98, 100, 96, 85, 60, 45, 38, 32, 25, 18},
		[7]int64{40, 102, 104, 104, 102, 98, 45})
	// steadySite varies so little that one threshold tells a tripling from the
	// normal at any hour.
	steadySite = newRhythm(
		[24]int64{78, 75, 72, 70, 70, 71, 74, 80, 85, 90, 93, 95, 96, 95, 94, 94, 95, 96, 98, 99, 100, 99, 93, 85},
		[7]int64{102, 98, 98, 98, 99, 100, 102})
)

// newRhythm draws a line from hour to hour.
func newRhythm(hours [24]int64, week [7]int64) *rhythm {
	r := &rhythm{}
	for n := range r.day {
		hour, step := n/slicesPerHour, int64(n%slicesPerHour)
		from, to := hours[hour], hours[(hour+1)%24]
		r.day[n] = (from*slicesPerHour + (to-from)*step) * one / (100 * slicesPerHour)
	}
	for i, share := range week {
		r.week[i] = share * one / 100
	}
	return r
}

// bytesPerSlice is what a rate of 1 kbit/s moves in a 5-minute slice.
const bytesPerSlice = 1000 * 300 / 8

// demoProfiles are what the demo domains get from the origin at their day's
// highest, in kbit/s, how many thousandths of what is delivered that is, and the
// KB of an object. They span what one account really mixes.
var demoProfiles = map[string]struct {
	kbps        int64
	rhythm      *rhythm
	miss        int64
	object      int64
	partPercent int64
}{
	"video.example.com":    {2_400_000, videoSite, 60, 1800, 40},
	"live.example.net":     {850_000, videoSite, 40, 900, 5},
	"download.example.com": {420_000, publicSite, 90, 4000, 55},
	"cdn.example.net":      {260_000, publicSite, 70, 700, 30},
	"img.example.com":      {140_000, publicSite, 110, 60, 0},
	pulsingDomain:          {70_000, steadySite, 75, 35, 0},
	"www.example.com":      {32_000, publicSite, 150, 24, 0},
	crowdedDomain:          {14_000, publicSite, 120, 28, 0},
	lullingDomain:          {900, officeSite, 130, 40, 0},
	"api.example.com":      {75, officeSite, 210, 5, 0},
	"beta.example.net":     {4, officeSite, 190, 16, 0},
	"legacy.example.org":   {0, publicSite, 100, 20, 0},
}

// pulsingDomain has the hourly spike, crowdedDomain the hourly crowd, lullingDomain
// the silences that alert demos rely on.
const (
	pulsingDomain = "static.example.com"
	crowdedDomain = "shop.example.org"
	lullingDomain = "docs.example.org"
)

func profileOf(domain string) profile {
	p := profile{
		seed:  hashName(domain),
		pulse: domain == pulsingDomain, crowds: domain == crowdedDomain, lulls: domain == lullingDomain,
	}
	p.missed = one + one/20 + p.draw(saltSize, -1, one*9/20)
	if demo, ok := demoProfiles[domain]; ok {
		p.base, p.rhythm = demo.kbps*bytesPerSlice, demo.rhythm
		p.miss, p.object, p.partial = demo.miss<<missBits/1000, demo.object<<10, demo.partPercent*million/100
		return p
	}
	rhythms := [...]*rhythm{publicSite, videoSite, officeSite, steadySite}
	p.rhythm = rhythms[p.seed>>8%uint64(len(rhythms))]
	// 6 kbit/s to 100 Mbit/s, as many domains in each power of two.
	p.base = (6 + int64(p.seed>>16%6)) * bytesPerSlice << (p.seed >> 24 % 14)
	if isHeavy(domain) {
		// 2 kbit/s divided by a number that is evenly spread from a millionth to 1.
		p.base = 2 * bytesPerSlice << 20 / (1 + p.draw(saltHeavy, -1, 1<<20))
	}
	p.miss = (35 + p.draw(saltMiss, -1, 181)) << missBits / 1000
	p.object = (4 + p.draw(saltSize, -2, 4)) << (10 + p.draw(saltSize, -3, 9)) // 4 KB to 2 MB
	if p.rhythm == videoSite {
		p.partial = p.draw(saltStatus, -1, million/2)
	}
	return p
}
