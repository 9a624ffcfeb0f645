package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/aval-access/aval/services/kit/pgboot"
)

// database is a durable Postgres that can be ended at once and started again
// on its data, at the same address.
type database struct {
	dir    string
	server *pgboot.Server
}

func startDatabase(ctx context.Context, dir string) (*database, error) {
	d := &database{dir: dir}
	return d, d.start(ctx)
}

func (d *database) start(ctx context.Context) (err error) {
	d.server, err = pgboot.Start(ctx, pgboot.Options{DataDir: d.dir})
	return err
}

// kill is an immediate shutdown: no connection is told, nothing is flushed, and
// the next start recovers from the log.
func (d *database) kill() error {
	content, err := os.ReadFile(filepath.Join(d.dir, "pg", "postmaster.pid"))
	if err != nil {
		return fmt.Errorf("looking for postgres: %w", err)
	}
	first, _, _ := bytes.Cut(content, []byte("\n"))
	pid, err := strconv.Atoi(string(first))
	if err != nil {
		return fmt.Errorf("looking for postgres: %w", err)
	}
	if err := syscall.Kill(pid, syscall.SIGQUIT); err != nil {
		return fmt.Errorf("killing postgres: %w", err)
	}
	<-d.server.Done()
	return d.server.Stop()
}
