package pgboot_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aval-access/aval/services/kit/pgboot"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// folder is one that another account can reach, which t.TempDir is not.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "aval-pgboot-")
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o711)) // another account passes through
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	return filepath.Join(dir, "server")
}

func TestServer(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	first := start(t, dir)
	query(t, first, "CREATE TABLE kept (id int)")

	t.Run("a second server on the same folder is refused", func(t *testing.T) {
		_, err := pgboot.Start(t.Context(), pgboot.Options{DataDir: dir})
		require.ErrorIs(t, err, pgboot.ErrLocked)
	})
	require.NoError(t, first.Stop())

	t.Run("the next start finds the data again", func(t *testing.T) {
		again := start(t, dir)
		query(t, again, "SELECT id FROM kept ORDER BY id LIMIT 1")
		require.NoError(t, again.Stop())
	})
	t.Run("the password file is ours alone", func(t *testing.T) {
		info, err := os.Stat(filepath.Join(dir, "password"))
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	})
}

func start(t *testing.T, dir string) *pgboot.Server {
	t.Helper()
	s, err := pgboot.Start(t.Context(), pgboot.Options{DataDir: dir, Volatile: true})
	require.NoError(t, err)
	return s
}

func query(t *testing.T, s *pgboot.Server, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.AdminURL())
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close(t.Context())) }()
	_, err = conn.Exec(t.Context(), sql)
	require.NoError(t, err)
}
