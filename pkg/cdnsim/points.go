package cdnsim

import (
	"encoding/json"
	"strconv"
	"time"
)

// pointField is a field of a point after its TimeStamp: its name, and its value
// for a slice's bytes.
type pointField struct {
	name  string
	value func(bytes int64) int64
}

// answer is what an origin flow operation answers.
type answer struct {
	dialect
	flowQuery
	container string
	fields    []pointField
	points    []point
}

// encode writes the answer's body by hand: json.Marshal would go over the written
// points again to check and compact them, two fifths of the time of a whole call.
func (r *request) encode(a answer) []byte {
	b := make([]byte, 0, 512+64*len(a.points)*len(a.fields))
	b = appendField(append(b, '{'), "RequestId", r.id)
	b = appendField(append(b, ','), "DomainName", r.params["DomainName"])
	b = appendField(append(b, ','), "StartTime", a.from.Format(a.layout))
	b = appendField(append(b, ','), "EndTime", a.to.Format(a.layout))
	if !r.NoInterval {
		b = append(b, `,"DataInterval":`...)
		b = r.appendScalar(b, int64(a.slice/time.Second))
	}
	if len(a.points) > 0 || r.Empty != EmptyMissing {
		b = append(b, `,"`...)
		b = append(b, a.container...)
		b = append(b, `":{"DataModule":`...)
		b = append(r.appendPoints(b, a.points, a.fields), '}')
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
func (o *Options) appendPoints(b []byte, points []point, fields []pointField) []byte {
	if len(points) == 0 && o.Empty == EmptyNull {
		return append(b, "null"...)
	}
	shuffle(points)
	b = append(b, '[')
	for i, p := range points {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"TimeStamp":"`...)
		b = p.start.AppendFormat(b, stampLayout)
		b = append(b, '"')
		for _, f := range fields {
			b = append(b, `,"`...)
			b = append(b, f.name...)
			b = append(b, `":`...)
			b = o.appendScalar(b, f.value(p.bytes))
		}
		b = append(b, '}')
	}
	return append(b, ']')
}

// appendScalar writes a number the documentation types as string.
func (o *Options) appendScalar(b []byte, v int64) []byte {
	if o.LooseTypes {
		return strconv.AppendInt(b, v, 10)
	}
	b = append(b, '"')
	b = strconv.AppendInt(b, v, 10)
	return append(b, '"')
}

// shuffle brings points out of order, always in the same way for the same
// points. The newest comes first, as in the documentation's sample, so that two
// points are out of order already.
func shuffle(points []point) {
	if len(points) == 0 {
		return
	}
	seed := uint64(points[0].start.Unix())
	last := len(points) - 1
	points[0], points[last] = points[last], points[0]
	for i := last; i > 1; i-- {
		j := 1 + int(mix(seed, uint64(i))%uint64(i))
		points[i], points[j] = points[j], points[i]
	}
}
