package faults

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
)

// lock is held on rows or a table of a service, so that the service stops in
// the middle of what it does.
type lock struct {
	conn *pgx.Conn
	pid  uint32
}

// holding runs a statement that locks, and keeps its transaction open.
func holding(t *testing.T, service, sql string, args ...any) lock {
	t.Helper()
	conn := database(t, service)
	_, err := conn.Exec(t.Context(), "BEGIN")
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), sql, args...)
	require.NoError(t, err)
	return lock{conn: conn, pid: conn.PgConn().PID()}
}

// awaited waits until somebody stands before the lock. It asks pg_locks, for
// pg_stat_activity knows no connection that is newer than the first look of a
// transaction.
func (l lock) awaited(t *testing.T) {
	t.Helper()
	eventually(t, "somebody waits for the lock", func() bool {
		var n int
		err := l.conn.QueryRow(t.Context(), "SELECT count(*) FROM pg_locks WHERE NOT granted AND $1 = ANY(pg_blocking_pids(pid))", int32(l.pid)).Scan(&n)
		return err == nil && n > 0
	})
}

func (l lock) release(t *testing.T) {
	t.Helper()
	require.NoError(t, l.conn.Close(t.Context()))
}

// key reads an id of the outside.
func key(t *testing.T, prefix, text string) id.ID {
	t.Helper()
	out, err := id.Parse(prefix, text)
	require.NoError(t, err)
	return out
}

// told counts an account's history by action.
func told(t *testing.T, organization string) (out map[string]int) {
	t.Helper()
	account := key(t, "org", organization)
	reading(t, "consent", func(conn *pgx.Conn) error {
		out = map[string]int{}
		rows, err := conn.Query(t.Context(), "SELECT action, count(*) FROM history WHERE account_id = $1 GROUP BY action", account)
		if err != nil {
			return err
		}
		var action string
		var n int
		_, err = pgx.ForEachRow(rows, []any{&action, &n}, func() error {
			out[action] = n
			return nil
		})
		return err
	})
	return out
}
