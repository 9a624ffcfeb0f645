package wholefile_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/wholefile"
)

func TestWrite(t *testing.T) {
	t.Parallel()

	t.Run("a file is replaced with its mode, and nothing stays beside it", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		path := filepath.Join(dir, "key")
		for _, content := range []string{"first, and longer", "second"} {
			require.NoError(t, wholefile.Write(path, []byte(content), 0o400))
			got, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, content, string(got))
		}
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o400), info.Mode().Perm())
		all, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Len(t, all, 1)
	})

	t.Run("what cannot be put in place leaves nothing behind", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		path := filepath.Join(dir, "taken")
		require.NoError(t, os.MkdirAll(filepath.Join(path, "by a folder"), 0o700))
		require.Error(t, wholefile.Write(path, nil, 0o600))
		all, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Len(t, all, 1)
	})
}
