package originflow

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// page is a number of consecutive slices of a track as the shared cache has them: those of a block, or a provisional tail.
type page struct {
	stretch
	// looks tell for each slice when the API was last asked for it, by its clock in Unix seconds; [beyondCorrection] once no
	// other look is needed.
	looks []int64
}

const beyondCorrection = math.MaxInt64

// pageID says which page of a track it is: the number of a block, or [tailPage].
type pageID struct {
	track
	number int64
}

const tailPage = math.MinInt64

// name is what the page is called in the shared cache, which shows it to nobody.
func (id pageID) name() string {
	return fmt.Sprintf("page %s %d %d %d %d %s", id.operation, id.grid.length, id.grid.phase, id.delay, id.number, id.domains)
}

// span is the time that a block covers.
func (id pageID) span() span {
	blocks := id.blockGrid()
	from := id.number*blocks.length + blocks.phase
	return span{from, from + blocks.length}
}

// pagesOf are the blocks that a span touches.
func (t track) pagesOf(s span) (ids []pageID) {
	if s.empty() {
		return nil
	}
	blocks := t.blockGrid()
	for number := blocks.index(s.from); number <= blocks.index(s.to-1); number++ {
		ids = append(ids, pageID{t, number})
	}
	return ids
}

// newPage is a page over s with nothing known.
func newPage(g grid, s span, byCode bool) page {
	p := page{stretch: newStretch(g, s)}
	p.looks = make([]int64, len(p.values))
	if byCode {
		p.codes = &columns{}
	}
	return p
}

// put enters what was answered at a time; what lies before sealed is beyond correction.
func (p page) put(r stretch, sealed, asked int64) {
	common := p.intersect(r.span)
	for t := common.from; t < common.to; t += p.length {
		i, j := p.slot(t), r.slot(t)
		if is(r.values[j], unasked) {
			continue
		}
		p.values[i], p.looks[i] = r.values[j], asked
		if t < sealed {
			p.looks[i] = beyondCorrection
		}
		if p.codes != nil && r.codes != nil && isNumber(r.values[j]) {
			p.codes.replace(i, r.codes, j, len(p.values))
		}
	}
}

// merge takes over what another page about the same slices knows better, as its looks are later. It tells whether there was
// such a thing.
func (p page) merge(other page) (changed bool) {
	for i, theirs := range other.values {
		if is(theirs, unasked) || !is(p.values[i], unasked) && p.looks[i] >= other.looks[i] {
			continue
		}
		changed = true
		p.values[i], p.looks[i] = newest(p.values[i], theirs), other.looks[i]
		if p.codes != nil && other.codes != nil && isNumber(theirs) {
			p.codes.replace(i, other.codes, i, len(p.values))
		}
	}
	return changed
}

// What a value begins with, in its lowest two bits; the others are said here.
const (
	wholeValue  = 0 // a whole number
	markedRun   = 1 // a run of slices without a number: its length, and in two bits more which of the three
	floatValue  = 2 // nothing, and the 8 bytes of a float64 follow
	kindBits    = 2
	markBits    = 2
	largestUint = 1 << 53 // up to which a float64 holds every whole number
)

// encode writes the page in few bytes: some 7 for a 5-minute slice of a busy domain, 1 for a run without any number.
func (p page) encode() []byte {
	data := binary.AppendVarint(make([]byte, 0, 8*len(p.values)), p.from)
	data = binary.AppendUvarint(data, uint64(len(p.values)))
	for i := 0; i < len(p.looks); {
		run := runOf(p.looks[i:], func(a, b int64) bool { return a == b })
		data = binary.AppendUvarint(data, uint64(run))
		data = binary.AppendUvarint(data, uint64(p.looks[i]))
		i += run
	}
	for i := 0; i < len(p.values); i++ {
		switch v := p.values[i]; {
		case math.IsNaN(v):
			run := runOf(p.values[i:], is)
			mark := math.Float64bits(v) & (1<<markBits - 1)
			data = binary.AppendUvarint(data, (uint64(run)<<markBits|mark)<<kindBits|markedRun)
			i += run - 1
		case v >= 0 && v < largestUint && v == math.Trunc(v):
			data = binary.AppendUvarint(data, uint64(v)<<kindBits|wholeValue)
		default:
			data = binary.LittleEndian.AppendUint64(append(data, floatValue), math.Float64bits(v))
		}
	}
	if p.codes != nil {
		for _, c := range pack(p.codes) {
			data = binary.AppendUvarint(data, uint64(c.code))
			data = binary.AppendUvarint(data, uint64(len(c.data)))
			data = append(data, c.data...)
		}
	}
	return data
}

