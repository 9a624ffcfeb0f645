// Package replicas breaks the processes that decide, and what they stand on,
// while access is taken away, and looks for a yes that comes too late. Every
// part is a process of its own; three of them only decide, beside membership.
//
// One test breaks at a time: a figure of time needs the machine.
package replicas

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/house"
	"github.com/aval-access/aval/deploy/stack"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/clock"
)

const (
	replicas = 3
	// patience is above everything that a fault may delay.
	patience = time.Minute
	interval = 20 * time.Millisecond
	// byLine names the replica that is asked by way of the line.
	byLine = "decide-1 by the line"
)

// shared is what all tests run against.
var shared struct {
	house *house.House
	world house.World
	// support is the partner and its person; the clients are made by rows.
	support house.Case
	// line is how one of those who decide is asked.
	line *house.Relay
	// consent and visits write as consent and partnersupport do.
	consent, visits membershipv1.AccessServiceClient
	// deciding are who decide, by program: membership, its replicas, and one of
	// these once more by the line; and all of them by the client for products.
	deciding map[string]decider
	close    []func() error
}

func TestMain(m *testing.M) {
	if served, err := house.ServeBroker(context.Background()); served {
		fail(err)
	}
	flag.Parse()
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
	logs, err := os.Create(filepath.Join(os.TempDir(), "aval-replicas.log"))
	if err != nil {
		return 1, err
	}
	defer logs.Close()
	programs := []string{"membership"}
	for i := range replicas {
		programs = append(programs, stack.Replica(i))
	}
	shared.house, err = house.Open(context.Background(), house.Options{
		Logs: logs, Replicas: replicas, Relayed: programs[:1], Remote: programs,
	})
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, shared.house.Close()) }()
	defer disconnect()
	if err := settle(context.Background()); err != nil {
		return 1, err
	}
	if err := connect(programs); err != nil {
		return 1, err
	}
	return m.Run(), nil
}

// settle finds somebody to decide about.
func settle(ctx context.Context) (err error) {
	if shared.world, err = shared.house.NewWorld(ctx, house.Watch{}); err != nil {
		return err
	}
	shared.support, err = shared.world.NewCase(ctx, "replicas")
	return err
}

// connect finds those who write and those who decide.
func connect(programs []string) (err error) {
	at := shared.house.Stack
	dial := func(workload string) membershipv1.AccessServiceClient {
		conn, failed := at.Dial(workload, "membership")
		err = errors.Join(err, failed)
		shared.close = append(shared.close, conn.Close)
		return membershipv1.NewAccessServiceClient(conn)
	}
	shared.consent, shared.visits = dial("consent"), dial("partnersupport")
	shared.deciding = map[string]decider{}
	for _, program := range programs {
		err = errors.Join(err, asked(program, at.Address(program)))
	}
	line, failed := house.OpenRelay(at.Address(stack.Replica(1)))
	shared.line = line
	return errors.Join(err, failed, asked(byLine, line.Addr()))
}

func disconnect() {
	for _, end := range shared.close {
		_ = end()
	}
	if shared.line != nil {
		shared.line.Close()
	}
	shared.world.Close()
}

// patient bounds a test by what its faults may take.
func patient(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

func eventually(t *testing.T, within time.Duration, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(within); !holds(); clock.Wait(t.Context(), interval) {
		require.True(t, time.Now().Before(deadline), what)
	}
}
