// Package credential turns passwords into what may be stored, and compares:
// Argon2id over the password under a secret pepper (R108). Which passwords are
// accepted is the domain's rule.
package credential

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"

	"golang.org/x/crypto/argon2"
)

// Hasher hashes and verifies; safe for concurrent use.
type Hasher struct {
	peppers Peppers
	gate    *gate
	// dummy stands for the hash of somebody who has none.
	dummy encoded
}

// NewHasher takes the live peppers.
func NewHasher(p Peppers) *Hasher {
	h := &Hasher{peppers: p, gate: newGate()}
	h.dummy = encoded{costs: current(), pepper: p.current, salt: random(saltLen), hash: random(hashLen)}
	return h
}

// Hash gives the PHC string of a new password.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	if err := h.gate.enter(ctx); err != nil {
		return "", err
	}
	defer h.gate.leave()
	e := encoded{costs: current(), pepper: h.peppers.current, salt: random(saltLen)}
	e.hash = h.derive(e, password)
	return e.String(), nil
}

// Result is how a comparison ended.
type Result struct {
	Match bool
	// Stale asks to hash the password again: costs or pepper have moved on.
	Stale bool
}

// Verify compares a password with a stored hash. The empty hash is that of
// nobody: it never matches, and costs the same.
func (h *Hasher) Verify(ctx context.Context, stored, password string) (Result, error) {
	e, err := h.target(stored)
	if err != nil {
		return Result{}, err
	}
	if err := h.gate.enter(ctx); err != nil {
		return Result{}, err
	}
	defer h.gate.leave()
	same := subtle.ConstantTimeCompare(h.derive(e, password), e.hash) == 1
	return Result{
		Match: same && stored != "",
		Stale: e.costs != current() || e.pepper != h.peppers.current,
	}, nil
}

func (h *Hasher) target(stored string) (encoded, error) {
	if stored == "" {
		return h.dummy, nil
	}
	e, err := parse(stored)
	if err != nil {
		return encoded{}, err
	}
	if _, known := h.peppers.secrets[e.pepper]; !known {
		return encoded{}, fmt.Errorf("verifying a password: the pepper %q is not configured", e.pepper)
	}
	return e, nil
}

func (h *Hasher) derive(e encoded, password string) []byte {
	mac := hmac.New(sha256.New, h.peppers.secrets[e.pepper])
	mac.Write([]byte(password))
	return argon2.IDKey(mac.Sum(nil), e.salt, e.costs.time, e.costs.memory, e.costs.threads, hashLen)
}

func random(n int) []byte {
	out := make([]byte, n)
	_, _ = rand.Read(out) // never fails: the runtime ends the process instead
	return out
}
