// Package guard turns a panic into the failure of whoever waits, so that it ends no more than that.
package guard

import (
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/sync/errgroup"
)

// Panic is the failure of what panicked instead of answering: a defect of ours, or of what we are built on. It is safe to
// log.
type Panic struct {
	// What happened: the text of a run-time error, else no more than the type of the value that it was called with. The
	// value may hold anything, a signed URL for one.
	What string
	// Stack has a line for each function that was under way, the innermost first: its name, file and line, and not its
	// arguments.
	Stack string
}

// Error tells what happened.
func (p *Panic) Error() string { return "panic: " + p.What }

// Run runs do, and returns the panic that ended it; nil if there was none. Every goroutine needs one on its way, or
// a panic in it ends the process with all its data sources.
func Run(do func()) (p *Panic) {
	defer func() {
		switch value := recover().(type) {
		case nil:
		case *Panic: // of a goroutine that this one waited for
			p = value
		case runtime.Error:
			p = &Panic{What: value.Error(), Stack: callers()}
		default:
			p = &Panic{What: fmt.Sprintf("a value of type %T", value), Stack: callers()}
		}
	}()
	do()
	return nil
}

// deepest bounds the stack that is told: a recursion without an end has millions of functions.
const deepest = 64

// callers is the stack of whoever panicked.
func callers() string {
	var counters [deepest]uintptr
	frames := runtime.CallersFrames(counters[:runtime.Callers(3, counters[:])]) // without Callers and what stands in this file
	var text strings.Builder
	for {
		frame, more := frames.Next()
		fmt.Fprintf(&text, "%s %s:%d\n", frame.Function, frame.File, frame.Line)
		if !more {
			return text.String()
		}
	}
}

// Together calls do with 0 to n-1, so many of them at the same time, and returns when all have. It panics if one of them
// did: whoever waits for them can answer for it, a goroutine cannot.
func Together(n, atOnce int, do func(i int)) {
	if n == 1 {
		do(0)
		return
	}
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i := range n {
		group.Go(func() error {
			if p := Run(func() { do(i) }); p != nil {
				return p
			}
			return nil
		})
	}
	if p := group.Wait(); p != nil {
		panic(p)
	}
}
