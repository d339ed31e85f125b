//go:build mage

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/magefile/mage/sh"
)

// Simulate runs so many seeds of the simulation, from the first on; docs/reliability.md says what it looks for. One seed
// alone tells what happens in it.
func Simulate(seeds, first int) error {
	folder, err := os.MkdirTemp("", "aliyuncdn-simulation-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	executable := filepath.Join(folder, "simulation.test")
	if err := sh.RunWith(withoutCgo, "go", "test", "-c", "-o", executable, "./pkg/simulation"); err != nil {
		return err
	}
	// A process for each processor. On one, without preemption, a seed takes the same course every time.
	shares := min(runtime.NumCPU(), max(seeds, 1))
	ended := make(chan error, shares)
	for i := range shares {
		share := (seeds - i + shares - 1) / shares
		run := exec.Command(executable, "-test.run=TestSimulation", "-test.timeout=0", fmt.Sprint("-seeds=", share),
			fmt.Sprint("-first=", first+i), fmt.Sprint("-stride=", shares), fmt.Sprint("-tell=", seeds == 1))
		run.Env = append(os.Environ(), "GOMAXPROCS=1", "GODEBUG=asyncpreemptoff=1", "GOGC=400")
		run.Stdout, run.Stderr = os.Stdout, os.Stderr
		go func() { ended <- run.Run() }()
	}
	for range shares {
		err = errors.Join(err, <-ended)
	}
	return err
}
