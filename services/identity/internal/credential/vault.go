package credential

import (
	"bytes"
	"crypto/cipher"
	"errors"

	"github.com/aval-access/aval/services/kit/seal"
)

// Vault seals people's secrets that must be read again, such as an
// authenticator app's. Its keys come from the peppers, for one purpose alone:
// what an older pepper sealed still opens.
type Vault struct {
	current string
	ciphers map[string]cipher.AEAD
}

// NewVault derives a key from each pepper.
func NewVault(p Peppers, purpose string) (Vault, error) {
	v := Vault{current: p.current, ciphers: map[string]cipher.AEAD{}}
	for name, secret := range p.secrets {
		var err error
		if v.ciphers[name], err = seal.Cipher(secret, purpose); err != nil {
			return Vault{}, err
		}
	}
	return v, nil
}

// Seal gives what is stored: the pepper's id, a colon, and the sealed secret,
// which opens for the same owner alone.
func (v Vault) Seal(secret, owner []byte) []byte {
	return v.ciphers[v.current].Seal([]byte(v.current+":"), nil, secret, owner)
}

// errSealed says no more: what was sealed stays so.
var errSealed = errors.New("opening a sealed secret: no key opens it")

// Open gives the secret.
func (v Vault) Open(stored, owner []byte) ([]byte, error) {
	name, box, ok := bytes.Cut(stored, []byte(":"))
	aead := v.ciphers[string(name)]
	if !ok || aead == nil {
		return nil, errSealed
	}
	secret, err := aead.Open(nil, nil, box, owner)
	if err != nil {
		return nil, errSealed
	}
	return secret, nil
}
