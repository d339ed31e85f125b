//go:build mage

package main

import (
	"fmt"
	"os"
	"os/exec"

	"github.com/magefile/mage/sh"
)

// program is what tests run, and no package manager of the project brings.
type program struct {
	called   string
	variable string   // may hold its path
	names    []string // it has on the PATH
	debian   string   // package of Debian's
}

var (
	browser = program{"Chromium", "CHROMIUM", []string{"chromium", "chromium-browser", "google-chrome"}, "chromium"}
	// Where pkg/sharedcache/servertest looks, too.
	redis = program{"Redis or Valkey server", "REDIS_SERVER", []string{"valkey-server", "redis-server"}, "redis-server"}
)

// find returns the program's path, "" if there is none.
func (p program) find() string {
	for _, name := range append([]string{os.Getenv(p.variable)}, p.names...) {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// install installs Debian's package where there is no such program and this user may.
func (p program) install() error {
	if path := p.find(); path != "" {
		fmt.Println("  using", path)
		return nil
	}
	if _, err := exec.LookPath("apt-get"); err != nil || os.Geteuid() != 0 {
		return fmt.Errorf("no %s found: install it (Debian: apt-get install %s), or name it in %s",
			p.called, p.debian, p.variable)
	}
	fmt.Printf("  no %s found: installing Debian's %s\n", p.called, p.debian)
	if err := sh.Run("apt-get", "update", "-qq"); err != nil {
		return err
	}
	env := map[string]string{"DEBIAN_FRONTEND": "noninteractive"}
	return sh.RunWith(env, "apt-get", "install", "-y", "-qq", "--no-install-recommends", p.debian)
}
