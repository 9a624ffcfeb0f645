// Package pgtest gives each test a fresh, migrated database on a real
// Postgres: one private server per test process, started on demand and ended
// with it, or the server of AVAL_TEST_DATABASE_URL (an administrator's URL).
package pgtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/config"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

const setupTimeout = 90 * time.Second

// DB gives a fresh database of the context with its app and system roles,
// migrated with kit's schema, the steps and the files. It goes with the test.
func DB(t testing.TB, name string, migrations fs.FS, steps ...pg.Step) *pg.DB {
	t.Helper()
	urls := URLs(t, name, migrations, steps...)
	db, err := pg.Open(t.Context(), pg.Config{AppURL: config.NewSecret(urls.App), SystemURL: config.NewSecret(urls.System), MaxConns: 8})
	require.NoError(t, err)
	t.Cleanup(db.Close)
	return db
}

// URLs is DB for those who open the database themselves, such as a service
// under test.
func URLs(t testing.TB, name string, migrations fs.FS, steps ...pg.Step) pg.URLs {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), setupTimeout)
	defer cancel()
	admin := adminURL(t)
	template, err := shared.template(ctx, blueprint{admin: admin, name: name, migrations: migrations, steps: steps})
	require.NoError(t, err, "making the template of %s", name)
	site := siteOf(admin, name)
	site.Database = "aval_test_" + suffix()
	copyDatabase(ctx, t, admin, copying{from: template, to: site.Database, owner: name + "_owner"})
	urls, err := site.URLs(admin)
	require.NoError(t, err)
	return urls
}

// Empty gives the URLs of a context whose roles and database exist, without
// any schema: for tests of migrations and of whole services.
func Empty(t testing.TB, name string) pg.URLs {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), setupTimeout)
	defer cancel()
	admin := adminURL(t)
	site := siteOf(admin, name)
	site.Database = "aval_test_" + suffix()
	require.NoError(t, pg.Create(ctx, admin, site))
	dropLater(t, admin, site.Database)
	urls, err := site.URLs(admin)
	require.NoError(t, err)
	return urls
}

type copying struct{ from, to, owner string }

func copyDatabase(ctx context.Context, t testing.TB, admin string, c copying) {
	t.Helper()
	conn, err := pgx.Connect(ctx, admin)
	require.NoError(t, err)
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, fmt.Sprintf("CREATE DATABASE %q OWNER %q TEMPLATE %q STRATEGY wal_log", c.to, c.owner, c.from))
	require.NoError(t, err)
	// Privileges of a database are not copied with it.
	_, err = conn.Exec(ctx, fmt.Sprintf("REVOKE ALL ON DATABASE %q FROM PUBLIC", c.to))
	require.NoError(t, err)
	name := c.owner[:len(c.owner)-len("_owner")]
	_, err = conn.Exec(ctx, fmt.Sprintf("GRANT CONNECT ON DATABASE %q TO %q, %q, %q",
		c.to, name+"_migrate", name+"_app", name+"_system"))
	require.NoError(t, err)
	dropLater(t, admin, c.to)
}

func dropLater(t testing.TB, admin, database string) {
	t.Helper()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), setupTimeout)
		defer cancel()
		conn, err := pgx.Connect(ctx, admin)
		if err != nil {
			t.Logf("dropping %s: %v", database, err)
			return
		}
		defer func() { _ = conn.Close(ctx) }()
		if _, err := conn.Exec(ctx, fmt.Sprintf("DROP DATABASE IF EXISTS %q WITH (FORCE)", database)); err != nil {
			t.Logf("dropping %s: %v", database, err)
		}
	})
}

// siteOf derives passwords from the server: processes that share one agree.
func siteOf(admin, name string) pg.Site {
	password := func(role string) string {
		sum := sha256.Sum256([]byte(admin + "/" + name + "/" + role))
		return hex.EncodeToString(sum[:16])
	}
	return pg.Site{Context: name, Passwords: pg.Passwords{
		Migrate: password("migrate"), App: password("app"), System: password("system"),
	}}
}

func suffix() string {
	u := id.New().UUID()
	return hex.EncodeToString(u[:])
}
