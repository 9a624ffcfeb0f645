package passcode_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/consent/internal/passcode"
	"github.com/aval-access/aval/services/kit/id"
)

func TestDigitsFollowFromTheCodeAndTheKeyAlone(t *testing.T) {
	t.Parallel()
	ours, err := passcode.New(make([]byte, 32))
	require.NoError(t, err)
	theirs, err := passcode.New([]byte("0123456789abcdef0123456789abcdef"))
	require.NoError(t, err)
	differ := 0
	for range 20 {
		code := id.New()
		require.Regexp(t, `^[0-9]{6}$`, ours.Digits(code))
		require.True(t, ours.Right(code, ours.Digits(code)))
		require.False(t, ours.Right(code, ""))
		if ours.Digits(code) != theirs.Digits(code) {
			differ++
		}
	}
	require.Greater(t, differ, 15)
}
