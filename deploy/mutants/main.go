// Command mutants takes the defences of Aval away, one at a time, and demands
// that the test which guards each of them goes red:
//
//	mutants [-seed n] [ids…]
//
// Each mutant is an edit of the source, given to the compiler as an overlay:
// the tree is never touched. A test counts when it is green without the mutant
// and red with it, five times out of five in shuffled orders. One line per
// mutant tells the verdict:
//
//	MUTANT m9 caught 5/5 in 3.2s TestX
//
// The status is 0 when all were caught. What a mutant is called by is the
// threat model's number; "m6" names all that begin with it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	seed := flag.Int64("seed", time.Now().UnixNano(), "of the orders in which tests run; the first of five")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Stdout, *seed, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, seed int64, ids []string) (err error) {
	chosen, err := choose(all(), ids)
	if err != nil {
		return err
	}
	root, err := treeAbove()
	if err != nil {
		return err
	}
	l, err := newLab(ctx, root, seed)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.close()) }()
	fmt.Fprintf(out, "%d mutants, %d runs each, -seed %d\n", len(chosen), runs, seed)
	escaped := 0
	for _, m := range chosen {
		if !l.judge(ctx, out, m) {
			escaped++
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if escaped > 0 {
		return fmt.Errorf("%d of %d mutants were not caught", escaped, len(chosen))
	}
	fmt.Fprintf(out, "all %d mutants were caught\n", len(chosen))
	return nil
}

// choose gives the mutants of these ids, or all; an id names itself and those
// that continue it after a dash.
func choose(from []mutant, ids []string) ([]mutant, error) {
	if len(ids) == 0 {
		return from, nil
	}
	var out []mutant
	for _, id := range ids {
		found := slices.Collect(func(yield func(mutant) bool) {
			for _, m := range from {
				if (m.id == id || strings.HasPrefix(m.id, id+"-")) && !yield(m) {
					return
				}
			}
		})
		if len(found) == 0 {
			return nil, fmt.Errorf("there is no mutant %q", id)
		}
		out = append(out, found...)
	}
	return out, nil
}
