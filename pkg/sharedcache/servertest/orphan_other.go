//go:build unix && !linux

package servertest

import "syscall"

// withTest is for Linux only: elsewhere a server outlives a test that is killed.
var withTest *syscall.SysProcAttr
