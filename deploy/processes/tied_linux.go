package processes

import "syscall"

// tied makes a process stop when the thread that started it dies.
func tied() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM} }
