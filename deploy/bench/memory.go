package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// memory tells the resident set of this process: all services, the gateway,
// NATS, the mailbox, and the load itself; not Postgres.
func memory(out io.Writer) error {
	file, err := os.Open("/proc/self/status")
	if errors.Is(err, os.ErrNotExist) {
		return nil // not on this system
	}
	if err != nil {
		return err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var kib float64
		if rest, ok := strings.CutPrefix(lines.Text(), "VmRSS:"); ok {
			if _, err := fmt.Sscan(rest, &kib); err != nil {
				return err
			}
			figure(out, "rss_mib", kib/1024, "MiB")
		}
	}
	return lines.Err()
}
