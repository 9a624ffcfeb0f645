package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/aval-access/aval/deploy/demodata"
	"github.com/aval-access/aval/deploy/stack"
	"github.com/aval-access/aval/services/kit/config"
)

// settings are the launcher's own variables.
type settings struct {
	Data        string        `env:"DATA" doc:"Folder of the data; a place of the system's own when empty."`
	PortBase    int           `env:"PORT_BASE" envDefault:"8080" doc:"First of the ports: gateway, then mailbox, demo product, token endpoint, services."`
	DatabaseURL config.Secret `env:"DATABASE_URL" doc:"Administrator's URL of a Postgres cluster to use instead of the private one."`
	NATSURL     config.Secret `env:"NATS_URL" doc:"URL of a NATS server to use instead of the one in process."`
	SMTPURL     config.Secret `env:"SMTP_URL" doc:"SMTP server to use instead of the development mailbox."`
	LogLevel    string        `env:"LOG_LEVEL" envDefault:"WARN" doc:"Least level that is logged."`
}

func runCommand() *cobra.Command {
	return &cobra.Command{
		Use: "run", Short: "Run everything, with demo data, until Ctrl-C", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			set, err := config.Parse[settings]("AVAL_")
			if err != nil {
				return err
			}
			return run(cmd.Context(), set, cmd.OutOrStdout())
		},
	}
}

func run(ctx context.Context, set settings, out io.Writer) error {
	began := time.Now()
	dir := set.dataDir()
	fmt.Fprintln(out, "Aval prepares itself in", dir)
	s, err := stack.Start(ctx, set.options(dir, func(step string) {
		fmt.Fprintf(out, "  %5.1f s  %s\n", time.Since(began).Seconds(), step)
	}))
	if err != nil {
		return err
	}
	data, err := fill(ctx, s, set, dir)
	if err != nil {
		return errors.Join(err, s.Stop())
	}
	printReady(out, readiness{stack: s, data: data, took: time.Since(began), ownMail: set.SMTPURL.IsZero()})
	select {
	case <-ctx.Done():
		fmt.Fprintln(out, "\nStopping; the data stays in", dir)
	case <-s.Ended():
	}
	return s.Stop()
}

// fill makes the demo data, for which the mails must be readable.
func fill(ctx context.Context, s *stack.Stack, set settings, dir string) (*demodata.Data, error) {
	if !set.SMTPURL.IsZero() {
		return nil, nil
	}
	return demodata.Fill(ctx, s, dir)
}

func (s settings) options(dir string, progress func(string)) stack.Options {
	at := func(offset int) string { return "127.0.0.1:" + strconv.Itoa(s.PortBase+offset) }
	addresses := stack.Addresses{HTTP: at(0), Mail: at(1), Demo: at(2), Token: at(3), GRPC: map[string]string{}}
	for i, name := range stack.Services {
		addresses.GRPC[name] = at(10 + i)
	}
	return stack.Options{
		Dir: dir, Addresses: addresses, Progress: progress, LogLevel: s.LogLevel,
		DatabaseURL: s.DatabaseURL.Reveal(), NATSURL: s.NATSURL.Reveal(), SMTPURL: s.SMTPURL.Reveal(),
	}
}

// dataDir is outside any clone: the account that Postgres runs as could not
// enter a private home folder.
func (s settings) dataDir() string {
	switch {
	case s.Data != "":
		return s.Data
	case os.Geteuid() == 0:
		return "/var/lib/aval"
	case os.Getenv("XDG_STATE_HOME") != "":
		return filepath.Join(os.Getenv("XDG_STATE_HOME"), "aval")
	default:
		return filepath.Join(os.Getenv("HOME"), ".local", "state", "aval")
	}
}
