//go:build !linux

package processes

import "syscall"

func tied() *syscall.SysProcAttr { return nil }
