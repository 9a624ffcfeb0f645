package pg

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/jackc/pgx/v5"
)

// siteLock serialises the making of roles, which are the cluster's.
const siteLock = 0x6176616c // "aval"

// Create makes a site: roles first, then the database and its privileges.
// Running it again changes nothing but the passwords.
func Create(ctx context.Context, adminURL string, s Site) error {
	err := asAdmin(ctx, adminURL, func(conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", siteLock); err != nil {
			return fmt.Errorf("locking roles: %w", err)
		}
		if err := execAll(ctx, conn, s.roleStatements()); err != nil {
			return fmt.Errorf("making roles: %w", err)
		}
		return createDatabase(ctx, conn, s)
	})
	if err != nil {
		return fmt.Errorf("creating site of %s: %w", s.Context, err)
	}
	return s.privileges(ctx, adminURL)
}

func (s Site) roleStatements() []string {
	list := []string{ensureRole(s.owner(), "NOLOGIN NOSUPERUSER NOBYPASSRLS")}
	for role, password := range map[string]string{
		"_migrate": s.Passwords.Migrate, "_app": s.Passwords.App, "_system": s.Passwords.System,
	} {
		list = append(list, ensureRole(s.Context+role, "LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD"+literal(password)))
	}
	return append(list, fmt.Sprintf("GRANT %s TO %s, CURRENT_USER", quote(s.owner()), quote(s.Context+"_migrate")))
}

// ensureRole creates or alters; the attributes hold a password, which thus
// never becomes part of a DO block's text in an error.
func ensureRole(name, attributes string) string {
	return fmt.Sprintf(`DO $do$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname =%[1]s) THEN CREATE ROLE %[2]s; END IF;
END $do$;
ALTER ROLE %[2]s %[3]s`, literal(name), quote(name), attributes)
}

func createDatabase(ctx context.Context, conn *pgx.Conn, s Site) error {
	var exists bool
	err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", s.database()).Scan(&exists)
	if err != nil {
		return fmt.Errorf("looking for database: %w", err)
	}
	if exists {
		return nil
	}
	_, err = conn.Exec(ctx, fmt.Sprintf("CREATE DATABASE %s OWNER %s ENCODING 'UTF8' TEMPLATE template0 STRATEGY wal_log",
		quote(s.database()), quote(s.owner())))
	if err != nil {
		return fmt.Errorf("making database: %w", err)
	}
	return nil
}

// privileges closes the database to everybody else, and gives the application
// and system roles what the owner will make.
func (s Site) privileges(ctx context.Context, adminURL string) error {
	u, err := url.Parse(adminURL)
	if err != nil {
		return errors.New("parsing administrator's url: malformed")
	}
	u.Path = "/" + s.database()
	users := quote(s.Context+"_app") + ", " + quote(s.Context+"_system")
	defaults := "ALTER DEFAULT PRIVILEGES FOR ROLE " + quote(s.owner())
	return asAdmin(ctx, u.String(), func(conn *pgx.Conn) error {
		return execAll(ctx, conn, []string{
			fmt.Sprintf("REVOKE ALL ON DATABASE %s FROM PUBLIC", quote(s.database())),
			fmt.Sprintf("GRANT CONNECT ON DATABASE %s TO %s, %s", quote(s.database()), quote(s.Context+"_migrate"), users),
			"REVOKE ALL ON SCHEMA public FROM PUBLIC",
			fmt.Sprintf("ALTER SCHEMA public OWNER TO %s", quote(s.owner())),
			"GRANT USAGE ON SCHEMA public TO " + users,
			defaults + " GRANT USAGE ON SCHEMAS TO " + users,
			defaults + " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO " + users,
			defaults + " GRANT USAGE, SELECT ON SEQUENCES TO " + users,
			defaults + " REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
			defaults + " GRANT EXECUTE ON FUNCTIONS TO " + users,
		})
	})
}

func asAdmin(ctx context.Context, adminURL string, fn func(*pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, adminURL)
	if err != nil {
		return fmt.Errorf("connecting as administrator: %w", err)
	}
	return errors.Join(fn(conn), conn.Close(ctx))
}

func execAll(ctx context.Context, conn *pgx.Conn, statements []string) error {
	for _, statement := range statements {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
