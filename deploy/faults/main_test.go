// Package faults breaks a running Aval in one exact place after the other and
// looks for what must hold all the same. Every part is a process of its own.
//
// One test strikes at a time; what follows from its fault is waited for while
// others strike. At the end the books of all services must balance.
package faults

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/house"
	"github.com/aval-access/aval/deploy/journey"
	"github.com/aval-access/aval/deploy/processes"
	"github.com/aval-access/aval/deploy/stack"
	"github.com/aval-access/aval/services/kit/clock"
)

// shared is what all tests run against.
var shared struct {
	house *house.House
	world house.World
	// striking is held by the test that breaks something, and shared by those
	// that prepare.
	striking sync.RWMutex
	// store is held by the test that deletes the broker's, and shared by those
	// that wait for what the broker alone remembers.
	store sync.RWMutex
	// names makes every organisation and address of a run different.
	names atomic.Int64
}

const (
	// sideBySide is above the number of tests: they wait for each other's
	// faults, not for the processor.
	sideBySide = "20"
	// patience is above everything that a fault may delay.
	patience = 3 * time.Minute
	// outage is above the longest of the database's.
	outage   = 20 * time.Second
	interval = 100 * time.Millisecond
	// underWay is above the time from a commit to the effect of its event.
	underWay = 5 * time.Second
)

func TestMain(m *testing.M) {
	if served, err := house.ServeBroker(context.Background()); served {
		fail(err)
	}
	flag.Parse()
	fail(flag.Set("test.parallel", sideBySide))
	code, err := run(m)
	fail(err)
	os.Exit(code)
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(m *testing.M) (code int, err error) {
	logs, err := os.Create(filepath.Join(os.TempDir(), "aval-faults.log"))
	if err != nil {
		return 1, err
	}
	defer logs.Close()
	ctx := context.Background()
	shared.house, err = house.Open(ctx, house.Options{
		Logs: logs, Relayed: []string{"consent"},
		Environment: []string{"AVAL_CONSENT_COOL_DOWN=0s"}, // for many rounds with the same people
	})
	if err != nil {
		return 1, err
	}
	if shared.world, err = shared.house.NewWorld(ctx, house.Watch{}); err != nil {
		return 1, err
	}
	code = m.Run()
	if code == 0 {
		code, err = balance(ctx)
	}
	shared.world.Close()
	if closed := shared.house.Close(); err == nil {
		err = closed
	}
	return code, err
}

// balance is the last test: every event published, and applied once by each
// consumer.
func balance(ctx context.Context) (code int, err error) {
	books, err := shared.house.OpenBooks(ctx)
	if err != nil {
		return 1, err
	}
	defer books.Close(ctx)
	deadline := time.Now().Add(patience)
	for {
		missing, doubled, err := books.Balance(ctx)
		switch {
		case err != nil || len(missing)+len(doubled) == 0:
			return 0, err
		case len(doubled) > 0 || time.Now().After(deadline):
			return 1, fmt.Errorf("the books do not balance: missing %v, applied more than once %v", missing, doubled)
		}
		clock.Wait(ctx, interval)
	}
}

// patient gives a test the time that others' faults may take.
func patient(t *testing.T) context.Context {
	return journey.WithPatience(t.Context(), patience)
}

// prepare makes a case while nothing is broken.
func prepare(t *testing.T, more ...func(house.Case)) house.Case {
	t.Helper()
	shared.striking.RLock()
	defer shared.striking.RUnlock()
	c, err := shared.world.NewCase(patient(t), unique())
	require.NoError(t, err)
	for _, do := range more {
		do(c)
	}
	return c
}

// strike waits for the others to have healed, and for whatever they struck to
// serve again; heal lets the next one begin.
func strike(t *testing.T) (heal func()) {
	t.Helper()
	shared.striking.Lock()
	heal = sync.OnceFunc(shared.striking.Unlock)
	t.Cleanup(heal)
	for _, program := range slices.Concat(stack.Services, []string{"gateway"}) {
		eventually(t, program+" serves", func() bool {
			status, err := processes.Probe(t.Context(), shared.house.Stack.OpsURL(program)+"/readyz")
			return err == nil && status == http.StatusNoContent
		})
	}
	return heal
}

func unique() string { return fmt.Sprintf("f%d", shared.names.Add(1)) }

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); clock.Wait(t.Context(), interval) {
		require.True(t, time.Now().Before(deadline), what)
	}
}

// database connects to a service's database as its owner does.
func database(t *testing.T, service string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), shared.house.Stack.Database(service).Migrate)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// reading asks a service's database, and again while another test has it
// killed.
func reading(t *testing.T, service string, read func(*pgx.Conn) error) {
	t.Helper()
	var err error
	ask := func() bool {
		var conn *pgx.Conn
		if conn, err = pgx.Connect(t.Context(), shared.house.Stack.Database(service).Migrate); err != nil {
			return false
		}
		err = errors.Join(read(conn), conn.Close(t.Context()))
		return err == nil
	}
	for deadline := time.Now().Add(outage); !ask(); clock.Wait(t.Context(), interval) {
		require.True(t, time.Now().Before(deadline), "%v", err)
	}
}

// count asks for one number.
func count(t *testing.T, service, sql string, args ...any) (n int) {
	t.Helper()
	reading(t, service, func(conn *pgx.Conn) error { return conn.QueryRow(t.Context(), sql, args...).Scan(&n) })
	return n
}
