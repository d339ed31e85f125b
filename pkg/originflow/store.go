package originflow

import (
	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// store keeps slices, so that no final one is fetched twice. It is not safe for concurrent use.
//
// Final slices live in blocks of equal size, the least recently used of which goes first, so that the number of blocks
// bounds the memory. Provisional slices live in one short tail per track, for a minute.
type store struct {
	blocks  *simplelru.LRU[blockKey, *block]
	tails   map[track]tail
	metrics *metrics
}

// track is what a run of slices is about: one operation, one set of domains, one grid, one delay. Neither units, roll-ups
// nor gap filling are part of it.
type track struct {
	operation string
	// domains are sorted names joined by commas, "" for all.
	domains string
	grid    grid
	// delay is the data source's own, in seconds: those that disagree on when a slice is final do not share it.
	delay int64
}

// blockSlices is the number of slices in a block: a day of 5-minute slices.
const blockSlices = 288

// block holds the values of consecutive slices, in the unit of the operation.
type block [blockSlices]float64

type blockKey struct {
	track
	number int64
}

// blockBytes is what a block costs: its values and, measured, about as much again as 30 of them for its place in the
// index. The names of its domains are shared with the other blocks of the track.
const blockBytes = blockSlices*8 + 240

// tail holds the provisional slices of a track as they were at one moment: all of them, up to the one under way.
type tail struct {
	run
	fetched int64
}

// tailSeconds is how long provisional slices are good for.
const tailSeconds = 60

// maxTails is where tails that are good for nothing are thrown away, and refusals.
const maxTails = 1024

func newStore(maxBytes int64, m *metrics) *store {
	s := &store{tails: map[track]tail{}, metrics: m}
	// The only error is a size below one.
	s.blocks, _ = simplelru.NewLRU(blockCount(maxBytes), func(blockKey, *block) { m.evicted() })
	return s
}

func blockCount(maxBytes int64) int { return int(max(maxBytes/blockBytes, 1)) }

// resize changes the bound on the memory, in byte.
func (s *store) resize(maxBytes int64) { s.blocks.Resize(blockCount(maxBytes)) }

// close takes the store out of the metrics.
func (s *store) close() { s.metrics.bytes.Sub(float64(s.blocks.Len()) * blockBytes) }

// load copies into r what is known of the track: final slices, and behind them, if the caller shows provisional ones,
// the tail. It returns how many slices it copied.
func (s *store) load(t track, r run, fixGap, provisional bool, now int64) int {
	loaded := 0
	s.eachBlock(t, r.span, func(key blockKey, part span, offset int) {
		if b, ok := s.blocks.Get(key); ok {
			loaded += r.take(run{grid: t.grid, span: part, values: b[offset:]}, fixGap)
		}
	})
	if tail, ok := s.tails[t]; ok && provisional && now-tail.fetched < tailSeconds {
		loaded += r.take(tail.run, fixGap)
		// What began since has to wait for the next look.
		for i := max(r.slot(tail.to), 0); i < len(r.values); i++ {
			if is(r.values[i], unknown) {
				r.values[i] = absent
			}
		}
	}
	return loaded
}

// save keeps what r knows: what lies before settled for good, the rest for a minute.
func (s *store) save(t track, r run, settled, now int64) {
	final := span{r.from, max(min(r.to, settled), r.from)}
	s.eachBlock(t, final, func(key blockKey, part span, offset int) {
		b, ok := s.blocks.Get(key)
		if !ok {
			b = newBlock()
			s.blocks.Add(key, b)
			s.metrics.grew()
		}
		for i, v := range r.values[r.slot(part.from):r.slot(part.to)] {
			// What is known for sure is not traded for what may be zero or absent.
			if isKnown(v, true) && !isKnown(b[offset+i], false) {
				b[offset+i] = v
			}
		}
	})
	if final.to < r.to {
		s.saveTail(t, tail{fetched: now, run: run{
			grid: r.grid, span: span{final.to, r.to}, values: r.values[r.slot(final.to):],
		}})
	}
}

func (s *store) saveTail(t track, fresh tail) {
	if len(s.tails) >= maxTails {
		for other, old := range s.tails {
			if fresh.fetched-old.fetched >= tailSeconds {
				delete(s.tails, other)
			}
		}
	}
	s.tails[t] = fresh
}

// eachBlock visits the blocks that sp touches: the key, the part of sp in the block, and where in the block it begins.
func (s *store) eachBlock(t track, sp span, visit func(key blockKey, part span, offset int)) {
	length := t.grid.length * blockSlices
	blocks := grid{length, t.grid.phase}
	for from := sp.from; from < sp.to; {
		start := blocks.floor(from)
		part := span{from, min(start+length, sp.to)}
		visit(blockKey{t, blocks.index(from)}, part, int((from-start)/t.grid.length))
		from = part.to
	}
}

func newBlock() *block {
	b := new(block)
	for i := range b {
		b[i] = unknown
	}
	return b
}
