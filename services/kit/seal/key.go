package seal

import (
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/aval-access/aval/services/kit/config"
)

// minKeyLen is the least length of a key, in bytes.
const minKeyLen = 32

// Key reads a key from a configuration: base64 of minKeyLen random bytes or
// more, and no well-known sample.
func Key(secret config.Secret) ([]byte, error) {
	if err := secret.CheckKey(minKeyLen); err != nil {
		return nil, err
	}
	key, err := base64.StdEncoding.DecodeString(secret.Reveal())
	if err != nil {
		return nil, errors.New("the key must be base64")
	}
	if len(key) < minKeyLen {
		return nil, fmt.Errorf("the key needs %d bytes or more", minKeyLen)
	}
	return key, nil
}
