package pg_test

import (
	"context"
	"errors"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/config"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func notes() fstest.MapFS {
	return fstest.MapFS{"migrations/0001_create_note.sql": {Data: []byte(`-- +goose Up
CREATE TABLE note (
  tenant_id uuid NOT NULL,
  user_id   uuid NOT NULL,
  body      text NOT NULL CONSTRAINT note_body_unique UNIQUE
);
SELECT aval_tenant_table('note');
SELECT aval_user_policy('note');
`)}}
}

func setup(t *testing.T) *pg.DB {
	t.Helper()
	return pgtest.DB(t, "sample", notes())
}

func insert(tenant, user id.ID, body string) pg.Func {
	return func(ctx context.Context, tx pg.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO note (tenant_id, user_id, body) VALUES (@tenant, @user, @body)`,
			pgx.NamedArgs{"tenant": tenant, "user": user, "body": body})
		return err
	}
}

func bodies(out *[]string) pg.Func {
	return func(ctx context.Context, tx pg.Tx) error {
		rows, err := tx.Query(ctx, "SELECT body FROM note ORDER BY body LIMIT 100")
		if err != nil {
			return err
		}
		*out, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	}
}

func TestRowLevelSecurity(t *testing.T) {
	t.Parallel()
	db := setup(t)
	ctx := t.Context()
	one, two, user := id.New(), id.New(), id.New()
	require.NoError(t, db.InTenant(ctx, one, insert(one, user, "a")))
	require.NoError(t, db.InTenant(ctx, two, insert(two, user, "b")))

	t.Run("a tenant sees its own rows alone", func(t *testing.T) {
		var got []string
		asUser := authn.NewContext(ctx, authn.Caller{Person: &authn.Person{UserID: user}})
		require.NoError(t, db.InTenant(asUser, one, bodies(&got)))
		require.Equal(t, []string{"a"}, got)
	})
	t.Run("a tenant cannot write another's row", func(t *testing.T) {
		require.ErrorContains(t, db.InTenant(ctx, one, insert(two, user, "c")), "row-level security")
	})
	t.Run("no tenant sees nothing", func(t *testing.T) {
		var got []string
		require.NoError(t, db.InApp(ctx, bodies(&got)))
		require.Empty(t, got)
	})
	t.Run("a person sees their rows over all tenants", func(t *testing.T) {
		var got []string
		require.NoError(t, db.InUser(ctx, user, bodies(&got)))
		require.Equal(t, []string{"a", "b"}, got)
	})
	t.Run("another person sees none of them", func(t *testing.T) {
		var got []string
		require.NoError(t, db.InUser(ctx, id.New(), bodies(&got)))
		require.Empty(t, got)
	})
	t.Run("the system sees all", func(t *testing.T) {
		var got []string
		require.NoError(t, db.InSystem(ctx, "test", bodies(&got)))
		require.Equal(t, []string{"a", "b"}, got)
	})
	t.Run("the zero tenant is refused", func(t *testing.T) {
		require.Error(t, db.InTenant(ctx, id.ID{}, bodies(new([]string))))
		require.Error(t, db.InUser(ctx, id.ID{}, bodies(new([]string))))
		require.Error(t, db.InSystem(ctx, "", bodies(new([]string))))
	})
}

func TestTenantDoesNotOutliveItsTransaction(t *testing.T) { // T-09
	t.Parallel()
	urls := pgtest.URLs(t, "sample", notes())
	ctx := t.Context()
	db, err := pg.Open(ctx, pg.Config{AppURL: config.NewSecret(urls.App), MaxConns: 1})
	require.NoError(t, err)
	t.Cleanup(db.Close)
	tenant := id.New()
	require.NoError(t, db.InTenant(ctx, tenant, insert(tenant, id.New(), "a")))
	require.NoError(t, db.InApp(ctx, func(ctx context.Context, tx pg.Tx) error {
		_, err := tx.Exec(ctx, "SELECT set_config('app.tenant', $1, false)", tenant.String())
		return err
	}))
	var got []string
	require.NoError(t, db.InApp(ctx, bodies(&got)), "even a session's setting is overruled")
	require.Empty(t, got)
	require.Error(t, db.InSystem(ctx, "test", bodies(&got)), "no system url was given")
}

func TestUserOfTheTransaction(t *testing.T) {
	t.Parallel()
	db := setup(t)
	user, collaborator := id.New(), id.New()
	for name, person := range map[string]authn.Person{
		"the person":              {UserID: user},
		"the collaborator acting": {UserID: id.New(), Act: &authn.Actor{UserID: user}},
	} {
		ctx := authn.NewContext(t.Context(), authn.Caller{Person: &person})
		require.NoError(t, db.InTenant(ctx, collaborator, func(ctx context.Context, tx pg.Tx) error {
			var got id.ID
			require.NoError(t, tx.QueryRow(ctx, "SELECT ctx_user()").Scan(&got))
			require.Equal(t, user, got, name)
			return nil
		}))
	}
}

func TestASignalWaitsForTheCommit(t *testing.T) {
	t.Parallel()
	db := setup(t)
	ctx := t.Context()
	woken := db.Signal("topic")
	broken := errors.New("broken")

	err := db.InApp(ctx, func(_ context.Context, tx pg.Tx) error {
		tx.Signal("topic")
		return broken
	})
	require.ErrorIs(t, err, broken)
	require.Empty(t, woken, "a rolled back transaction wakes nobody")

	require.NoError(t, db.InApp(ctx, func(_ context.Context, tx pg.Tx) error {
		tx.Signal("topic")
		require.Empty(t, woken, "nobody wakes before the commit")
		return nil
	}))
	require.Len(t, woken, 1)
}

func TestErrors(t *testing.T) {
	t.Parallel()
	db := setup(t)
	ctx := t.Context()
	tenant := id.New()
	require.NoError(t, db.InTenant(ctx, tenant, insert(tenant, id.New(), "a")))

	t.Run("a unique constraint is recognised by name", func(t *testing.T) {
		err := db.InTenant(ctx, tenant, insert(tenant, id.New(), "a"))
		require.True(t, pg.IsUnique(err, "note_body_unique"))
		require.False(t, pg.IsUnique(err, "other"))
	})
	t.Run("a commit whose connection broke is unavailable, its outcome unknown", func(t *testing.T) {
		err := db.InTenant(ctx, tenant, func(ctx context.Context, tx pg.Tx) error {
			return tx.Conn().PgConn().Conn().Close()
		})
		require.Equal(t, reasonv1.Reason_REASON_UNAVAILABLE, fault.ReasonOf(err))
	})
	t.Run("a server that goes away under the work is unavailable", func(t *testing.T) {
		err := db.InTenant(ctx, tenant, func(ctx context.Context, tx pg.Tx) error {
			_, err := tx.Exec(ctx, "SELECT pg_terminate_backend(pg_backend_pid())")
			return err
		})
		require.Equal(t, reasonv1.Reason_REASON_UNAVAILABLE, fault.ReasonOf(err))
	})
	t.Run("a row that somebody else holds for too long is unavailable", func(t *testing.T) {
		lock := func(ctx context.Context, tx pg.Tx) error {
			_, err := tx.Exec(ctx, "SELECT body FROM note FOR UPDATE")
			return err
		}
		require.NoError(t, db.InTenant(ctx, tenant, func(txCtx context.Context, tx pg.Tx) error {
			require.NoError(t, lock(txCtx, tx))
			require.Equal(t, reasonv1.Reason_REASON_UNAVAILABLE, fault.ReasonOf(db.InTenant(ctx, tenant, lock)))
			return nil
		}))
	})
	t.Run("a swallowed failure does not commit", func(t *testing.T) {
		err := db.InTenant(ctx, tenant, func(ctx context.Context, tx pg.Tx) error {
			_, _ = tx.Exec(ctx, "SELECT 1 / 0")
			return nil
		})
		require.ErrorIs(t, err, pgx.ErrTxCommitRollback)
	})
}

func TestRoles(t *testing.T) {
	t.Parallel()
	urls := pgtest.Empty(t, "sample")
	ctx := t.Context()
	require.NoError(t, pg.Migrate(ctx, urls.Migrate, notes()))
	require.NoError(t, pg.Migrate(ctx, urls.Migrate, notes()), "migrating again changes nothing")
	app, err := pgx.Connect(ctx, urls.App)
	require.NoError(t, err)
	defer func() { require.NoError(t, app.Close(ctx)) }()
	for _, refused := range []string{
		"CREATE TABLE mine (id int)",
		"ALTER TABLE note DISABLE ROW LEVEL SECURITY",
		"DROP POLICY tenant ON note",
		"TRUNCATE note",
		"SET ROLE sample_owner",
		"SET ROLE sample_system",
	} {
		_, err := app.Exec(ctx, refused)
		require.Error(t, err, refused)
	}
	require.ErrorContains(t, pg.Migrate(ctx, urls.App, notes()), "_migrate")
}

func TestUnreachableDatabase(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	_, err := pg.Open(ctx, pg.Config{AppURL: config.NewSecret("postgres://u:hidden@/x?host=/nonexistent")})
	require.Error(t, err)
	require.NotContains(t, err.Error(), "hidden")
	_, err = pg.Open(ctx, pg.Config{})
	require.Error(t, err)
}
