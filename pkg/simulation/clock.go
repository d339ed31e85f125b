package simulation

import "time"

// clock is the API's clock against ours. Ours is the bubble's; that of the API is off by an offset, which may drift and
// may step once, as when either side's clock is set right.
type clock struct {
	start  time.Time
	offset time.Duration
	// ppm is the drift, in millionths.
	ppm    int64
	stepAt time.Time
	step   time.Duration
}

// maxOffset is how far the clocks may be apart: at 15 minutes the API refuses every signature.
const maxOffset = 14 * time.Minute

func drawClock(d dice, start time.Time, days int) clock {
	c := clock{start: start, stepAt: start.Add(d.of("step at").between(0, time.Duration(days)*day)), ppm: d.of("ppm").below(201) - 100}
	switch kind := d.of("clock").below(10); {
	case kind < 4: // as it should be
	case kind < 6:
		c.offset = d.of("small").between(-5*time.Second, 5*time.Second)
	default:
		c.offset = d.of("offset").between(-maxOffset, maxOffset)
		if kind == 9 {
			c.step = d.of("stepped").between(-maxOffset, maxOffset) - c.offset
		}
	}
	return c
}

// at is what the API's clock says when ours says t.
func (c clock) at(t time.Time) time.Time {
	api := t.Add(c.offset + t.Sub(c.start)/1_000_000*time.Duration(c.ppm))
	if !t.Before(c.stepAt) {
		api = api.Add(c.step)
	}
	return api
}

// reached is the latest moment that the API's clock has ever said. What the API had by then it keeps when its clock is set
// back.
func (c clock) reached(t time.Time) time.Time {
	api := c.at(t)
	if c.step < 0 && !t.Before(c.stepAt) {
		if before := c.at(c.stepAt).Add(-c.step); before.After(api) {
			return before
		}
	}
	return api
}

// stepped tells whether the clock was set in [from, to].
func (c clock) stepped(from, to time.Time) bool {
	return c.step != 0 && !c.stepAt.Before(from) && !c.stepAt.After(to)
}
