package simulation

import (
	"cmp"
	"fmt"
	"io"
	"sync"
	"time"
)

// diary tells what happens in a run, for whoever looks into a violation.
type diary struct {
	log io.Writer
	// whole tells every detail at once.
	whole bool

	mu sync.Mutex
	// lately are the latest details, told only where an invariant does not hold.
	lately []string
}

// details is how many of them are told.
const details = 40

// note tells what changes the course of things.
func (d *diary) note(format string, args ...any) {
	if d.log == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	fmt.Fprintln(d.log, entry(format, args...))
}

// detail remembers a call or an answer.
func (d *diary) detail(format string, args ...any) {
	if d.log == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.whole {
		fmt.Fprintln(d.log, "    "+entry(format, args...))
		return
	}
	if len(d.lately) >= 2*details {
		d.lately = append([]string{}, d.lately[details:]...)
	}
	d.lately = append(d.lately, "    "+entry(format, args...))
}

// recall tells the latest details, and what they led to.
func (d *diary) recall(format string, args ...any) {
	if d.log == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, line := range d.lately[max(0, len(d.lately)-details):] {
		fmt.Fprintln(d.log, line)
	}
	d.lately = nil
	fmt.Fprintln(d.log, entry(format, args...))
}

func entry(format string, args ...any) string {
	return stamp(time.Now()) + " " + fmt.Sprintf(format, args...)
}

func stamp(t time.Time) string { return t.UTC().Format("01-02 15:04:05.000") }

// String tells what a panel asks.
func (p *panel) String() string {
	text := fmt.Sprintf("%s (%s, last %s", p.name, p.metric.Name, p.span)
	if p.shift > 0 {
		text += fmt.Sprintf(" until %s ago", p.shift)
	}
	text += fmt.Sprintf(", every %s, slices %s, at most %d, timeMerge %s", p.refresh.Round(time.Second), p.granularity, p.points, p.timeMerge)
	for _, trait := range []struct {
		is   bool
		text string
	}{{p.fixGap, ", gaps as zero"}, {p.provisional, ", provisional"}, {p.all, ", all"}} {
		if trait.is {
			text += trait.text
		}
	}
	return text + fmt.Sprintf(", domains %v)", p.domains)
}

// String tells a question and its answer.
func (q *question) String() string {
	text := fmt.Sprintf("%s asked at %s:", q.asker.name, stamp(q.begun))
	for _, s := range q.result.Series {
		text += fmt.Sprintf(" %v %d of %s (%s)", s.Target.Domains, len(s.Slices), s.Step, s.Granularity)
		if n := len(s.Slices); n > 0 {
			text += fmt.Sprintf(" %s to %s", stamp(s.Slices[0].Start), stamp(s.Slices[n-1].Start))
		}
		text += fmt.Sprintf(", %d missing, %d calls", len(s.Missing), len(s.Calls))
		if s.Err != nil {
			text += fmt.Sprintf(", %v", s.Err)
		}
	}
	return text
}

// String tells a call and what became of it.
func (c *wireCall) String() string {
	return fmt.Sprintf("call of %s for %v from %s, %s, sent at %s: %s", c.operation, c.domains, c.start, c.slices, stamp(c.sent), cmp.Or(c.what, "answered"))
}

// describe tells what a world is like.
func (w *world) describe(s settings) string {
	text := fmt.Sprintf("%d days from %s, calm %v, settings %+v, quirks %q %v\nclock: ahead by %s, %d ppm, at %s by %s\n",
		w.days, w.start.UTC(), w.calm, s, w.quirks, w.options.SpanLimit, w.clock.offset, w.clock.ppm, stamp(w.clock.stepAt), w.clock.step)
	for _, name := range w.names {
		p, l := w.sources.profiles[name], w.lives[name]
		text += fmt.Sprintf("%s: until then %d, late %g, very late %g, wrong %g, lost %g, silent %v; comes %s, goes %s, offline %s to %s\n",
			name, p.until, p.late, p.veryLate, p.wrong, p.lost, p.silent,
			stamp(l.from), stamp(l.to), stamp(l.offlineFrom), stamp(l.offlineTo))
	}
	for _, o := range w.sources.outages {
		text += fmt.Sprintf("outage %s to %s by the API's clock\n", stamp(time.Unix(o.from, 0)), stamp(time.Unix(o.to, 0)))
	}
	for _, s := range w.weather.spells {
		text += fmt.Sprintf("%s to %s: %s for %g of %q\n", stamp(s.from), stamp(s.to), s.trouble.name, s.share, s.domain)
	}
	return text
}
