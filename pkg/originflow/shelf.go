package originflow

// track is what a stretch of slices is about: one operation, one set of domains, one grid, one delay. Neither units,
// roll-ups nor gap filling are part of it.
type track struct {
	operation string
	// domains are sorted names joined by commas, "" for all.
	domains string
	grid    grid
	// delay is the data source's own, in seconds: those that disagree on when a slice is final do not share it.
	delay int64
}

// about is what is asked for, in slices of whatever length.
func (t track) about() string { return about(t.operation, t.domains) }

func about(operation, domains string) string { return operation + " " + domains }

// shelf is what the store has of a track.
type shelf struct {
	track
	blocks int
	// young are the looks at slices that were final, but not sealed.
	young []look
	// retried is when overdue was last asked about.
	retried int64
	tail    *tail
}

func (h *shelf) bytes() int64 { return shelfBytes + int64(len(h.domains)) }

// blockGrid is where the blocks of the track start.
func (t track) blockGrid() grid { return grid{t.grid.length * blockSlices, t.grid.phase} }

// hasTail tells whether there are provisional slices that are good for now; a track without a shelf has none.
func (h *shelf) hasTail(now int64) bool {
	return h != nil && h.tail != nil && now-h.tail.asked < tailSeconds
}

// blockSlices is the number of slices in a block: a day of 5-minute slices.
const blockSlices = 288

// block holds the values of consecutive slices, in the unit of the operation. With anything else in it, it would take a
// sixth more memory: allocations come in sizes, and this is one.
type block [blockSlices]float64

func newBlock() *block {
	b := new(block)
	for i := range b {
		b[i] = unasked
	}
	return b
}

// held is a block, what is behind its values, and when it was last used, to the minute.
type held struct {
	*block
	codes packed
	used  int64
}

type blockKey struct {
	*shelf
	number int64
}

// eachBlock visits the blocks that sp touches: the key, the part of sp in the block, and where in the block it begins.
func (h *shelf) eachBlock(sp span, visit func(key blockKey, part span, offset int)) {
	blocks := h.blockGrid()
	for from := sp.from; from < sp.to; {
		start := blocks.floor(from)
		part := span{from, min(start+blocks.length, sp.to)}
		visit(blockKey{h, blocks.index(from)}, part, int((from-start)/h.grid.length))
		from = part.to
	}
}

// look is a span of slices as they were at one moment.
type look struct {
	span
	asked int64
}

// sealAfter is how long after it became final a slice may still be corrected, in seconds. A call can look back over it at
// no cost, and data was seen to be hours late.
const sealAfter = 12 * 60 * 60

// looked notes a look at s; what of it lies before sealed needs no other.
func (h *shelf) looked(s span, sealed, asked int64) {
	var young []look
	for _, l := range h.young {
		for _, rest := range l.without([]span{s}) {
			young = append(young, look{rest, l.asked})
		}
	}
	if s.from = max(s.from, sealed); !s.empty() {
		young = append(young, look{s, asked})
	}
	h.young = young
}

// lookAt is when a slice that is not sealed was last looked at.
func (h *shelf) lookAt(start int64) int64 {
	for _, l := range h.young {
		if l.from <= start && start < l.to {
			return l.asked
		}
	}
	return 0
}

// looksAfter are the spans that were looked at after a moment: an answer that was overtaken does not replace them.
func (h *shelf) looksAfter(asked int64) []span {
	var later []span
	for _, l := range h.young {
		if l.asked > asked {
			later = append(later, l.span)
		}
	}
	return later
}

// tail holds the provisional slices of a track as they were at one moment: all of them, up to the one under way.
type tail struct {
	stretch
	asked int64
}

func (t *tail) bytes() int64 {
	values := int64(len(t.values)) * 8
	if t.codes == nil {
		return tailBytes + values
	}
	return tailBytes + values + int64(len(t.codes.all))*(values+packedBytes)
}

// tailSeconds is how long provisional slices are good for.
const tailSeconds = 60
