package seal_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/seal"
)

func TestWhatIsSealedOpensForItsPurposeAndBindingAlone(t *testing.T) {
	t.Parallel()
	key := bytes.Repeat([]byte{1}, 32)
	one, err := seal.Cipher(key, "aval/one/v1")
	require.NoError(t, err)
	two, err := seal.Cipher(key, "aval/two/v1")
	require.NoError(t, err)
	box := one.Seal(nil, nil, []byte("plain"), []byte("bound"))

	plain, err := one.Open(nil, nil, box, []byte("bound"))
	require.NoError(t, err)
	require.Equal(t, "plain", string(plain))
	_, err = one.Open(nil, nil, box, []byte("to others"))
	require.Error(t, err)
	_, err = two.Open(nil, nil, box, []byte("bound"))
	require.Error(t, err)
}

func TestAShortKeyIsRefused(t *testing.T) {
	t.Parallel()
	_, err := seal.Cipher(make([]byte, 31), "aval/one/v1")
	require.Error(t, err)
}
