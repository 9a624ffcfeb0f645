//go:build unix && !linux

package pgboot

import "syscall"

// ways elsewhere: the account that starts us, which must not be root. The
// terminal's Ctrl-C is for us, who stop the server last.
func ways() []way {
	return []way{{name: "self", uid: -1, gid: -1, attr: &syscall.SysProcAttr{Setpgid: true}}}
}
