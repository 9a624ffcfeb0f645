package engine

import (
	"syscall"
	"unsafe"
)

// hugePage is the size of one, in bytes.
const hugePage = 2 << 20

// inHugePages asks the kernel to back large rows with huge pages, where it does
// so on request only: a check reads a handful of places far from each other, and
// half of what it waits for is where they are. Rows are as good without.
func inHugePages[R any](rows []R) []R {
	if size := uintptr(len(rows)) * unsafe.Sizeof(rows[0]); size >= hugePage {
		_ = syscall.Madvise(unsafe.Slice((*byte)(unsafe.Pointer(&rows[0])), size), syscall.MADV_HUGEPAGE)
	}
	return rows
}
