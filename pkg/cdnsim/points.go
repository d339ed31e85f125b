package cdnsim

import (
	"encoding/json"
	"strconv"
)

// pointField is a field of a point after its TimeStamp: its name, and its value
// for a slice's bytes.
type pointField struct {
	name  string
	value func(bytes int64) int64
}

// container adds the answer's points to body, under the container's name,
// unordered as the API sends them.
func (o *Options) container(body map[string]any, name string, points []point, fields []pointField) {
	switch {
	case len(points) > 0:
		body[name] = map[string]any{"DataModule": o.encode(points, fields)}
	case o.Empty == EmptyList:
		body[name] = map[string]any{"DataModule": []string{}}
	case o.Empty == EmptyNull:
		body[name] = map[string]any{"DataModule": nil}
	}
}

func (o *Options) encode(points []point, fields []pointField) json.RawMessage {
	shuffle(points)
	b := make([]byte, 0, 64*len(points)*len(fields)+2)
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
