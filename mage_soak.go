//go:build mage

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/magefile/mage/sh"
)

// Soak has 50 viewers look at the bundled dashboards and 100 alert rules be evaluated, on 200 domains with 50 calls a second,
// for a simulated day; or as many of each as told. It compares every value with the truth, and looks for leaks;
// docs/reliability.md says more.
func Soak(minutes, domains, viewers, rules, calls *int) error {
	or := func(value *int, other int) int {
		if value == nil {
			return other
		}
		return *value
	}
	folder, err := os.MkdirTemp("", "aliyuncdn-soak-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	executable := filepath.Join(folder, "plugin.test")
	if err := sh.RunWith(withoutCgo, "go", "test", "-c", "-o", executable, "./pkg/plugin"); err != nil {
		return err
	}
	run := exec.Command(executable, "-test.run=^TestSoak$", "-test.timeout=0",
		fmt.Sprint("-soak.minutes=", or(minutes, 24*60)), fmt.Sprint("-soak.domains=", or(domains, 200)),
		fmt.Sprint("-soak.viewers=", or(viewers, 50)), fmt.Sprint("-soak.rules=", or(rules, 100)),
		fmt.Sprint("-soak.calls=", or(calls, 50)))
	run.Dir = filepath.Join("pkg", "plugin")
	run.Env = append(os.Environ(), "GOGC=400")
	run.Stdout, run.Stderr = os.Stdout, os.Stderr
	return run.Run()
}
