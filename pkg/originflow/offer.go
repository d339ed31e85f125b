package originflow

import (
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
)

// offer is what an operation is known to serve to a request.
type offer struct {
	// levels are the slice lengths, the shortest first; one at least.
	levels []level
	// dayPhase is when days start, in seconds after midnight UTC.
	dayPhase int64
}

// offers is what operations serve together.
func (l *lessons) offers(ops operations, request Request, dataDelay time.Duration, least, now int64) offer {
	common := l.offer(ops[0], request, dataDelay, least, now)
	for _, op := range ops[1:] {
		common = common.meet(l.offer(op, request, dataDelay, least, now))
	}
	return common
}

// meet is what both serve: slices on the same grid. Where there are none, because one serves longer ones only, it is those,
// which shorter ones add up to.
func (o offer) meet(other offer) offer {
	both := offer{dayPhase: o.dayPhase}
	for _, mine := range o.levels {
		for _, theirs := range other.levels {
			if mine.grid == theirs.grid {
				both.levels = append(both.levels, level{
					grid:    mine.grid,
					maxSpan: min(mine.maxSpan, theirs.maxSpan),
					history: min(mine.history, theirs.history),
					delay:   max(mine.delay, theirs.delay),
				})
			}
		}
	}
	if len(both.levels) == 0 {
		longer := o.levels[len(o.levels)-1]
		if theirs := other.levels[len(other.levels)-1]; theirs.length > longer.length {
			longer = theirs
		}
		both.levels = []level{longer}
	}
	return both
}

// offer is what an operation serves by its documentation and its answers. dataDelay is the data source's own; lengths below
// least, in seconds, are left out, 0 for none.
func (l *lessons) offer(op *cdn.Operation, request Request, dataDelay time.Duration, least, now int64) offer {
	o := offer{dayPhase: l.phaseOf(op.Name())}
	chosen := int64(0)
	if request.TimeMerge == MergeOn {
		chosen = l.mergedLength(op.Name(), request.span(), now)
	}
	for i, s := range op.Slices {
		q := question{op.Name(), seconds(s.Length), request.TimeMerge}
		v := level{
			grid:    grid{length: q.length},
			maxSpan: seconds(s.MaxSpan),
			history: l.historyOf(q, seconds(s.History), now),
			delay:   seconds(max(s.Delay, dataDelay)),
		}
		if request.TimeMerge == MergeOff && op.MaxSpanUnmerged > 0 && i == 0 {
			v.maxSpan = seconds(op.MaxSpanUnmerged)
		}
		last := i == len(op.Slices)-1
		if chosen > 0 && (v.length >= chosen || last) {
			// The API chooses this length for the whole span, documented or not.
			v.length, v.maxSpan = chosen, endless
			o.levels, last = nil, true
		}
		if v.length >= daySeconds {
			v.phase = o.dayPhase
		}
		if last || v.length >= least && !l.isWithheld(q, request.span(), now) {
			o.levels = append(o.levels, v)
		}
		if chosen > 0 && last {
			break
		}
	}
	return o
}