// runOf counts the first values that are the same.
func runOf[T any](values []T, same func(a, b T) bool) int {
	run := 1
	for run < len(values) && same(values[0], values[run]) {
		run++
	}
	return run
}

// errPage is that of a value that is no page of the track, of whatever version.
var errPage = errors.New("not a page")

// maxTailSlices bounds a tail: a day and what a plan may look ahead, in 5-minute slices.
const maxTailSlices = 4 * blockSlices

// decodePage reads a page that the shared cache had. Whoever wrote it had the account's secret, but maybe another version.
func decodePage(id pageID, data []byte, byCode bool) (p page, err error) {
	in := cursor{data: data}
	from, count := in.varint(), in.uvarint()
	switch {
	case id.number == tailPage && count <= maxTailSlices && id.grid.rest(from) == 0:
	case id.number != tailPage && count == blockSlices && from == id.span().from:
	default:
		return p, errPage
	}
	p = newPage(id.grid, span{from, from + int64(count)*id.grid.length}, byCode)
	for i := 0; i < len(p.looks) && !in.failed; {
		run, look := in.run(len(p.looks)-i), int64(in.uvarint())
		for range run {
			p.looks[i] = look
			i++
		}
	}
	for i := 0; i < len(p.values) && !in.failed; i++ {
		switch head := in.uvarint(); head & (1<<kindBits - 1) {
		case wholeValue:
			p.values[i] = float64(head >> kindBits)
		case markedRun:
			run := head >> (kindBits + markBits)
			mark := math.Float64frombits(math.Float64bits(unasked)&^(1<<markBits-1) | head>>kindBits&(1<<markBits-1))
			if run == 0 || run > uint64(len(p.values)-i) || !is(mark, unasked) && !is(mark, absent) && !is(mark, filled) {
				return p, errPage
			}
			for range run {
				p.values[i] = mark
				i++
			}
			i--
		case floatValue:
			p.values[i] = math.Float64frombits(in.uint64())
			in.failed = in.failed || math.IsNaN(p.values[i])
		default:
			return p, errPage
		}
	}
	for byCode && len(in.data) > 0 && !in.failed {
		code, size := in.uvarint(), in.uvarint()
		counts, ok := unpackCounts(in.bytes(size), len(p.values))
		if _, known := p.codes.find(int(code)); in.failed || !ok || known {
			return p, errPage
		}
		copy(p.codes.of(int(code), len(p.values)), counts)
	}
	if in.failed || len(in.data) > 0 {
		return p, errPage
	}
	return p, nil
}

// unpackCounts reads what [packCounts] wrote.
func unpackCounts(data []byte, length int) (counts []float64, ok bool) {
	in := cursor{data: data}
	counts = make([]float64, length)
	for i := 0; len(in.data) > 0 && !in.failed; {
		count := in.uvarint()
		switch {
		case count == 0:
			i += in.run(length - i)
		case i < length:
			counts[i] = float64(count)
			i++
		default:
			return nil, false
		}
	}
	return counts, !in.failed
}

// cursor reads numbers until the first failure, and zeros from then on.
type cursor struct {
	data   []byte
	failed bool
}

func (r *cursor) uvarint() uint64 {
	value, size := binary.Uvarint(r.data)
	if r.advance(size); r.failed {
		return 0
	}
	return value
}

func (r *cursor) varint() int64 {
	value, size := binary.Varint(r.data)
	if r.advance(size); r.failed {
		return 0
	}
	return value
}

// run is the length of a run of at most so many.
func (r *cursor) run(most int) int {
	run := r.uvarint()
	if run == 0 || run > uint64(most) {
		r.failed = true
		return 0
	}
	return int(run)
}

func (r *cursor) uint64() uint64 {
	if bytes := r.bytes(8); !r.failed {
		return binary.LittleEndian.Uint64(bytes)
	}
	return 0
}

func (r *cursor) bytes(count uint64) []byte {
	if count > uint64(len(r.data)) {
		r.failed = true
		return nil
	}
	bytes := r.data[:count]
	r.advance(int(count))
	return bytes
}

func (r *cursor) advance(count int) {
	if r.failed = r.failed || count <= 0; !r.failed {
		r.data = r.data[count:]
	}
}
