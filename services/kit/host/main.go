package host

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/aval-access/aval/services/kit/config"
)

// Command is a way of its own to run a service's program, with the variables of
// serve.
type Command[T any] struct {
	Name, Short string
	Run         func(context.Context, T) error
}

// Main is the command line of a service: serve, migrate, config docs, version,
// and what else it can do. The configuration is read from variables named
// AVAL_<NAME>_…. migrate is nil where there is no database.
func Main[T any](name, prefix string, run, migrate func(context.Context, T) error, also ...Command[T]) {
	root := &cobra.Command{Use: name, Short: "The " + name + " service of Aval", SilenceUsage: true}
	root.AddCommand(
		command[T]("serve", "Serve until SIGTERM", prefix, run),
		configCommand[T](prefix),
		versionCommand(),
	)
	for _, one := range also {
		root.AddCommand(command[T](one.Name, one.Short, prefix, one.Run))
	}
	if migrate != nil {
		root.AddCommand(command[T]("migrate", "Bring the database to this version's schema", prefix, migrate))
		root.AddCommand(upkeep[T](name, prefix)...)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := root.ExecuteContext(ctx); err != nil {
		os.Exit(1)
	}
}

func command[T any](use, short, prefix string, fn func(context.Context, T) error) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := config.Parse[T](prefix)
			if err != nil {
				return err
			}
			return fn(cmd.Context(), cfg)
		},
	}
}

func configCommand[T any](prefix string) *cobra.Command {
	group := &cobra.Command{Use: "config", Short: "About the configuration"}
	group.AddCommand(&cobra.Command{
		Use: "docs", Short: "Print the variables as a table", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprint(cmd.OutOrStdout(), config.Docs[T](prefix))
			return err
		},
	})
	return group
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), version())
			return err
		},
	}
}

// version is the module version that this binary was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
