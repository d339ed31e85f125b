package cdnsim

import (
	"encoding/json"
	"slices"
	"time"
)

// points are the slices of an answer: those with the indices, in this order, of
// consecutive slices from the first on.
type points struct {
	first   time.Time
	slice   time.Duration
	width   int     // amounts of a slice
	values  []int64 // the amounts of all slices
	indices []int
}

func (p *points) start(i int) time.Time { return p.first.Add(time.Duration(i) * p.slice) }

func (p *points) amounts(i int) []int64 { return p.values[i*p.width : (i+1)*p.width] }

// fields are those of a point after its TimeStamp: their names, and their values
// for a slice's amounts and its length in seconds.
type fields []struct {
	name  string
	value func(amounts []int64, seconds int64) number
}

func (f fields) appendPoint(b []byte, o *Options, p *points, index int) []byte {
	amounts, seconds := p.amounts(index), int64(p.slice/time.Second)
	for i := range f {
		b = append(b, `,"`...)
		b = append(b, f[i].name...)
		b = append(b, `":`...)
		b = o.appendScalar(b, f[i].value(amounts, seconds))
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
func (r *request) encode(m metric, q query, p points) []byte {
	b := make([]byte, 0, 1024)
	b = appendField(append(b, '{'), "RequestId", r.id)
	b = appendField(append(b, ','), "DomainName", r.params["DomainName"])
	b = appendField(append(b, ','), "StartTime", q.from.Format(m.layout))
	b = appendField(append(b, ','), "EndTime", q.to.Format(m.layout))
	if !r.NoInterval {
		b = append(b, `,"DataInterval":`...)
		b = r.appendScalar(b, number{whole: int64(q.slice / time.Second)})
	}
	if len(p.indices) > 0 || r.Empty != EmptyMissing {
		container := m.container
		if r.OldContainer && m.oldContainer != "" {
			container = m.oldContainer
		}
		b = append(b, `,"`...)
		b = append(b, container...)
		b = append(b, `":{"`...)
		b = append(b, m.list...)
		b = append(b, `":`...)
		b = append(r.appendPoints(b, m, &p), '}')
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
func (o *Options) appendPoints(b []byte, w pointWriter, p *points) []byte {
	switch count := len(p.indices); {
	case count == 0 && o.Empty == EmptyNull:
		return append(b, "null"...)
	case count == 0:
		return append(b, "[]"...)
	}
	shuffle(p.indices, p.start(p.indices[0]))
	b = append(b, '[')
	before := len(b)
	for n, i := range p.indices {
		if n > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"TimeStamp":"`...)
		b = p.start(i).AppendFormat(b, stampLayout)
		b = append(b, '"')
		b = append(w.appendPoint(b, o, p, i), '}')
		if n == 0 {
			const spare = 16 // the first point may be the shortest
			b = slices.Grow(b, (len(b)-before+spare)*len(p.indices))
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
func shuffle(list []int, moment time.Time) {
	seed := uint64(moment.Unix())
	last := len(list) - 1
	list[0], list[last] = list[last], list[0]
	for i := last; i > 1; i-- {
		j := 1 + int(mix(seed, uint64(i))%uint64(i))
		list[i], list[j] = list[j], list[i]
	}
}
