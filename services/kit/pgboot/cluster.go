package pgboot

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

type cluster struct {
	bin      string
	way      way
	volatile bool
}

// makeCluster runs initdb once. A run that died half way is removed first: a
// cluster counts only with its marker.
func (s *Server) makeCluster(ctx context.Context, c cluster) error {
	if _, err := os.Stat(s.marker()); err == nil {
		return nil
	}
	if err := os.RemoveAll(s.data()); err != nil {
		return fmt.Errorf("removing unfinished cluster: %w", err)
	}
	if err := c.way.give(s.data()); err != nil {
		return err
	}
	pwfile, err := s.passwordFor(c.way)
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(pwfile) }()
	args := []string{"--pgdata=" + s.data(), "--username=postgres", "--auth=scram-sha-256",
		"--pwfile=" + pwfile, "--encoding=UTF8", "--locale=C"}
	if c.volatile {
		args = append(args, "--no-sync")
	}
	out, err := c.way.command(ctx, filepath.Join(c.bin, "initdb"), args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("making cluster: %w: %s", err, out)
	}
	return os.WriteFile(s.marker(), nil, 0o600)
}

func (s *Server) marker() string { return filepath.Join(s.dir, "complete") }

// passwordFor writes a copy that the server's account can read, for initdb alone.
func (s *Server) passwordFor(w way) (string, error) {
	path := filepath.Join(s.dir, "initdb-password")
	if err := os.WriteFile(path, []byte(s.password), 0o600); err != nil {
		return "", fmt.Errorf("writing password for initdb: %w", err)
	}
	return path, w.own(path)
}

// waitReady asks the server that answers who it is: a stale socket would
// otherwise lead to another cluster.
func (s *Server) waitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	tick := time.NewTicker(15 * time.Millisecond)
	defer tick.Stop()
	for {
		err := s.probe(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-s.process.done:
			return fmt.Errorf("postgres ended at start: %s", s.process.tail())
		case <-ctx.Done():
			return fmt.Errorf("waiting for postgres: %w", errors.Join(err, ctx.Err()))
		case <-tick.C:
		}
	}
}

func (s *Server) probe(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, s.AdminURL())
	if err != nil {
		return fmt.Errorf("connecting to postgres: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	var dir string
	if err := conn.QueryRow(ctx, "SHOW data_directory").Scan(&dir); err != nil {
		return fmt.Errorf("asking for the data folder: %w", err)
	}
	if strings.TrimRight(dir, "/") != s.data() {
		return fmt.Errorf("another server answers: its data folder is %s", dir)
	}
	return nil
}
