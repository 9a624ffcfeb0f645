package pg_test

import (
	"context"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/config"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgtest"
)

// slowToCommit is a table whose rows take a third of a second to commit, and
// whose negative ones are refused only then.
func slowToCommit() fstest.MapFS {
	return fstest.MapFS{"migrations/0001_create_slow.sql": {Data: []byte(`-- +goose Up
CREATE TABLE slow (n integer NOT NULL);
-- +goose StatementBegin
CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
  IF NEW.n < 0 THEN RAISE EXCEPTION 'refused at the commit'; END IF;
  PERFORM pg_sleep(0.3);
  RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER slow_commit AFTER INSERT ON slow
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION take_time();
`)}}
}

func TestWhatReturnedIsCommitted(t *testing.T) { // A2, T-02
	t.Parallel()
	db := pgtest.DB(t, "sample", slowToCommit())
	insert := func(n int) error {
		return db.InApp(t.Context(), func(ctx context.Context, tx pg.Tx) error {
			_, err := tx.Exec(ctx, "INSERT INTO slow (n) VALUES (@n)", pgx.NamedArgs{"n": n})
			return err
		})
	}
	count := func() (n int) {
		require.NoError(t, db.InApp(t.Context(), func(ctx context.Context, tx pg.Tx) error {
			return tx.QueryRow(ctx, "SELECT count(*) FROM slow").Scan(&n)
		}))
		return n
	}
	require.NoError(t, insert(1))
	require.Equal(t, 1, count(), "another connection sees it at once")
	require.ErrorContains(t, insert(-1), "refused at the commit")
	require.Equal(t, 1, count())
}

func TestOnlyTheQueuesOwnCommitsWaitForNoDisk(t *testing.T) { // A2
	t.Parallel()
	urls := pgtest.URLs(t, "sample", notes())
	owner, err := pgx.Connect(t.Context(), urls.Migrate)
	require.NoError(t, err)
	t.Cleanup(func() { _ = owner.Close(context.Background()) })
	// The tests' own server waits for none.
	_, err = owner.Exec(t.Context(), `
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = on', current_database()); END $$`)
	require.NoError(t, err)
	db, err := pg.Open(t.Context(), pg.Config{AppURL: config.NewSecret(urls.App), SystemURL: config.NewSecret(urls.System)})
	require.NoError(t, err)
	t.Cleanup(db.Close)

	waits := map[string]string{}
	ask := func(name string) pg.Func {
		return func(ctx context.Context, tx pg.Tx) error {
			var setting string
			err := tx.QueryRow(ctx, "SHOW synchronous_commit").Scan(&setting)
			waits[name] = setting
			return err
		}
	}
	require.NoError(t, db.InApp(t.Context(), ask("app")))
	require.NoError(t, db.InSystem(t.Context(), "test", ask("system")))
	var queue string
	require.NoError(t, db.SystemPool().QueryRow(t.Context(), "SHOW synchronous_commit").Scan(&queue))
	require.Equal(t, map[string]string{"app": "on", "system": "on"}, waits)
	require.Equal(t, "off", queue)
}

// The scope is gone with its transaction: a connection that goes back to its
// pool carries no tenant, even for whoever would forget to set one.
func TestAConnectionGoesBackWithoutATenant(t *testing.T) { // B2, T-09
	t.Parallel()
	urls := pgtest.URLs(t, "sample", notes())
	db, err := pg.Open(t.Context(), pg.Config{AppURL: config.NewSecret(urls.App), MaxConns: 1})
	require.NoError(t, err)
	t.Cleanup(db.Close)
	var conn *pgx.Conn
	require.NoError(t, db.InTenant(t.Context(), id.New(), func(_ context.Context, tx pg.Tx) error {
		conn = tx.Conn()
		return nil
	}))
	// The pool has no other, and nobody else asks for it.
	var tenant, user, reason string
	require.NoError(t, conn.QueryRow(t.Context(), `
SELECT current_setting('app.tenant', true), current_setting('app.user', true), current_setting('app.reason', true)`,
	).Scan(&tenant, &user, &reason))
	require.Empty(t, tenant+user+reason)
}

func TestAProtectedTableBindsItsOwnerToo(t *testing.T) { // T-09
	t.Parallel()
	db := setup(t)
	require.NoError(t, db.InApp(t.Context(), func(ctx context.Context, tx pg.Tx) error {
		var enabled, forced bool
		err := tx.QueryRow(ctx, `
SELECT relrowsecurity, relforcerowsecurity
FROM pg_class
WHERE oid = 'note'::regclass`).Scan(&enabled, &forced)
		require.True(t, enabled)
		require.True(t, forced)
		return err
	}))
}

func TestTheApplicationIsNotTheOwner(t *testing.T) { // T-09
	t.Parallel()
	db := setup(t)
	for name, open := range map[string]func(context.Context, pg.Func) error{
		"app":    db.InApp,
		"system": func(ctx context.Context, fn pg.Func) error { return db.InSystem(ctx, "test", fn) },
	} {
		require.NoError(t, open(t.Context(), func(ctx context.Context, tx pg.Tx) error {
			var owner, passes bool
			err := tx.QueryRow(ctx, `
SELECT pg_has_role(current_user, c.relowner, 'MEMBER'), r.rolsuper OR r.rolbypassrls
FROM pg_class c, pg_roles r
WHERE c.oid = 'note'::regclass
  AND r.rolname = current_user`).Scan(&owner, &passes)
			require.False(t, owner || passes, name)
			return err
		}))
	}
}
