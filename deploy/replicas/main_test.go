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
	"google.golang.org/grpc"

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
)

// shared is what all tests run against.
var shared struct {
	house *house.House
	// partner and person are who support; the clients are made up.
	partner, person string
	// consent and support write as those services do.
	consent, support membershipv1.AccessServiceClient
	// deciding are who decide, by program: membership and its replicas.
	deciding map[string]membershipv1.AccessServiceClient
	conns    []*grpc.ClientConn
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
	if err := connect(programs); err != nil {
		return 1, err
	}
	return m.Run(), nil
}

// connect finds those who write and those who decide, and somebody to decide
// about.
func connect(programs []string) error {
	world, err := shared.house.NewWorld(context.Background(), house.Watch{})
	if err != nil {
		return err
	}
	defer world.Close()
	c, err := world.NewCase(context.Background(), "replicas")
	if err != nil {
		return err
	}
	shared.partner, shared.person = c.Partner.ID, c.Person.UserID
	dial := func(workload, program string) membershipv1.AccessServiceClient {
		conn, failed := shared.house.Stack.Dial(workload, program)
		err = errors.Join(err, failed)
		shared.conns = append(shared.conns, conn)
		return membershipv1.NewAccessServiceClient(conn)
	}
	shared.consent, shared.support = dial("consent", "membership"), dial("partnersupport", "membership")
	shared.deciding = map[string]membershipv1.AccessServiceClient{}
	for _, program := range programs {
		shared.deciding[program] = dial(stack.DemoProduct, program)
	}
	return err
}

func disconnect() {
	for _, conn := range shared.conns {
		_ = conn.Close()
	}
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
