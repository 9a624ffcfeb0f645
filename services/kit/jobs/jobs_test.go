package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/jobs"
	"github.com/aval-access/aval/services/kit/lifecycle/lifecycletest"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgtest"
)

const patience = 10 * time.Second

func TestMain(m *testing.M) { pgtest.Main(m) }

type greet struct {
	Name string `json:"name"`
}

func (greet) Kind() string { return "greet" }

func setup(t *testing.T) (*pg.DB, *jobs.Queue, chan string) {
	t.Helper()
	db := pgtest.DB(t, "sample", nil, jobs.Migrate)
	q, err := jobs.New(jobs.Options{DB: db, Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	seen := make(chan string, 8)
	jobs.Handle(q, func(_ context.Context, job *river.Job[greet]) error {
		seen <- job.Args.Name
		return nil
	})
	return db, q, seen
}

func TestJobRunsOnceItsTransactionCommitted(t *testing.T) {
	t.Parallel()
	db, q, seen := setup(t)
	lifecycletest.Run(t, q.Component())
	require.Error(t, db.InApp(t.Context(), func(ctx context.Context, tx pg.Tx) error {
		require.NoError(t, q.Insert(ctx, tx, greet{Name: "rolled back"}))
		return errors.New("no")
	}))
	require.NoError(t, db.InApp(t.Context(), func(ctx context.Context, tx pg.Tx) error {
		return q.Insert(ctx, tx, greet{Name: "committed"})
	}))
	select {
	case name := <-seen:
		require.Equal(t, "committed", name)
	case <-time.After(patience):
		require.Fail(t, "the job did not run")
	}
}

func TestJobOfAnUnknownKindIsRefused(t *testing.T) {
	t.Parallel()
	db, q, _ := setup(t)
	require.Error(t, db.InApp(t.Context(), func(ctx context.Context, tx pg.Tx) error {
		return q.Insert(ctx, tx, unknown{})
	}))
}

type unknown struct{}

func (unknown) Kind() string { return "unknown" }
