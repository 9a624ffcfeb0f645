package pg_test

import (
	"context"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/config"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgtest"
)

// kept are notes whose text is looked at only when the transaction commits.
func kept() fstest.MapFS {
	files := notes()
	files["migrations/0002_alter_note.sql"] = &fstest.MapFile{Data: []byte(`-- +goose Up
ALTER TABLE note DROP CONSTRAINT note_body_unique;
ALTER TABLE note ADD CONSTRAINT note_body_unique UNIQUE (body) DEFERRABLE INITIALLY DEFERRED;
`)}
	return files
}

func writing(body string) pg.Answered {
	return pg.Answered{Statement: pg.Statement{
		Doing: "writing", SQL: "INSERT INTO note (tenant_id, user_id, body) VALUES (@id, @id, @body)",
		Args: pgx.NamedArgs{"id": id.New(), "body": body},
	}}
}

func TestAtOnceIsOneTransaction(t *testing.T) {
	t.Parallel()
	db := pgtest.DB(t, "sample", kept())
	ctx := t.Context()
	stored := func() (got []string) {
		require.NoError(t, db.InSystem(ctx, "test", bodies(&got)))
		return got
	}
	count := 0
	counting := pg.Answered{
		Statement: pg.Statement{Doing: "counting", SQL: "SELECT count(*) FROM note"},
		Scan: func(rows pgx.Rows) (err error) {
			count, err = pgx.CollectExactlyOneRow(rows, pgx.RowTo[int])
			return err
		},
	}
	require.NoError(t, db.AtOnce(ctx, "test", writing("a"), writing("b"), counting))
	require.Equal(t, 2, count, "each statement sees those before it")

	wrong := pg.Answered{Statement: pg.Statement{Doing: "failing", SQL: "SELECT 1/(SELECT count(*) - count(*) FROM note)"}}
	for name, failing := range map[string][]pg.Answered{
		"the last fails":   {writing("c"), wrong},
		"the first fails":  {wrong, writing("c")},
		"the commit fails": {writing("c"), writing("a")},
	} {
		err := db.AtOnce(ctx, "test", failing...)
		require.Error(t, err, name)
		require.Equal(t, reasonv1.Reason_REASON_UNSPECIFIED, fault.ReasonOf(err), "%s: it is no matter of time", name)
		require.Equal(t, []string{"a", "b"}, stored(), name)
	}

	reading := pg.Answered{
		Statement: pg.Statement{Doing: "looking", SQL: "SELECT current_setting('app.reason'), current_setting('app.tenant')"},
		Scan: func(rows pgx.Rows) error {
			var reason, tenant string
			_, err := pgx.ForEachRow(rows, []any{&reason, &tenant}, func() error {
				require.Equal(t, "it's a test", reason)
				require.Empty(t, tenant)
				return nil
			})
			return err
		},
	}
	require.NoError(t, db.AtOnce(ctx, "it's a test", reading))
}

func TestAtOnceThatHasToWaitTooLong(t *testing.T) {
	t.Parallel()
	db := setup(t)
	ctx := t.Context()
	require.NoError(t, db.InSystem(ctx, "test", func(ctx context.Context, tx pg.Tx) error {
		_, err := tx.Exec(ctx, "LOCK TABLE note")
		require.NoError(t, err)
		require.True(t, fault.Is(db.AtOnce(ctx, "test", writing("a")), reasonv1.Reason_REASON_UNAVAILABLE))
		return nil
	}))
}

func TestAtOnceNeedsAReasonAndTheSystemsRole(t *testing.T) {
	t.Parallel()
	require.Error(t, setup(t).AtOnce(t.Context(), "", writing("a")))

	alone, err := pg.Open(t.Context(), pg.Config{AppURL: config.NewSecret(pgtest.URLs(t, "sample", notes()).App)})
	require.NoError(t, err)
	t.Cleanup(alone.Close)
	require.Error(t, alone.AtOnce(t.Context(), "test", writing("a")))
}
