package domain

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"

	"github.com/aval-access/aval/services/kit/id"
)

const (
	// RecoveryCodes is how many a person gets at once.
	RecoveryCodes = 10
	// RecoveryLen is how many random bytes a code is made of: 120 bits are enough
	// for a fast hash (ADR 14).
	RecoveryLen   = 15
	recoveryGroup = 4
	// recoveryAlphabet has no letter that reads like a digit: i, l, o and u.
	recoveryAlphabet = "0123456789abcdefghjkmnpqrstvwxyz"
)

func recoveryEncoding() *base32.Encoding {
	return base32.NewEncoding(recoveryAlphabet).WithPadding(base32.NoPadding)
}

// RecoveryCodeText writes a code as people keep it, such as
// "7k3m-q9xa-0t5c-wz1e-8hnd-4vrb".
func RecoveryCodeText(secret [RecoveryLen]byte) string {
	text := recoveryEncoding().EncodeToString(secret[:])
	var groups []string
	for at := 0; at < len(text); at += recoveryGroup {
		groups = append(groups, text[at:at+recoveryGroup])
	}
	return strings.Join(groups, "-")
}

// HashRecoveryCode gives what is stored of a person's code, however it was
// typed; false for what is no code.
func HashRecoveryCode(user id.ID, typed string) ([]byte, bool) {
	text := strings.NewReplacer("-", "", " ", "", "i", "1", "l", "1", "o", "0").Replace(strings.ToLower(typed))
	if len(text) != recoveryEncoding().EncodedLen(RecoveryLen) {
		return nil, false
	}
	secret, err := recoveryEncoding().DecodeString(text)
	if err != nil {
		return nil, false
	}
	h := sha256.New()
	h.Write([]byte("aval/recovery/v1\x00"))
	h.Write(user[:])
	h.Write(secret)
	return h.Sum(nil), true
}
