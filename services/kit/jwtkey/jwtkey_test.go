package jwtkey_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/jwtkey"
)

func TestRing(t *testing.T) {
	t.Parallel()

	t.Run("an empty folder has no ring, and gets one on demand", func(t *testing.T) {
		t.Parallel()
		dir := filepath.Join(t.TempDir(), "keys")
		_, err := jwtkey.Load(dir)
		require.ErrorIs(t, err, jwtkey.ErrNone)
		made, err := jwtkey.Ensure(dir)
		require.NoError(t, err)
		again, err := jwtkey.Ensure(dir)
		require.NoError(t, err)
		require.Equal(t, made.Signing().ID, again.Signing().ID, "an existing key is kept")
	})

	t.Run("the newest signs and all are published, without their private half", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		first, err := jwtkey.Generate(dir)
		require.NoError(t, err)
		second, err := jwtkey.Generate(dir)
		require.NoError(t, err)
		ring, err := jwtkey.Load(dir)
		require.NoError(t, err)
		require.Equal(t, second, ring.Signing().ID)
		set := ring.Public()
		require.Len(t, set.Keys, 2)
		require.Len(t, set.Key(first), 1)
		for _, key := range set.Keys {
			require.True(t, key.IsPublic())
			require.Equal(t, "sig", key.Use)
		}
	})

	t.Run("key files are readable by their owner alone", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		name, err := jwtkey.Generate(dir)
		require.NoError(t, err)
		info, err := os.Stat(filepath.Join(dir, name+".pem"))
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o400), info.Mode().Perm())
	})

	t.Run("a file that is no key is an error, never skipped", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "broken.pem"), []byte("nothing"), 0o600))
		_, err := jwtkey.Load(dir)
		require.ErrorContains(t, err, "not PEM")
	})
}
