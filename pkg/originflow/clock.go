package originflow

import "time"

// clock keeps the API's time, by which slices become final and history ends. Ours may differ by minutes; the header Date
// of every answer tells theirs, in whole seconds. Until the first answer, ours has to do.
type clock struct {
	// heard is our time of the last answer, theirs what the API's clock showed then as far as we know.
	heard, theirs time.Time
}

// implausible is a difference that no API would have answered with more than an error: it refuses signatures that are off
// by a quarter of an hour. A Date so far away is not its clock's.
const implausible = 24 * time.Hour

// moment is a point in time, in whole seconds on two clocks.
type moment struct {
	// api is the API's time, by which slices become final.
	api int64
	// own counts from when the account was first used, by our clock, which nobody sets: what has an age is aged by it, as
	// the API's time is not known before its first answer.
	own int64
}

// ahead is how far the API's time is ahead of our count, in seconds.
func (m moment) ahead() int64 { return m.api - m.own }

// at is the API's time at a moment of our clock.
func (c *clock) at(ours time.Time) time.Time {
	if c.heard.IsZero() {
		return ours
	}
	// The first difference is that of the monotonic clock, which nobody sets; it stops while a machine is suspended,
	// which the second shows. Too late a guess is corrected by the next call that it causes, too early a one by none.
	return c.theirs.Add(max(ours.Sub(c.heard), ours.Round(0).Sub(c.heard.Round(0))))
}

// hear takes in an answer: when the call was sent and the answer received, by our clock, and the answer's Date. It changes
// as little as agrees with the answer, and where it must, to the earliest time that does: a slice taken for final too
// late is shown a moment later, one taken too early is wrong.
func (c *clock) hear(sent, received, date time.Time) {
	if date.IsZero() || date.Sub(c.at(received)).Abs() > implausible {
		return
	}
	theirs := c.at(received)
	if theirs.Before(date) || !c.at(sent).Before(date.Add(time.Second)) {
		theirs = date
	}
	c.heard, c.theirs = received, theirs.Round(0)
}

// ahead is how far the API's clock is ahead of ours.
func (c *clock) ahead(ours time.Time) time.Duration { return c.at(ours).Sub(ours.Round(0)) }
