package credential

import (
	"context"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

const sentence = "quatre chevaux verts"

func pepper(name, fill string) string {
	return name + ":" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat(fill, minPepper)))
}

func hasher(t *testing.T, text string) *Hasher {
	t.Helper()
	peppers, err := ParsePeppers(text)
	require.NoError(t, err)
	return NewHasher(peppers)
}

func verify(t *testing.T, h *Hasher, stored, password string) Result {
	t.Helper()
	result, err := h.Verify(t.Context(), stored, password)
	require.NoError(t, err)
	return result
}

// R108: everyone has their own password, which nobody can read.
func TestHash(t *testing.T) {
	t.Parallel()
	h := hasher(t, pepper("k1", "a"))
	stored, err := h.Hash(t.Context(), sentence)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(stored, "$argon2id$v=19$m=19456,t=2,p=1,keyid=k1$"), stored)

	t.Run("only the very same text matches", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, Result{Match: true}, verify(t, h, stored, sentence))
		for _, other := range []string{"", "Quatre chevaux verts", sentence + " ", " " + sentence, sentence[:15]} {
			require.False(t, verify(t, h, stored, other).Match, "%q", other)
		}
	})
	t.Run("two hashes of one password differ", func(t *testing.T) {
		t.Parallel()
		again, err := h.Hash(t.Context(), sentence)
		require.NoError(t, err)
		require.NotEqual(t, stored, again)
	})
	t.Run("the hash of nobody never matches", func(t *testing.T) {
		t.Parallel()
		require.False(t, verify(t, h, "", sentence).Match)
		require.Equal(t, current(), h.dummy.costs, "and costs the same")
	})
	t.Run("a hash that was tampered with is an error", func(t *testing.T) {
		t.Parallel()
		for _, bad := range []string{
			"plain",
			strings.Replace(stored, "argon2id", "argon2i", 1),
			strings.Replace(stored, "m=19456", "m=99999999", 1),
			strings.Replace(stored, "t=2", "t=0", 1),
			strings.Replace(stored, "p=1", "p=0", 1),
			stored[:len(stored)-3],
		} {
			_, err := h.Verify(t.Context(), bad, sentence)
			require.Error(t, err, bad)
		}
	})
}

func TestPepperRotation(t *testing.T) {
	t.Parallel()
	before := hasher(t, pepper("k1", "a"))
	stored, err := before.Hash(t.Context(), sentence)
	require.NoError(t, err)

	t.Run("an older pepper verifies and asks for a new hash", func(t *testing.T) {
		t.Parallel()
		after := hasher(t, pepper("k2", "b")+","+pepper("k1", "a"))
		require.Equal(t, Result{Match: true, Stale: true}, verify(t, after, stored, sentence))
	})
	t.Run("a pepper with the same id and another secret does not match", func(t *testing.T) {
		t.Parallel()
		require.False(t, verify(t, hasher(t, pepper("k1", "b")), stored, sentence).Match)
	})
	t.Run("a pepper that is gone is an error, not a wrong password", func(t *testing.T) {
		t.Parallel()
		_, err := hasher(t, pepper("k2", "b")).Verify(t.Context(), stored, sentence)
		require.ErrorContains(t, err, "not configured")
	})
}

func TestParsePeppers(t *testing.T) {
	t.Parallel()
	for name, bad := range map[string]string{
		"empty":       "",
		"not base64":  "k1:*",
		"too short":   "k1:" + base64.StdEncoding.EncodeToString([]byte("short")),
		"the same id": pepper("k1", "a") + "," + pepper("k1", "b"),
		"a bad id":    pepper("K 1", "a"),
		"no id":       pepper("", "a"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := ParsePeppers(bad)
			require.Error(t, err)
		})
	}
	_, bare, _ := strings.Cut(pepper("x", "a"), ":")
	peppers, err := ParsePeppers(bare)
	require.NoError(t, err)
	require.Equal(t, "1", peppers.current)
}

func TestGate(t *testing.T) {
	t.Parallel()

	t.Run("two hash, forty wait, the next is told to come back", func(t *testing.T) {
		t.Parallel()
		g := newGate()
		ctx, cancel := context.WithCancel(t.Context())
		for range parallel {
			require.NoError(t, g.enter(ctx))
		}
		ended := make(chan error, queue+1)
		for range queue + 1 {
			go func() { ended <- g.enter(ctx) }()
		}
		// Of 41 that came, exactly one is refused; the others go on waiting.
		require.True(t, fault.Is(<-ended, reasonv1.Reason_REASON_OVERLOADED))
		require.Empty(t, ended)
		cancel()
		for range queue {
			require.ErrorIs(t, <-ended, context.Canceled)
		}
	})
	t.Run("a slot that is left is taken again", func(t *testing.T) {
		t.Parallel()
		g := newGate()
		for range 3 * parallel {
			require.NoError(t, g.enter(t.Context()))
			g.leave()
		}
	})
}
