// Package token makes and reads the opaque tokens that people and browsers
// carry: "avl_<kind>1_", 32 random bytes in base64url, and a checksum that
// lets scanners and typing errors be told without a look-up. Only the hash is
// ever stored; keeping and consuming it is each context's work.
package token

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"hash/crc32"
	"log/slog"
	"strings"
)

// Kind is what a token is for; it is part of the text and of the hash, so that
// no token serves for another purpose.
type Kind string

// The kinds.
const (
	Invitation Kind = "inv"
	Consent    Kind = "con"
	Stop       Kind = "stp"
	Reset      Kind = "rst"
	EmailProof Kind = "ema"
	EmailUndo  Kind = "und"
	Session    Kind = "ses"
	Support    Kind = "sup"
	Device     Kind = "dev"
)

const (
	secretLen   = 32
	encodedLen  = 43 // base64url of 32 bytes, unpadded
	checksumLen = 6  // base62 of 32 bits
	base62      = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// ErrMalformed says that a text is not exactly a token of the expected kind.
var ErrMalformed = errors.New("malformed token")

// Token is a secret of 256 bits with its kind.
type Token struct {
	kind   Kind
	secret [secretLen]byte
}

// New makes a random token.
func New(kind Kind) Token {
	t := Token{kind: kind}
	_, _ = rand.Read(t.secret[:]) // never fails: the runtime ends the process instead
	return t
}

// Of makes the token that stands for a secret which its holder has already: the
// same secret gives the same token.
func Of(kind Kind, secret string) Token {
	return Token{kind: kind, secret: sha256.Sum256([]byte("aval/" + string(kind) + "/of/" + secret))}
}

// Parse reads a token of this kind: exact length, exact alphabet, right
// checksum. Whether it is known is for the look-up of its hash to say.
func Parse(kind Kind, text string) (Token, error) {
	body, ok := strings.CutPrefix(text, prefix(kind))
	if !ok || len(body) != encodedLen+checksumLen {
		return Token{}, ErrMalformed
	}
	signed, sum := text[:len(text)-checksumLen], text[len(text)-checksumLen:]
	if sum != checksum(signed) {
		return Token{}, ErrMalformed
	}
	t := Token{kind: kind}
	secret, err := base64.RawURLEncoding.Strict().DecodeString(body[:encodedLen])
	if err != nil || len(secret) != secretLen {
		return Token{}, ErrMalformed
	}
	copy(t.secret[:], secret)
	return t, nil
}

// String gives the whole token, for the link or the cookie that carries it.
func (t Token) String() string {
	signed := prefix(t.kind) + base64.RawURLEncoding.EncodeToString(t.secret[:])
	return signed + checksum(signed)
}

// Kind tells what the token is for.
func (t Token) Kind() Kind { return t.kind }

// Hash gives what is stored: SHA-256 over the purpose and the secret. With 256
// bits of entropy a fast hash is right.
func (t Token) Hash() []byte {
	h := sha256.New()
	h.Write([]byte("aval/" + string(t.kind) + "/v1"))
	h.Write([]byte{0})
	h.Write(t.secret[:])
	return h.Sum(nil)
}

// LogValue keeps the token out of logs.
func (t Token) LogValue() slog.Value { return slog.StringValue("[redacted]") }

func prefix(kind Kind) string { return "avl_" + string(kind) + "1_" }

// checksum gives the CRC-32 (IEEE) of the text in six base62 digits.
func checksum(text string) string {
	sum := crc32.ChecksumIEEE([]byte(text))
	var out [checksumLen]byte
	for i := len(out) - 1; i >= 0; i-- {
		out[i] = base62[sum%62]
		sum /= 62
	}
	return string(out[:])
}
