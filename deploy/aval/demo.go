package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/aval-access/aval/deploy/journey"
	"github.com/aval-access/aval/deploy/stack"
)

func demoCommand() *cobra.Command {
	return &cobra.Command{
		Use: "demo", Short: "Play the main journey on a private instance; the exit status tells", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return demo(cmd.Context(), cmd.OutOrStdout())
		},
	}
}

func demo(ctx context.Context, out io.Writer) (err error) {
	dir, err := stack.TempDir("demo")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	began := time.Now()
	s, err := stack.Start(ctx, stack.Options{Dir: dir, Volatile: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Stop()) }()
	fmt.Fprintf(out, "A private Aval answers after %.1f s. REST at %s, gRPC beside it, mails in a real mailbox.\n", time.Since(began).Seconds(), s.URL())
	return play(ctx, s, out)
}

func play(ctx context.Context, s *stack.Stack, out io.Writer) error {
	rest, edge, err := journey.Transports(s)
	if err != nil {
		return err
	}
	defer edge.Close()
	w, err := journey.NewWorld(s, rest)
	if err != nil {
		return err
	}
	defer w.Close()
	p := &performance{stack: s, world: w, edge: edge, out: out}
	for i, scene := range p.scenes() {
		fmt.Fprintf(out, "\n%2d. %s\n", i+1, scene.title)
		if err := scene.act(ctx); err != nil {
			return fmt.Errorf("step %d, %s: %w", i+1, scene.title, err)
		}
	}
	fmt.Fprintf(out, "\nAll %d steps went as they must: allow, withdraw, deny.\n", len(p.scenes()))
	return nil
}
