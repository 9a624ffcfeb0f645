// Command bench measures what matters of the main journey, on a private stack
// with durable settings, and prints one line per figure:
//
//	BENCH name=value unit
//
// and below it how the figure stands to the earlier one, of figures.txt. To keep
// the figures of a run as those that later ones are compared with:
//
//	(date +'# %F'; make bench | grep '^BENCH ') >/tmp/figures && mv /tmp/figures deploy/bench/figures.txt
//
// Arguments name the parts to measure (checks, journeys, ledger, …); without any
// all are.
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
	"strings"
	"syscall"
	"time"

	"github.com/aval-access/aval/deploy/demodata"
	"github.com/aval-access/aval/deploy/stack"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Stdout, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// part is a group of figures that share what they prepare.
type part struct {
	name    string
	measure func(ctx context.Context, out io.Writer, s *stack.Stack, d *demodata.Data) error
}

func parts() []part {
	return []part{
		{"checks", checks}, {"signins", signIns}, {"journeys", journeys}, {"members", listMembers},
		{"dossiers", listDossiers}, {"removals", removals}, {"memory", memory}, {"imports", imports}, {"ledger", ledgers},
	}
}

// run measures the named parts, all where none is named.
func run(ctx context.Context, out io.Writer, named []string) (err error) {
	dir, err := stack.TempDir("bench")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	s, data, err := starts(ctx, out, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Stop()) }()
	for _, p := range parts() {
		if len(named) > 0 && !slices.Contains(named, p.name) {
			continue
		}
		if err := p.measure(ctx, out, s, data); err != nil {
			return fmt.Errorf("measuring %s: %w", p.name, err)
		}
	}
	return nil
}

// starts measures a first start with demo data, and a second one.
func starts(ctx context.Context, out io.Writer, dir string) (*stack.Stack, *demodata.Data, error) {
	first, _, err := start(ctx, out, "ready_s", stack.Options{Dir: dir})
	if err != nil {
		return nil, nil, err
	}
	// The ledger's name is the address: it stays.
	again := stack.Options{Dir: dir, Addresses: stack.Addresses{HTTP: "127.0.0.1" + strings.TrimPrefix(first.URL(), "http://localhost")}}
	if err := first.Stop(); err != nil {
		return nil, nil, err
	}
	return start(ctx, out, "ready_again_s", again)
}

func start(ctx context.Context, out io.Writer, name string, o stack.Options) (*stack.Stack, *demodata.Data, error) {
	began := time.Now()
	s, err := stack.Start(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	data, err := demodata.Fill(ctx, s, o.Dir)
	if err != nil {
		return nil, nil, errors.Join(err, s.Stop())
	}
	figure(out, name, time.Since(began).Seconds(), "s")
	return s, data, nil
}
