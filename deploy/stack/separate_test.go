package stack

import (
	"context"
	"maps"
	"net/http"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/broker"
	"github.com/aval-access/aval/deploy/processes"
	"github.com/aval-access/aval/services/kit/config"
	"github.com/aval-access/aval/services/kit/pg"
)

const (
	patience = 20 * time.Second
	interval = 50 * time.Millisecond
)

// One stack of processes for the rules on health, in an order that matters:
// each step takes something more away.
func TestHealthOfSeparateProcesses(t *testing.T) {
	t.Parallel()
	s := startSeparate(t)
	t.Cleanup(func() { _ = s.Stop() }) // without a database its parts need not end well

	t.Run("consumers are made by migrate, and permitted as they are", func(t *testing.T) {
		conn, err := s.Bus()
		require.NoError(t, err)
		defer conn.Close()
		require.ElementsMatch(t, slices.Concat(slices.Collect(maps.Values(broker.Consumers()))...), made(t, conn.JS()))
	})
	t.Run("all are alive and ready", func(t *testing.T) {
		for _, name := range programs() {
			require.Equal(t, http.StatusNoContent, probe(t, s, name, "/livez"), name)
			require.Equal(t, http.StatusNoContent, probe(t, s, name, "/readyz"), name)
		}
	})
	t.Run("an older schema is not ready", func(t *testing.T) {
		setVersion(t, s, "+ 1000")
		require.Equal(t, http.StatusNoContent, probe(t, s, "identity", "/readyz"), "a newer one is")
		setVersion(t, s, "- 1001")
		require.Equal(t, http.StatusServiceUnavailable, probe(t, s, "identity", "/readyz"))
		require.Equal(t, http.StatusNoContent, probe(t, s, "identity", "/livez"))
		setVersion(t, s, "+ 1")
		require.Equal(t, http.StatusNoContent, probe(t, s, "identity", "/readyz"))
	})
	t.Run("without the broker all stay ready", func(t *testing.T) {
		s.parts.nats.Stop()
		for _, name := range programs() {
			require.Equal(t, http.StatusNoContent, probe(t, s, name, "/readyz"), name)
		}
	})
	t.Run("without the database services are alive and not ready", func(t *testing.T) {
		require.NoError(t, s.parts.postgres.Stop())
		for _, name := range Services {
			require.Eventually(t, func() bool {
				return probe(t, s, name, "/readyz") == http.StatusServiceUnavailable
			}, patience, interval, name)
			require.Equal(t, http.StatusNoContent, probe(t, s, name, "/livez"), name)
		}
	})
}

func startSeparate(t *testing.T, changes ...func(*Options)) *Stack {
	t.Helper()
	dir, err := TempDir("separate")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	o := Options{Dir: dir, Volatile: true, Separate: true, LogLevel: "ERROR"}
	for _, change := range changes {
		change(&o)
	}
	s, err := Start(t.Context(), o)
	require.NoError(t, err)
	return s
}

func probe(t *testing.T, s *Stack, program, path string) int {
	t.Helper()
	status, err := processes.Probe(t.Context(), s.OpsURL(program)+path)
	require.NoError(t, err)
	return status
}

// made lists the consumers that the broker has.
func made(t *testing.T, js jetstream.JetStream) []broker.Consumer {
	t.Helper()
	var out []broker.Consumer
	streams := js.StreamNames(t.Context())
	for name := range streams.Name() {
		stream, err := js.Stream(t.Context(), name)
		require.NoError(t, err)
		for consumer := range stream.ConsumerNames(t.Context()).Name() {
			out = append(out, broker.Consumer{Stream: name, Name: consumer})
		}
	}
	require.NoError(t, streams.Err())
	return out
}

// setVersion moves the version that identity's database says it has.
func setVersion(t *testing.T, s *Stack, by string) {
	t.Helper()
	inDatabase(t, s, "identity", func(ctx context.Context, tx pg.Tx) error {
		_, err := tx.Exec(ctx, `
UPDATE goose_db_version
   SET version_id = version_id `+by+`
 WHERE version_id = (SELECT max(version_id) FROM goose_db_version)`)
		return err
	})
}

func inDatabase(t *testing.T, s *Stack, service string, fn pg.Func) {
	t.Helper()
	urls := s.Database(service)
	db, err := pg.Open(t.Context(), pg.Config{AppURL: config.NewSecret(urls.App), SystemURL: config.NewSecret(urls.System)})
	require.NoError(t, err)
	defer db.Close()
	require.NoError(t, db.InSystem(t.Context(), "test", fn))
}
