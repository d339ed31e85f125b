//go:debug randseednop=0

package simulation

import (
	"flag"
	"fmt"
	"math/rand"
	"os"
	"testing"
	"testing/synctest"
)

// defaultSeeds is how many seeds run unless told otherwise.
var defaultSeeds = 200

var (
	seeds  = flag.Int("seeds", 0, "how many seeds to run; 0: 200, or 20 with the race detector")
	first  = flag.Uint64("first", 1, "the first seed")
	stride = flag.Uint64("stride", 1, "the distance between seeds, so that several processes share them")
	whole  = flag.Bool("whole", false, "tell of every call and every answer")
	tell   = flag.Bool("tell", false, "tell what happens in each world, above all around a violation")
	days   = flag.Int("days", 0, "the days of each seed; 0: one to three, by the seed")
)

// TestSimulation runs seeds one after the other, each in a bubble of its own.
func TestSimulation(t *testing.T) {
	count := *seeds
	if count == 0 {
		count = defaultSeeds
	}
	var log Log
	if *tell || *whole {
		log = Log{Writer: os.Stdout, Whole: *whole}
	}
	total := Report{}
	for i := range uint64(count) {
		seed := *first + i**stride
		t.Run(fmt.Sprint(seed), func(t *testing.T) { total.add(simulate(t, seed, log)) })
		if done := int(i) + 1; done%100 == 0 || done == count {
			fmt.Println(total)
		}
	}
}

func simulate(t *testing.T, seed uint64, log Log) (report Report) {
	length := *days
	if length == 0 {
		length = 1 + int(seed%3)
	}
	//lint:ignore SA1019 the only way to have the jitter of retries the same again
	rand.Seed(int64(seed))
	synctest.Test(t, func(*testing.T) { report = Run(seed, length, log) })
	for _, v := range report.Violations {
		// At once: what a test says, it says when all seeds have run.
		fmt.Printf("seed %d: %s: %s; rerun: go tool mage simulate 1 %d\n", seed, v.Invariant, v.What, seed)
		t.Errorf("seed %d: %s", seed, v.Invariant)
	}
	return report
}
