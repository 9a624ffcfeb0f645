package house

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/aval-access/aval/services/kit/pgboot"
)

// Database is a durable Postgres that can be killed and started again on its
// data, at the same address.
type Database struct {
	dir    string
	server *pgboot.Server
}

func startDatabase(ctx context.Context, dir string) (*Database, error) {
	d := &Database{dir: dir}
	return d, d.Start(ctx)
}

// Start returns when it answers, recovered from its log. What a killed one left
// behind may be in the way for a moment.
func (d *Database) Start(ctx context.Context) error {
	return insist(ctx, func() error {
		server, err := pgboot.Start(ctx, pgboot.Options{DataDir: d.dir})
		if err == nil {
			d.server = server
		}
		return err
	})
}

// Kill ends the server and every process of it by SIGKILL: no connection is
// told, nothing is flushed.
func (d *Database) Kill() error {
	content, err := os.ReadFile(filepath.Join(d.dir, "pg", "postmaster.pid"))
	if err != nil {
		return fmt.Errorf("looking for postgres: %w", err)
	}
	first, _, _ := bytes.Cut(content, []byte("\n"))
	postmaster, err := strconv.Atoi(string(first))
	if err != nil {
		return fmt.Errorf("looking for postgres: %w", err)
	}
	backends, err := childrenOf(postmaster)
	if err != nil {
		return err
	}
	for _, pid := range append([]int{postmaster}, backends...) { // the first starts no others then
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("killing postgres: %w", err)
		}
	}
	<-d.server.Done()
	return d.server.Stop()
}

func childrenOf(pid int) ([]int, error) {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return nil, fmt.Errorf("looking for the processes of postgres: %w", err)
	}
	var out []int
	for _, word := range strings.Fields(string(content)) {
		child, err := strconv.Atoi(word)
		if err != nil {
			return nil, fmt.Errorf("looking for the processes of postgres: %w", err)
		}
		out = append(out, child)
	}
	return out, nil
}
