package seal_test

import (
	"bytes"
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/config"
	"github.com/aval-access/aval/services/kit/seal"
)

// K1: no sample and no short key starts a service.
func TestOnlyARealKeyIsRead(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"none":       "",
		"short":      base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1, 2, 3}, 10)),
		"no base64":  "thirty-two characters, and no base64",
		"one letter": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"a sample":   "changemechangemechangemechangemechangemechang=",
	} {
		_, err := seal.Key(config.NewSecret(text))
		require.Error(t, err, name)
	}
	random := bytes.Repeat([]byte{4, 9, 16, 25}, 8)
	key, err := seal.Key(config.NewSecret(base64.StdEncoding.EncodeToString(random)))
	require.NoError(t, err)
	require.Equal(t, random, key)
}
