//go:build mage

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
)

// sideBySide runs other commands of the project at the same time, each in a process of its own. What one prints stands
// behind its name. That one fails does not end the others. All but the first take what that one leaves of the machine,
// where there is a nice: some of its tests are about time.
func sideBySide(commands ...string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	width := 0
	for _, command := range commands {
		width = max(width, len(command))
	}
	var group errgroup.Group
	var mu sync.Mutex
	for i, command := range commands {
		lane := &lane{mu: &mu, name: command + strings.Repeat(" ", width-len(command)) + " │ "}
		run := exec.Command(self, command)
		if nice, err := exec.LookPath("nice"); err == nil && i > 0 {
			run = exec.Command(nice, "-n", "10", self, command)
		}
		run.Stdout, run.Stderr = lane, lane
		group.Go(func() error {
			defer lane.end()
			if err := run.Run(); err != nil {
				return fmt.Errorf("%s: %w", command, err)
			}
			return nil
		})
	}
	return group.Wait()
}

// lane prints whole lines on stdout, behind a name.
type lane struct {
	mu   *sync.Mutex // of all that print there
	name string
	rest []byte // of a line that has not ended
}

// Write prints the lines that end in p.
func (l *lane) Write(p []byte) (int, error) {
	l.rest = append(l.rest, p...)
	for {
		end := bytes.IndexByte(l.rest, '\n') + 1
		if end == 0 {
			return len(p), nil
		}
		if err := l.print(l.rest[:end]); err != nil {
			return 0, err
		}
		l.rest = l.rest[end:]
	}
}

func (l *lane) print(line []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err := os.Stdout.Write(append([]byte(l.name), line...))
	return err
}

// end prints the last line, if nothing ended it.
func (l *lane) end() {
	if len(l.rest) > 0 {
		_ = l.print(append(l.rest, '\n'))
	}
}
