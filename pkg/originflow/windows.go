package originflow

// overdue are the spans of a part that are all there, and want another look. The caller holds Account.mu.
func (f *fetch) overdue(p *part) []span {
	if f.request.TimeMerge == MergeOn {
		return nil // which asks for the whole range whenever a slice is missing
	}
	limit, _ := f.maxSpan(p)
	reach := p.finalUntil(f.now.api) - (limit-1)/p.length*p.length
	return f.reader.Account.store.overdue(p.track, p.slices.span, reach, f.now.own)
}

// windows are what to ask for: the gaps and what is overdue, widened to what is worth a call. The caller holds Account.mu.
func (f *fetch) windows(p *part, gaps, overdue []span) []span {
	if f.request.TimeMerge == MergeOn {
		return []span{p.span} // one call, whatever is there
	}
	// Provisional slices are looked at all together, so that the next look is a minute away for each of them.
	if last := len(gaps) - 1; f.request.Provisional && last >= 0 {
		if final := p.finalUntil(f.now.api); gaps[last].to > final {
			gaps[last] = span{min(gaps[last].from, final), p.ceil(f.now.api)}
		}
	}
	windows := union(append(gaps, overdue...))
	for i := range windows {
		for _, l := range f.reader.Account.store.unsealed(p.track) {
			windows[i] = f.lookBack(p, windows[i], l.span)
		}
	}
	return f.together(p, union(windows))
}

// together joins neighbours that one call can answer. The caller holds Account.mu.
func (f *fetch) together(p *part, windows []span) []span {
	limit, _ := f.maxSpan(p)
	var joined []span
	for _, w := range windows {
		if last := len(joined) - 1; last >= 0 && w.to-joined[last].from < limit {
			joined[last].to = w.to
		} else {
			joined = append(joined, w)
		}
	}
	return joined
}

// lookBack widens a window by a span that may have been corrected since it was last asked for, as far as that costs no
// call more. The caller holds Account.mu.
func (f *fetch) lookBack(p *part, window, young span) span {
	limit, _ := f.maxSpan(p)
	young.from = max(young.from, p.earliest(f.now.api))
	most := max((limit-1)/p.length, 1) * p.length
	spare := (most - (window.to-window.from)%most) % most
	if young.empty() || young.to < window.from-spare || young.from > window.to+spare {
		return window
	}
	if before := window.from - young.from; before > 0 {
		before = min(before, spare)
		window.from -= before
		spare -= before
	}
	if after := young.to - window.to; after > 0 {
		window.to += min(after, spare)
	}
	return window
}

// split cuts a span into the windows of single calls; only one of them where that has to find out first whether there is
// anything to be had. The caller holds Account.mu.
func (f *fetch) split(p *part, s span) []span {
	limit, probe := f.maxSpan(p)
	windows := s.split(p.grid, limit)
	if probe || f.reader.Account.refusals.suspect(f.domains, f.now.own) {
		return windows[len(windows)-1:]
	}
	return windows
}

// wanted are the gaps and what is overdue in a window, and when that was last looked at. The caller holds Account.mu.
func (f *fetch) wanted(p *part, window span, gaps, overdue []span) (all []look) {
	if f.reader.Account.replicas.Load() == nil {
		return nil
	}
	for _, gap := range gaps {
		if s := gap.intersect(window); !s.empty() {
			all = append(all, look{span: s})
		}
	}
	for _, old := range overdue {
		for _, l := range f.reader.Account.store.unsealed(p.track) {
			if s := old.intersect(window).intersect(l.span); !s.empty() {
				all = append(all, look{s, l.asked})
			}
		}
	}
	return all
}

// maxSpan is the span that a call stays below. The caller holds Account.mu.
func (f *fetch) maxSpan(p *part) (limit int64, probe bool) {
	if f.request.TimeMerge == MergeOn {
		return p.layer.maxSpan, false
	}
	return f.reader.Account.lessons.maxSpan(f.window(p, p.span).question(), p.layer.maxSpan, f.now.own)
}

func (f *fetch) window(p *part, s span) window {
	return window{
		op: f.op, track: p.track, span: s,
		timeMerge: f.request.TimeMerge,
		fixGap:    f.request.FixTimeGap && f.op.Merge,
		asked:     f.request.span(),
	}
}
