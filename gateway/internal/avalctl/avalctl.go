// Package avalctl is the command line: it reads flags and files, asks the
// public API where a command needs it, and prints. What it prints is said by
// package ledger and the contracts.
package avalctl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

// Exit codes.
const (
	OK       = 0
	Failed   = 1 // also: what was verified does not hold
	Usage    = 2
	Auth     = 4
	NotFound = 5
	Conflict = 6
)

// Streams are where a command reads and writes.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// failure is an error with its exit code.
type failure struct {
	code int
	err  error
}

func (f failure) Error() string { return f.err.Error() }
func (f failure) Unwrap() error { return f.err }

func fail(code int, format string, args ...any) error {
	return failure{code: code, err: fmt.Errorf(format, args...)}
}

// Run carries out one command and gives its exit code. Errors go to Err as
// JSON.
func Run(ctx context.Context, args []string, s Streams) int {
	root := &cobra.Command{
		Use: "avalctl", Short: "Aval from a terminal", SilenceUsage: true, SilenceErrors: true,
		Long: "Aval from a terminal.\n\nExit codes: 0 done, 1 failed or does not hold, 2 usage, 4 not allowed, 5 not found, 6 conflict.",
	}
	root.SetArgs(args)
	root.SetIn(s.In)
	root.SetOut(s.Out)
	root.SetErr(s.Err)
	root.AddCommand(ledgerCommands())
	err := root.ExecuteContext(ctx)
	if err == nil {
		return OK
	}
	known := failure{code: Usage}
	errors.As(err, &known)
	text, _ := json.Marshal(map[string]any{"error": err.Error(), "code": known.code}) // of a text and a number
	fmt.Fprintln(s.Err, string(text))
	return known.code
}
