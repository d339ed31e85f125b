package simulation

import "time"

// choices is every value that a slice held within a range of ages.
type choices struct {
	// least and most are the extreme values in bytes, where an absent slice counts as nothing.
	least, most int64
	// absent tells that it was absent at some moment, present that it was there at some.
	absent, present bool
	fate            fate
	from, to        int64
}

// during are the choices for the ages from to to, in seconds since the slice's end.
func (f fate) during(from, to int64) choices {
	c := choices{fate: f, from: from, to: max(from, to), least: -1}
	// The value changes only at these ages; while it is partial it grows, so that the ends of that time are extreme.
	for _, age := range [...]int64{c.from, f.arrives - 1, f.arrives, f.corrected - 1, f.corrected, c.to} {
		if age < c.from || age > c.to {
			continue
		}
		value, present := f.at(age)
		c.absent = c.absent || !present
		c.present = c.present || present
		if c.least < 0 || value < c.least {
			c.least = value
		}
		c.most = max(c.most, value)
	}
	return c
}

// has tells whether the slice held exactly this value, in bytes, at some moment.
func (c choices) has(bytes float64) bool {
	match := func(age int64) bool {
		value, present := c.fate.at(age)
		return present && age >= c.from && age <= c.to && same(bytes, float64(value))
	}
	if match(c.to) || match(c.from) || match(c.fate.arrives) || match(c.fate.corrected) {
		return true
	}
	// What is left is a partial value of some minute.
	for age := c.from; age < min(c.to, c.fate.arrives); age += 60 {
		if match(age) {
			return true
		}
	}
	return match(min(c.to, c.fate.arrives-1))
}

// same compares volumes that went through a conversion from bits and sums of floating point numbers.
func same(a, b float64) bool { return within(a, b, b) }

// within tells whether least ≤ value ≤ most, but for what floating point loses.
func within(value, least, most float64) bool {
	slack := 0.5 + 1e-9*most
	return value >= least-slack && value <= most+slack
}

// truth sums choices over the slices and domains behind a value.
type truth struct {
	pipeline *pipeline
	traffic  *traffic
	measure  measure
}

// span sums what the domains held in [start, start+length), each slice at the ages that ages tells for its end.
func (t truth) span(domains []string, start time.Time, length time.Duration, ages func(end time.Time) (from, to int64)) (sum choices) {
	for _, domain := range domains {
		for at := start.Unix(); at < start.Add(length).Unix(); at += int64(slice / time.Second) {
			from, to := ages(time.Unix(at, 0).Add(slice))
			c := t.pipeline.fate(domain, at, t.traffic.at(t.measure, domain, at)).during(from, to)
			sum.least += c.least
			sum.most += c.most
			sum.absent = sum.absent || c.absent
			sum.present = sum.present || c.present
			sum.fate, sum.from, sum.to = c.fate, c.from, c.to
		}
	}
	return sum
}

// whole is all there is of the domains in [start, start+length).
func (t truth) whole(domains []string, start time.Time, length time.Duration) (sum int64) {
	for _, domain := range domains {
		for at := start.Unix(); at < start.Add(length).Unix(); at += int64(slice / time.Second) {
			sum += t.traffic.at(t.measure, domain, at)
		}
	}
	return sum
}
