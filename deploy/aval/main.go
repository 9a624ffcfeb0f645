// Command aval runs all of Aval in one process, for a first look, for
// development and for demonstrations.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := &cobra.Command{Use: "aval", Short: "Consent-based delegated access", SilenceUsage: true, SilenceErrors: true}
	root.AddCommand(runCommand(), demoCommand(), initCommand(), databasesCommand())
	if err := root.ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "aval:", err)
		os.Exit(1)
	}
}
