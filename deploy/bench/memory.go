package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/aval-access/aval/deploy/demodata"
	"github.com/aval-access/aval/deploy/stack"
)

// memory tells the resident set of this process: all services, the gateway,
// NATS, the mailbox, and the load itself; not Postgres.
func memory(_ context.Context, out io.Writer, _ *stack.Stack, _ *demodata.Data) error {
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
