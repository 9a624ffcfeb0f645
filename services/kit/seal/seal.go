// Package seal makes the ciphers of what leaves a program and comes back to it,
// such as page tokens and the nonces of forms. What is sealed, for how long and
// to whom it is bound, is its user's business.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
)

// Cipher derives a key for one purpose alone, such as "aval/page/v1", out of
// one that serves several. The cipher brings its own random nonces.
func Cipher(key []byte, purpose string) (cipher.AEAD, error) {
	if len(key) < minKeyLen {
		return nil, fmt.Errorf("deriving the key of %s: it needs %d bytes", purpose, minKeyLen)
	}
	derived, err := hkdf.Key(sha256.New, key, nil, purpose, 32)
	if err != nil {
		return nil, fmt.Errorf("deriving the key of %s: %w", purpose, err)
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return nil, fmt.Errorf("making the cipher of %s: %w", purpose, err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("making the cipher of %s: %w", purpose, err)
	}
	return aead, nil
}
