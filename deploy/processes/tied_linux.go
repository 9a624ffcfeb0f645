package processes

import "syscall"

// tied makes a process stop when the thread that started it dies, and leaves
// it out of the terminal's process group: Ctrl-C is for its launcher.
func tied() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM, Setpgid: true}
}
