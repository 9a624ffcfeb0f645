// Command chaos plays the main journey, and random stories of four roles
// (T-07), on separate processes while it kills and stops them, NATS and
// Postgres, deletes the whole store of NATS and has the mail server refuse,
// answer late or lose its answer; then it looks for what must never happen: an
// access after a withdrawal that was answered, an answered write that is gone,
// an event applied twice or never, a mail sent twice without being marked so, a
// journey that does not come to its end, a story that becomes what no order of
// its commands may.
//
// It prints its seed, which repeats the faults and their times, and its
// figures, one CHAOS line each, and fails on a violation.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/aval-access/aval/deploy/house"
)

const (
	defaultMinutes = 10
	workers        = 3
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := func() error {
		if served, err := house.ServeBroker(ctx); served {
			return err
		}
		return run(ctx, os.Stdout)
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
		os.Exit(1)
	}
}

var errViolated = errors.New("something happened that must not")

func run(ctx context.Context, out io.Writer) (err error) {
	minutes, err := number("CHAOS_MINUTES", defaultMinutes)
	if err != nil {
		return err
	}
	seed, err := number("CHAOS_SEED", rand.Uint64N(1_000_000))
	if err != nil {
		return err
	}
	logs, err := os.Create(filepath.Join(os.TempDir(), fmt.Sprintf("aval-chaos-%d.log", seed)))
	if err != nil {
		return fmt.Errorf("making the log: %w", err)
	}
	defer func() { err = errors.Join(err, logs.Close()) }()
	fmt.Fprintf(out, "CHAOS seed=%d minutes=%d log=%s\n", seed, minutes, logs.Name())
	h, err := house.Open(ctx, house.Options{Logs: logs})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	r := &report{out: out, counts: map[string]int{}}
	if err := play(ctx, h, r, plan(seed, time.Duration(minutes)*time.Minute)); err != nil {
		return err
	}
	r.print()
	if r.violated() {
		return errViolated
	}
	return nil
}

func number(name string, fallback uint64) (uint64, error) {
	text := os.Getenv(name)
	if text == "" {
		return fallback, nil
	}
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil {
		return 0, fmt.Errorf("reading %s: %w", name, err)
	}
	return n, nil
}

// play lets the workers begin journeys until the last fault is over, and
// judges once all have come to their end.
func play(ctx context.Context, h *house.House, r *report, faults []blow) error {
	c := &company{house: h, report: r}
	if err := c.open(ctx); err != nil {
		return err
	}
	defer c.world.Close()
	wait := c.work(ctx)
	if err := inject(ctx, h, r, faults); err != nil {
		return err
	}
	healed := time.Now()
	if err := wait(); err != nil {
		return err
	}
	r.took("journeys_ended", time.Since(healed))
	return judge(ctx, c, healed)
}
