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

// aloneParts need no stack, or start one of their own, while no other runs.
func aloneParts() []part { return []part{{"engine", views}, {"revocations", revocations}} }

func parts() []part {
	return []part{
		{"checks", checks}, {"openfga", openFGA}, {"signins", signIns}, {"journeys", journeys}, {"members", listMembers},
		{"dossiers", listDossiers}, {"removals", removals}, {"memory", memory}, {"imports", imports}, {"ledger", ledgers}, {"console", console},
	}
}

// run measures the named parts, all where none is named.
func run(ctx context.Context, out io.Writer, named []string) (err error) {
	unwanted := func(p part) bool { return len(named) > 0 && !slices.Contains(named, p.name) }
	for _, p := range slices.DeleteFunc(aloneParts(), unwanted) {
		if err := p.measure(ctx, out, nil, nil); err != nil {
			return fmt.Errorf("measuring %s: %w", p.name, err)
		}
	}
	wanted := slices.DeleteFunc(parts(), unwanted)
	if len(wanted) == 0 {
		return nil
	}
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
	for _, p := range wanted {
		if err := p.measure(ctx, out, s, data); err != nil {
			return fmt.Errorf("measuring %s: %w", p.name, err)
		}
	}
	return nil
}

// starts measures a first start with demo data, a second one, and one that reads
// the large world.
func starts(ctx context.Context, out io.Writer, dir string) (s *stack.Stack, data *demodata.Data, err error) {
	options := stack.Options{Dir: dir}
	var took [3]time.Duration
	for i := range took {
		began := time.Now()
		if s, err = stack.Start(ctx, options); err != nil {
			return nil, nil, err
		}
		if data, err = demodata.Fill(ctx, s, dir); err != nil {
			return nil, nil, errors.Join(err, s.Stop())
		}
		took[i] = time.Since(began)
		// The ledger's name is the address: it stays.
		options.Addresses = stack.Addresses{HTTP: "127.0.0.1" + strings.TrimPrefix(s.URL(), "http://localhost")}
		if i == len(took)-1 {
			break
		}
		if i == len(took)-2 {
			err = fillEntries(ctx, s)
		}
		if err := errors.Join(err, s.Stop()); err != nil {
			return nil, nil, err
		}
	}
	figure(out, "ready_s", took[0].Seconds(), "s")
	figure(out, "ready_again_s", took[1].Seconds(), "s")
	figure(out, "start_s_per_million", (took[2]-took[1]).Seconds()*1e6/entries, "s")
	return s, data, nil
}
