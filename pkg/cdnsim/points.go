package cdnsim

import (
	"encoding/json"
	"slices"
	"time"
)

// point is one slice of an answer.
type point struct {
	start   time.Time
	amounts []int64
}

// fields are those of a point after its TimeStamp: their names, and their values
// for a slice's amounts and its length in seconds.
type fields []struct {
	name  string
	value func(amounts []int64, seconds int64) number
}

func (f fields) appendPoint(b []byte, o *Options, slice time.Duration, p point) []byte {
	for i := range f {
		b = append(b, `,"`...)
		b = append(b, f[i].name...)
		b = append(b, `":`...)
		b = o.appendScalar(b, f[i].value(p.amounts, int64(slice/time.Second)))
	}
	return b
}

// The parts of what is delivered are the same for all domains: nine tenths go
// over HTTPS, a fifth goes overseas.

func total(amounts []int64, _ int64) number { return number{whole: amounts[0]} }

func domestic(amounts []int64, _ int64) number { return number{whole: amounts[0] - amounts[0]/5} }

func overseas(amounts []int64, _ int64) number { return number{whole: amounts[0] / 5} }

func overHTTPS(amounts []int64, _ int64) number { return number{whole: httpsPart(amounts[0])} }

// rateOf is a count per second.
func rateOf(count func([]int64, int64) number) func([]int64, int64) number {
	return func(amounts []int64, seconds int64) number {
		return perSecond(count(amounts, seconds).whole, seconds)
	}
}

func httpsPart(amount int64) int64 { return amount - amount/10 }

// encode writes the answer's body by hand: json.Marshal would go over the written
// points again to check and compact them, two fifths of the time of a whole call.
func (r *request) encode(m metric, q query, points []point) []byte {
	b := make([]byte, 0, 1024)
	b = appendField(append(b, '{'), "RequestId", r.id)
	b = appendField(append(b, ','), "DomainName", r.params["DomainName"])
	b = appendField(append(b, ','), "StartTime", q.from.Format(m.layout))
	b = appendField(append(b, ','), "EndTime", q.to.Format(m.layout))
	if !r.NoInterval {
		b = append(b, `,"DataInterval":`...)
		b = r.appendScalar(b, number{whole: int64(q.slice / time.Second)})
	}
	if len(points) > 0 || r.Empty != EmptyMissing {
		container := m.container
		if r.OldContainer && m.oldContainer != "" {
			container = m.oldContainer
		}
		b = append(b, `,"`...)
		b = append(b, container...)
		b = append(b, `":{"`...)
		b = append(b, m.list...)
		b = append(b, `":`...)
		b = append(r.appendPoints(b, m, q.slice, points), '}')
	}
	return append(b, '}')
}

func appendField(b []byte, name, value string) []byte {
	b = append(b, '"')
	b = append(b, name...)
	b = append(b, `":`...)
	return append(b, mustEncode(json.Marshal(value))...)
}

// appendPoints writes the points unordered, as the API sends them.
func (o *Options) appendPoints(b []byte, w pointWriter, slice time.Duration, points []point) []byte {
	switch {
	case len(points) == 0 && o.Empty == EmptyNull:
		return append(b, "null"...)
	case len(points) == 0:
		return append(b, "[]"...)
	}
	shuffle(points, points[0].start)
	b = append(b, '[')
	before := len(b)
	for i, p := range points {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"TimeStamp":"`...)
		b = p.start.AppendFormat(b, stampLayout)
		b = append(b, '"')
		b = append(w.appendPoint(b, o, slice, p), '}')
		if i == 0 {
			const spare = 16 // the first point may be the shortest
			b = slices.Grow(b, (len(b)-before+spare)*len(points))
		}
	}
	return append(b, ']')
}

// appendScalar writes a number the documentation types as string.
func (o *Options) appendScalar(b []byte, n number) []byte {
	if o.LooseTypes {
		return n.append(b)
	}
	b = append(b, '"')
	b = n.append(b)
	return append(b, '"')
}

// shuffle brings what is in order out of it, always in the same way for as many
// elements and the same moment. The last comes first, as the newest point does in
// the documentation's sample, so that two are out of order already.
func shuffle[T any](list []T, moment time.Time) {
	seed := uint64(moment.Unix())
	last := len(list) - 1
	list[0], list[last] = list[last], list[0]
	for i := last; i > 1; i-- {
		j := 1 + int(mix(seed, uint64(i))%uint64(i))
		list[i], list[j] = list[j], list[i]
	}
}
