package originflow

import (
	"slices"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// store keeps slices, so that no final one is fetched twice. It is not safe for concurrent use.
//
// Final slices live in blocks of equal size, the least recently used of which goes first when the memory that everything
// takes reaches the bound. Provisional slices live in one short tail per track, for a minute.
type store struct {
	blocks *simplelru.LRU[blockKey, held]
	tracks map[track]*shelf
	// limit and used are memory, in byte.
	limit, used int64
	// swept is when old tails were last thrown away.
	swept int64
	// turnedAway counts the newcomers that found no room, see admit.
	turnedAway int
	metrics    *metrics
	closed     bool
}

// What the parts of the store cost, in byte: a block's values and, measured, about as much again as 30 of them for its
// place in the index; a shelf beside the names of its domains; a tail beside its values.
const (
	blockBytes = blockSlices*8 + 240
	shelfBytes = 400
	tailBytes  = 100
)

func newStore(maxBytes int64, m *metrics) *store {
	s := &store{tracks: map[track]*shelf{}, limit: maxBytes, metrics: m}
	// The bound is on bytes, and kept by trim; the only error is a size below one.
	s.blocks, _ = simplelru.NewLRU(int(max(maxBytes/blockBytes, 1))+1, s.dropped)
	return s
}

// resize changes the bound on the memory, in byte.
func (s *store) resize(maxBytes int64) {
	s.limit = maxBytes
	s.blocks.Resize(int(max(maxBytes/blockBytes, 1)) + 1)
	s.trim()
}

// close takes the store out of the metrics, for good: a call under way may still save something.
func (s *store) close() {
	s.metrics.bytes.Sub(float64(s.used))
	s.closed = true
}

// grow counts memory in, or out.
func (s *store) grow(bytes int64) {
	s.used += bytes
	if !s.closed {
		s.metrics.bytes.Add(float64(bytes))
	}
}

// dropped is called for each block that left.
func (s *store) dropped(key blockKey, h held) {
	key.shelf.blocks--
	s.grow(-blockBytes - h.codes.bytes())
	s.metrics.evictions.Inc()
	s.tidy(key.shelf)
}

// trim keeps the bound.
func (s *store) trim() {
	for s.used > s.limit && s.blocks.Len() > 0 {
		s.blocks.RemoveOldest()
	}
}

// shelf is the track's, made at need.
func (s *store) shelf(t track) *shelf {
	known := s.tracks[t]
	if known == nil {
		known = &shelf{track: t}
		s.tracks[t] = known
		s.grow(known.bytes())
	}
	return known
}

// tidy takes away a shelf with nothing on it.
func (s *store) tidy(h *shelf) {
	if h.blocks == 0 && h.tail == nil && s.tracks[h.track] == h {
		delete(s.tracks, h.track)
		s.grow(-h.bytes())
	}
}

// load copies into r what is known of the track: final slices, and behind them, if the caller shows provisional ones,
// the tail. It returns how many slices it copied.
func (s *store) load(t track, r stretch, fixGap, provisional bool, now int64) int {
	h := s.tracks[t]
	if h == nil {
		return 0
	}
	loaded := 0
	h.eachBlock(r.span, func(key blockKey, part span, offset int) {
		if b, ok := s.use(key, now); ok {
			known := stretch{grid: t.grid, span: part, values: b.block[offset:]}
			first, last := r.slot(part.from), r.slot(part.to)
			switch {
			case r.codes == nil:
			case r.isUnknown(first, last):
				b.codes.addTo(r.codes, offset, offset+last-first, first, len(r.values))
			default:
				known.codes = r.codes.grouped(b.codes.unpack()).from(offset)
			}
			loaded += r.take(known, fixGap)
		}
	})
	if provisional && h.hasTail(now) {
		tail := h.tail.stretch
		tail.codes = r.codes.grouped(tail.codes)
		loaded += r.take(tail, fixGap)
		// What began since has to wait for the next look.
		for i := max(r.slot(h.tail.to), 0); i < len(r.values); i++ {
			if is(r.values[i], unasked) {
				r.values[i] = absent
				loaded++
			}
		}
	}
	return loaded
}

// use finds a block, which is then the last to make room.
func (s *store) use(key blockKey, now int64) (held, bool) {
	h, ok := s.blocks.Get(key)
	if ok && now-h.used >= 60 {
		h.used = now
		s.blocks.Add(key, h)
	}
	return h, ok
}

// unsealed are the spans, oldest first, that were final but might still be corrected when they were last asked for.
func (s *store) unsealed(t track) []look {
	if h := s.tracks[t]; h != nil {
		return h.young
	}
	return nil
}

// lookedSince tells whether all of a span was looked at after a moment, or is beyond correction.
func (s *store) lookedSince(t track, since look) bool {
	return !slices.ContainsFunc(s.unsealed(t), func(l look) bool { return l.overlaps(since.span) && l.asked <= since.asked })
}

// saved is what became of an answer in the store.
type saved struct {
	// revised are slices that had been held as final with other values.
	revised []revised
	// crowded tells that there was no room for all of it.
	crowded bool
}

const (
	// lookAgainAfter is how long what may still be corrected is shown as it was at the last look, in seconds, if no call is
	// made that could look back.
	lookAgainAfter = 60 * 60
	// overtakenAfter is how long if one was made, and did not.
	overtakenAfter = 5 * 60
)

// overdue are the spans of within that were final but not sealed when they were last asked for, and want another look:
// because that was a while ago, or because newer slices were looked at meanwhile, by a call that did not look back though
// it might have. reach is how far one call can. They are told once a minute, should the API not answer.
func (s *store) overdue(t track, within span, reach, now int64) (spans []span) {
	h := s.tracks[t]
	if h == nil || now-h.retried < tailSeconds {
		return nil
	}
	newest := int64(0)
	for _, l := range h.young {
		newest = max(newest, l.asked)
	}
	for _, l := range h.young {
		late := l.intersect(within)
		if now-l.asked < lookAgainAfter {
			if l.asked == newest || now-l.asked < overtakenAfter {
				continue
			}
			late.from = max(late.from, reach)
		}
		if !late.empty() {
			spans = append(spans, late)
			h.retried = now
		}
	}
	return spans
}

// revised is the start of a slice that was held with another value at an earlier look, at 0 if that is not known.
type revised struct{ start, before int64 }

// save keeps what r knows: what lies before final until it is replaced or makes room, the rest for a minute. asked is when
// the API was asked, sealed the end of what was beyond correction then.
func (s *store) save(t track, r stretch, final, sealed, asked int64) saved {
	h := s.shelf(t)
	h.blocks++ // or making room might take the shelf away
	kept := span{r.from, max(min(r.to, final), r.from)}
	admitted := s.admit(h, kept, asked)
	outcome := saved{crowded: !admitted}
	for _, part := range kept.without(h.looksAfter(asked)) {
		h.eachBlock(part, func(key blockKey, part span, offset int) {
			b, ok := s.use(key, asked)
			if !ok {
				if !admitted {
					return
				}
				b = held{block: newBlock(), used: asked}
				s.blocks.Add(key, b)
				h.blocks++
				s.grow(blockBytes)
			}
			first := r.slot(part.from)
			for i, v := range r.values[first:r.slot(part.to)] {
				before := b.block[offset+i]
				if isRevised(before, v) {
					start := part.from + int64(i)*r.length
					outcome.revised = append(outcome.revised, revised{start, h.lookAt(start)})
				}
				b.block[offset+i] = newest(before, v)
			}
			if r.codes != nil {
				s.saveCodes(key, b, offset, r, first, r.slot(part.to))
			}
		})
		h.looked(part, sealed, asked)
	}
	if kept.to < r.to {
		s.saveTail(h, tail{asked: asked, stretch: stretch{
			grid: r.grid, span: span{kept.to, r.to}, values: slices.Clone(r.values[r.slot(kept.to):]),
			codes: r.codes.copyFrom(r.slot(kept.to)),
		}})
	}
	s.trim()
	h.blocks--
	s.tidy(h)
	return outcome
}

// saveCodes keeps the codes of the slices first to last of r in a block, from offset on.
func (s *store) saveCodes(key blockKey, b held, offset int, r stretch, first, last int) {
	all := b.codes.unpack()
	for i := first; i < last; i++ {
		if isNumber(r.values[i]) {
			all.replace(offset+i-first, r.codes, i, blockSlices)
		}
	}
	s.grow(-b.codes.bytes())
	b.codes = pack(all)
	s.grow(b.codes.bytes())
	s.blocks.Add(key, b)
}

const (
	// hotSeconds is how long a block counts as in use, a refresh or two of any dashboard.
	hotSeconds = 10 * 60
	// admitEvery is how many newcomers there are to one that takes the place of blocks in use.
	admitEvery = 16
)

// admit tells whether there is room for the blocks of an answer, or makes it. Where the slices in use are more than fit,
// each newcomer would push out what is about to be asked for, and nothing would be found in the store ever; so most are
// turned away, whole, as half of an answer saves no call. Some are let in, or a panel opened last would never be served
// from the store; and so is the block that follows one that is held, or a live panel would be turned away every midnight.
func (s *store) admit(h *shelf, sp span, now int64) bool {
	var blocks int64
	follows := false
	h.eachBlock(sp, func(key blockKey, _ span, _ int) {
		if !s.blocks.Contains(key) {
			blocks++
			follows = s.blocks.Contains(blockKey{h, key.number - 1})
		}
	})
	missing := s.used + blocks*blockBytes - s.limit
	if blocks == 0 || missing <= 0 {
		return true
	}
	if blocks*blockBytes > s.limit {
		return false
	}
	_, oldest, ok := s.blocks.GetOldest()
	if inUse := ok && now-oldest.used < hotSeconds; inUse && !(blocks == 1 && follows) {
		if s.turnedAway++; s.turnedAway%admitEvery != 0 {
			return false
		}
	}
	for ; missing > 0 && s.blocks.Len() > 0; missing -= blockBytes {
		s.blocks.RemoveOldest()
	}
	return missing <= 0
}

func (s *store) saveTail(h *shelf, fresh tail) {
	if fresh.asked-s.swept >= tailSeconds {
		s.swept = fresh.asked
		for _, other := range s.tracks {
			if other.tail != nil && fresh.asked-other.tail.asked >= tailSeconds {
				s.setTail(other, nil)
				s.tidy(other)
			}
		}
	}
	if h.tail == nil || fresh.asked >= h.tail.asked {
		s.setTail(h, &fresh)
	}
}

func (s *store) setTail(h *shelf, t *tail) {
	if h.tail != nil {
		s.grow(-h.tail.bytes())
	}
	if h.tail = t; t != nil {
		s.grow(t.bytes())
	}
}
