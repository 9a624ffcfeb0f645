// Command bench measures what matters of the main journey, on a private stack
// with durable settings, and prints one line per figure:
//
//	BENCH name=value unit
//
// Load and server share the machine. Figures that are compared are measured in
// interleaved rounds of the same run, and the median of the rounds is told.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/aval-access/aval/deploy/demodata"
	"github.com/aval-access/aval/deploy/stack"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// figure prints one result.
func figure(out io.Writer, name string, value float64, unit string) {
	fmt.Fprintf(out, "BENCH %s=%.3g %s\n", name, value, unit)
}

func run(ctx context.Context, out io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "aval-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // for the account that Postgres runs as
		return err
	}
	s, err := starts(ctx, out, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Stop()) }()
	if err := checks(ctx, out, s); err != nil {
		return err
	}
	if err := journeys(ctx, out, s); err != nil {
		return err
	}
	return memory(out)
}

// starts measures a first start with demo data, and a second one.
func starts(ctx context.Context, out io.Writer, dir string) (*stack.Stack, error) {
	for _, name := range []string{"ready_s", "ready_again_s"} {
		began := time.Now()
		s, err := stack.Start(ctx, stack.Options{Dir: dir})
		if err != nil {
			return nil, err
		}
		if _, err := demodata.Fill(ctx, s, dir); err != nil {
			return nil, errors.Join(err, s.Stop())
		}
		figure(out, name, time.Since(began).Seconds(), "s")
		if name == "ready_again_s" {
			return s, nil
		}
		if err := s.Stop(); err != nil {
			return nil, err
		}
	}
	return nil, errors.New("unreachable")
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
