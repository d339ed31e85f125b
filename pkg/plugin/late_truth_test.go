package plugin

import (
	"fmt"
	"hash/fnv"
	"math"
	"strconv"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// heldLate is what an API holds that is late, and corrects itself (cdnsim.Options.Held). Most slices grow until they are 10
// minutes old, and are final then, which is in time. Of sixteen, one is not there until the data delay is long over, one is
// zero for two hours, one too small and one too large for a while. It changes at whole minutes only.
func heldLate(domain string, slice time.Time, age time.Duration, final int64) (value int64, present bool) {
	minutes := int64(age / time.Minute)
	switch draw := drawFor(domain, slice); {
	case minutes >= 120:
		return final, true
	case draw == 0 && minutes < 40:
		return 0, false
	case draw == 1:
		return 0, true
	case draw == 2 && minutes < 25:
		return final / 2, true
	case draw == 3 && minutes < 70:
		return final / 8 * 9, true
	case minutes < 10:
		return final / 20 * max(minutes+5, 0), true
	}
	return final, true
}

// heldLateFor is the age from which everything is final.
const heldLateFor = 2 * time.Hour

func drawFor(domain string, slice time.Time) uint32 {
	hash := fnv.New32a()
	_, _ = hash.Write(strconv.AppendInt([]byte(domain), slice.Unix(), 10))
	return hash.Sum32() >> 8 % 16
}

// allowance is what may be shown of some slices, all of which the API told at some moments of a while.
type allowance struct {
	// known tells that there must be something, maybe that there may be.
	known, maybe bool
	// amount and by are what a share is of.
	amount, by limits
	// rounded is what the API's integers may be off.
	rounded float64
}

type limits struct{ least, most float64 }

func (l limits) plus(other limits) limits { return limits{l.least + other.least, l.most + other.most} }

func (b allowance) plus(other allowance) allowance {
	return allowance{
		b.known || other.known, b.maybe || other.maybe, b.amount.plus(other.amount), b.by.plus(other.by), b.rounded + other.rounded,
	}
}

// in are the limits in a unit; surely tells that something must be shown.
func (b allowance) in(metric, unit string, length time.Duration) (l limits, surely bool) {
	amount := limits{b.amount.least - b.rounded, b.amount.most + b.rounded}
	scale := map[string]float64{"bytes": 1, "bitsPerSecond": 8 / length.Seconds(), "count": 1}[unit]
	l = limits{amount.least * scale, amount.most * scale}
	if unit == "percent" {
		by := limits{b.by.least - b.rounded, b.by.most + b.rounded}
		l = limits{100 * amount.least / by.most, math.Inf(1)}
		if by.least > 0 {
			l.most = 100 * amount.most / by.least
		}
		surely = b.known && by.least > 0
	} else {
		surely = b.known
	}
	return limits{l.least - tolerance(metric, l.least), l.most + tolerance(metric, l.most)}, surely
}

// witness knows what an API of [heldLate] told, and when. It is not safe for concurrent use.
type witness map[finalSlice]allowance

type finalSlice struct {
	metric, class, domain string
	start                 int64
}

// final is what a 5-minute slice has in the end, of a class of status codes if the metric has such.
func (w witness) final(metric, class, domain string, start time.Time) allowance {
	key := finalSlice{metric, class, domain, start.Unix()}
	if known, ok := w[key]; ok {
		return known
	}
	var amount, by int64
	m := metricTruths[metric]
	if m.amount != nil {
		amount = m.amount(domain, start)
	}
	if m.by != nil {
		by = m.by(domain, start)
	}
	if m.codes != nil {
		for code, count := range m.codes(domain, start) {
			if class == classOf(code) {
				amount += count
			}
		}
	}
	whole := func(v int64) limits { return limits{float64(v), float64(v)} }
	w[key] = allowance{known: true, maybe: true, amount: whole(amount), by: whole(by)}
	return w[key]
}

func classOf(code int) string { return strconv.Itoa(code/100) + "xx" }

// lookedWithin is how long ago the API was asked at the longest for what may still be corrected, where a panel that is live
// looks at it every 10 minutes or more often; and tailWithin for what is provisional.
const (
	lookedWithin = 12 * time.Minute
	tailWithin   = time.Minute
	dataDelay    = 15 * time.Minute
)

// slice is what may be shown of a 5-minute slice at some time.
func (w witness) slice(metric, class, domain string, start, now time.Time) allowance {
	final := w.final(metric, class, domain, start)
	end := start.Add(5 * time.Minute)
	within := lookedWithin
	if now.Sub(end) < dataDelay {
		within = tailWithin
	}
	if now.Sub(end)-within >= heldLateFor {
		return final
	}
	share, known, maybe := limits{math.Inf(1), math.Inf(-1)}, true, false
	for ago := within; ago >= 0; ago -= time.Minute {
		const whole = 40 // which [heldLate] can divide
		held, present := int64(0), false
		if age := now.Sub(end) - ago; age >= -5*time.Minute {
			held, present = heldLate(domain, start, age, whole)
		}
		if !present {
			held = 0
		}
		known, maybe = known && present, maybe || present
		share.least, share.most = min(share.least, float64(held)/whole), max(share.most, float64(held)/whole)
	}
	part := func(l limits) limits { return limits{l.least * share.least, l.most * share.most} }
	const codes, each = 12, 20
	return allowance{known, maybe, part(final.amount), part(final.by), codes * each}
}

// shownSeries is a series that has to be shown, or may be.
type shownSeries struct {
	labels data.Labels
	surely bool
	points []shownPoint
}

type shownPoint struct {
	at            time.Time
	maybe, surely bool
	limits
}

// compare returns what is wrong with frames that have to show some series, "" for nothing.
func compare(want []shownSeries, frames data.Frames) string {
	shown := 0
	for _, series := range want {
		frame := frameOf(frames, series.labels)
		if frame == nil {
			if series.surely {
				return fmt.Sprintf("%s is not shown", series.labels)
			}
			continue
		}
		shown++
		if wrong := series.compare(frame); wrong != "" {
			return fmt.Sprintf("%s %s", series.labels, wrong)
		}
	}
	if shown != len(frames) {
		return fmt.Sprintf("%d frames where %d are known", len(frames), shown)
	}
	return ""
}

func frameOf(frames data.Frames, labels data.Labels) *data.Frame {
	for _, f := range frames {
		if len(f.Fields) == 2 && f.Fields[1].Labels.Equals(labels) {
			return f
		}
	}
	return nil
}

func (s shownSeries) compare(f *data.Frame) string {
	row := 0
	for _, p := range s.points {
		if row == f.Rows() || !f.Fields[0].At(row).(time.Time).Equal(p.at) {
			if p.surely {
				return fmt.Sprintf("lacks %s, of %g to %g", p.at, p.least, p.most)
			}
			continue
		}
		value, err := f.Fields[1].FloatAt(row)
		if err != nil || !p.maybe || value < p.least || value > p.most || math.IsNaN(value) {
			return fmt.Sprintf("at %s is %.10g, not %.10g to %.10g", p.at, value, p.least, p.most)
		}
		row++
	}
	if row < f.Rows() {
		return fmt.Sprintf("shows %v, which is not in its range", f.Fields[0].At(row))
	}
	return ""
}
