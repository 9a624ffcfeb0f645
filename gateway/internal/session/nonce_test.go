package session_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/gateway/internal/session"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
)

func key() []byte { return bytes.Repeat([]byte{1, 2, 3, 4}, 8) }

func nonces(t *testing.T, c clock.Clock) *session.Nonces {
	t.Helper()
	n, err := session.NewNonces(key(), c)
	require.NoError(t, err)
	return n
}

func TestNonceGivesOneRequestIDEachTime(t *testing.T) {
	t.Parallel()
	n := nonces(t, clock.Fixed(start()))
	sealed, err := n.Make("consent", "usr_1")
	require.NoError(t, err)

	first, err := n.Open("consent", "usr_1", sealed)
	require.NoError(t, err)
	again, err := n.Open("consent", "usr_1", sealed)
	require.NoError(t, err)
	other, err := n.Make("consent", "usr_1")
	require.NoError(t, err)
	otherID, err := n.Open("consent", "usr_1", other)
	require.NoError(t, err)

	require.Equal(t, first, again, "pressing twice is one request")
	require.NotEqual(t, first, otherID)
	require.True(t, strings.HasPrefix(first, "form-"))
}

// C2
func TestNonceIsBound(t *testing.T) {
	t.Parallel()
	now := clock.NewManual(start())
	n := nonces(t, now)
	sealed, err := n.Make("consent", "usr_1")
	require.NoError(t, err)
	stranger, err := session.NewNonces(bytes.Repeat([]byte{9, 8, 7, 6}, 8), now)
	require.NoError(t, err)
	foreign, err := stranger.Make("consent", "usr_1")
	require.NoError(t, err)

	cases := map[string][3]string{
		"another form":     {"stop", "usr_1", sealed},
		"another person":   {"consent", "usr_2", sealed},
		"the parts moved":  {"consentusr", "_1", sealed},
		"another key":      {"consent", "usr_1", foreign},
		"one bit changed":  {"consent", "usr_1", sealed[:9] + string(sealed[9]^1) + sealed[10:]},
		"none":             {"consent", "usr_1", ""},
		"something else":   {"consent", "usr_1", "%%%"},
		"the same, padded": {"consent", "usr_1", sealed + "="},
	}
	for name, c := range cases {
		_, err := n.Open(c[0], c[1], c[2])
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_CROSS_ORIGIN_REFUSED), name)
	}

	now.Advance(session.NonceLifetime)
	_, err = n.Open("consent", "usr_1", sealed)
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_CROSS_ORIGIN_REFUSED), "too old")
}

func TestNonceNeedsALongKey(t *testing.T) {
	t.Parallel()
	_, err := session.NewNonces(key()[:31], clock.Fixed(start().Add(time.Hour)))
	require.Error(t, err)
}
