package passkey

import (
	"encoding/json"
	"fmt"

	"github.com/go-webauthn/webauthn/webauthn"
)

// user is a Person in the library's words.
type user struct {
	Person
	keys []webauthn.Credential
}

func userOf(p Person) (user, error) {
	out := user{Person: p}
	for _, key := range p.Keys {
		var c webauthn.Credential
		if err := json.Unmarshal(key.Stored, &c); err != nil {
			return user{}, fmt.Errorf("reading a passkey: %w", err)
		}
		out.keys = append(out.keys, c)
	}
	return out, nil
}

// WebAuthnID implements webauthn.User.
func (u user) WebAuthnID() []byte { return u.Handle }

// WebAuthnName implements webauthn.User.
func (u user) WebAuthnName() string { return u.Email }

// WebAuthnDisplayName implements webauthn.User.
func (u user) WebAuthnDisplayName() string { return u.Email }

// WebAuthnCredentials implements webauthn.User.
func (u user) WebAuthnCredentials() []webauthn.Credential { return u.keys }
