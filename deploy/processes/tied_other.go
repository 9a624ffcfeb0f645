//go:build unix && !linux

package processes

import "syscall"

// tied leaves a process out of the terminal's process group: Ctrl-C is for its
// launcher.
func tied() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
