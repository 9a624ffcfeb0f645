package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// peer is an OpenFGA on a database of its own, and the program that asks it.
type peer struct {
	dir, database, address string
	store, model           string
}

// peerTime is one round's.
const peerTime = 5 * time.Second

// peerModule holds what OpenFGA needs: nothing of it is in the house's modules.
const peerModule = "deploy/bench/openfga"

func (p *peer) path(name string) string { return filepath.Join(p.dir, name) }

// build makes both programs.
func (p *peer) build(ctx context.Context) error {
	for name, pkg := range map[string]string{"openfga": "github.com/openfga/openfga/cmd/openfga", "ask": "."} {
		build := exec.CommandContext(ctx, "go", "build", "-o", p.path(name), pkg)
		build.Dir, build.Env = peerModule, append(os.Environ(), "GOWORK=off")
		if text, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("building %s: %w: %s", name, err, text)
		}
	}
	return nil
}

// fill makes the store, and the same entries as tuples of it.
func (p *peer) fill(ctx context.Context) (err error) {
	migrate := exec.CommandContext(ctx, p.path("openfga"), "migrate", "--datastore-engine=postgres", "--datastore-uri="+p.database)
	if text, err := migrate.CombinedOutput(); err != nil {
		return fmt.Errorf("migrating OpenFGA: %w: %s", err, text)
	}
	stop, err := p.serve(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	made, err := exec.CommandContext(ctx, p.path("ask"), p.address).Output()
	if err != nil {
		return fmt.Errorf("making a store: %w", err)
	}
	if _, err := fmt.Sscan(string(made), &p.store, &p.model); err != nil {
		return fmt.Errorf("reading %q: %w", made, err)
	}
	if err := p.writeQuestions(); err != nil {
		return err
	}
	if err := execute(ctx, p.database, `
INSERT INTO tuple (store, object_type, object_id, relation, _user, user_type, ulid, inserted_at)
SELECT $3, 'feature', md5('account ' || n / 10)::uuid || '/management', (ARRAY['guest', 'editor', 'approver'])[1 + n % 3],
  'user:' || md5('subject ' || n % $2::integer)::uuid, 'user', '01' || lpad(n::text, 24, '0'), now()
FROM generate_series(0, $1::integer - 1) AS n`, entries, subjects, p.store); err != nil {
		return err
	}
	if err := execute(ctx, p.database, `
INSERT INTO tuple (store, object_type, object_id, relation, _user, user_type, ulid, inserted_at)
SELECT $2, kind, object, relation, 'feature:' || id || '/management', 'user', ulid, now()
FROM generate_series(0, $1::integer - 1) AS n
CROSS JOIN LATERAL (SELECT md5('account ' || n)::uuid AS id) AS account
CROSS JOIN LATERAL (VALUES
  ('feature', id || '/management/invoices', 'parent', '02' || lpad(n::text, 24, '0')),
  ('account', id::text, 'feature', '03' || lpad(n::text, 24, '0'))
) AS tree (kind, object, relation, ulid)`, accounts, p.store); err != nil {
		return err
	}
	return execute(ctx, p.database, "VACUUM (ANALYZE) tuple")
}

func (p *peer) writeQuestions() error {
	var text strings.Builder
	for _, one := range pairings() {
		fmt.Fprintf(&text, "user:%s editor feature:%s/management/invoices\n", one.subject, one.account)
	}
	return os.WriteFile(p.path("questions"), []byte(text.String()), 0o600)
}

// serve starts OpenFGA, as it starts by default but for flags, without what
// else it serves.
func (p *peer) serve(ctx context.Context, flags []string) (stop func() error, err error) {
	var config net.ListenConfig
	free, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p.address = free.Addr().String()
	if err := free.Close(); err != nil {
		return nil, err
	}
	server := exec.CommandContext(ctx, p.path("openfga"), append([]string{
		"run", "--datastore-engine=postgres", "--datastore-uri=" + p.database, "--grpc-addr=" + p.address,
		"--http-enabled=false", "--playground-enabled=false", "--metrics-enabled=false", "--log-level=error",
	}, flags...)...)
	server.Stdout, server.Stderr = os.Stderr, os.Stderr
	if err := server.Start(); err != nil {
		return nil, fmt.Errorf("starting OpenFGA: %w", err)
	}
	return func() error {
		err := server.Process.Signal(syscall.SIGTERM)
		_ = server.Wait() // it says how it ended; that it was told to is known
		return err
	}, nil
}

// asker starts the program that asks, and gives a round of it.
func (p *peer) asker(ctx context.Context) (round func(kind string, questions int) (float64, error), done func() error, err error) {
	program := exec.CommandContext(ctx, p.path("ask"), p.address, p.store, p.model, p.path("questions"))
	program.Stderr = os.Stderr
	in, inErr := program.StdinPipe()
	out, outErr := program.StdoutPipe()
	if err := errors.Join(inErr, outErr); err != nil {
		return nil, nil, err
	}
	if err := program.Start(); err != nil {
		return nil, nil, err
	}
	lines := bufio.NewReader(out)
	round = func(kind string, questions int) (rate float64, err error) {
		if _, err := fmt.Fprintln(in, kind, int(peerTime.Seconds()), concurrent, questions); err != nil {
			return 0, err
		}
		var yes float64
		if _, err := fmt.Fscanln(lines, &rate, &yes); err != nil {
			return 0, fmt.Errorf("reading OpenFGA's rate: %w", err)
		}
		if yes == 0 || kind == "check" && math.Abs(yes-shareOfYes) > 0.15 {
			return 0, fmt.Errorf("OpenFGA says yes to %g of the questions", yes)
		}
		return rate, nil
	}
	return round, func() error { return errors.Join(in.Close(), program.Wait()) }, nil
}
