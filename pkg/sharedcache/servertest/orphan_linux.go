package servertest

import "syscall"

// withTest has the server end with the process that runs the test, whose cleanup a time-out or a kill leaves out.
var withTest = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
