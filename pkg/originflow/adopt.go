package originflow

import "slices"

// lacking are the pages of a span whose blocks are not there, or not to their ends, and with them those that may have been
// corrected.
func (s *store) lacking(t track, sp span) (ids []pageID) {
	h := s.tracks[t]
	if h == nil {
		return t.pagesOf(sp)
	}
	for _, id := range t.pagesOf(sp) {
		b, ok := s.blocks.Peek(blockKey{h, id.number})
		needed := sp.intersect(id.span())
		first := (needed.from - id.span().from) / t.grid.length
		last := (needed.to-id.span().from)/t.grid.length - 1
		if !ok || is(b.block[first], unasked) || is(b.block[last], unasked) {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	for _, l := range h.young {
		for _, id := range t.pagesOf(l.span) {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// adopt keeps what of a page is news: slices that are not known, and those that were looked at later than here. It returns
// how many had not been known.
func (s *store) adopt(id pageID, p page, now moment) (news int) {
	theirs := now.ahead()
	if id.number == tailPage {
		asked := p.looks[0] - theirs
		h := s.shelf(id.track)
		if asked > now.own || h.tail != nil && h.tail.asked >= asked {
			s.tidy(h)
			return 0
		}
		s.saveTail(h, tail{asked: asked, stretch: p.stretch})
		return len(p.values)
	}
	for _, run := range s.newer(id, p, theirs) {
		known := newStretch(p.grid, run.span)
		news += len(known.values) - s.load(id.track, known, true, false, now.own)
		first := p.slot(run.from)
		part := stretch{grid: p.grid, span: run.span, values: p.values[first:p.slot(run.to)], codes: p.codes.from(first)}
		asked, sealed := min(run.asked-theirs, now.own), part.from
		if run.asked == beyondCorrection {
			asked, sealed = now.own, part.to
		}
		s.save(id.track, part, part.to, sealed, asked)
	}
	if h := s.tracks[id.track]; h != nil {
		s.use(blockKey{h, id.number}, now.own)
	}
	return news
}

// newer are the spans of which a page knows more, by when the API was asked, by its time: what is here is unknown, or was
// looked at earlier and may have been corrected since. theirs is how far that time is ahead of our count.
func (s *store) newer(id pageID, p page, theirs int64) (runs []look) {
	var mine *block
	h := s.tracks[id.track]
	if h != nil {
		if b, ok := s.blocks.Peek(blockKey{h, id.number}); ok {
			mine = b.block
		}
	}
	for i, v := range p.values {
		if is(v, unasked) {
			continue
		}
		start := p.from + int64(i)*p.length
		if mine != nil && !is(mine[i], unasked) {
			asked := h.lookAt(start)
			if asked == 0 || p.looks[i] != beyondCorrection && p.looks[i]-theirs <= asked {
				continue
			}
		}
		if last := len(runs) - 1; last >= 0 && runs[last].to == start && runs[last].asked == p.looks[i] {
			runs[last].to += p.length
		} else {
			runs = append(runs, look{span{start, start + p.length}, p.looks[i]})
		}
	}
	return runs
}
