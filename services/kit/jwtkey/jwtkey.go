// Package jwtkey keeps Ed25519 keys that sign, access tokens first of all: one
// PEM file (PKCS #8) a key in one folder, the file's name being the key's id.
// What is signed with them is their user's business.
package jwtkey

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/wholefile"
)

const extension = ".pem"

// ErrNone says that the folder holds no key.
var ErrNone = errors.New("no signing key in the folder")

// Key is one signing key.
type Key struct {
	ID      string
	Private ed25519.PrivateKey
}

// Ring is the keys of one folder at one moment, immutable.
type Ring struct {
	keys []Key // by id, the newest last
}

// Load reads every key of the folder; ErrNone when there is none.
func Load(dir string) (*Ring, error) {
	// Glob answers in lexical order, which is the order of age by their names.
	paths, err := filepath.Glob(filepath.Join(dir, "*"+extension))
	if err != nil {
		return nil, fmt.Errorf("listing signing keys: %w", err)
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("loading signing keys from %s: %w", dir, ErrNone)
	}
	ring := &Ring{}
	for _, path := range paths {
		key, err := read(path)
		if err != nil {
			return nil, err
		}
		ring.keys = append(ring.keys, key)
	}
	return ring, nil
}

// Ensure loads the folder's keys and makes the first one where there is none.
func Ensure(dir string) (*Ring, error) {
	ring, err := Load(dir)
	if !errors.Is(err, ErrNone) {
		return ring, err
	}
	if _, err := Generate(dir); err != nil {
		return nil, err
	}
	return Load(dir)
}

// Generate makes a key, newer by name than all before it, and gives its id.
// The file is readable by its owner alone.
func Generate(dir string) (string, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return "", fmt.Errorf("making a signing key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return "", fmt.Errorf("encoding a signing key: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("making the folder of signing keys: %w", err)
	}
	name := newID()
	content := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	// Load skips the name of a file that is not whole yet.
	if err := wholefile.Write(filepath.Join(dir, name+extension), content, 0o400); err != nil {
		return "", fmt.Errorf("writing a signing key: %w", err)
	}
	return name, nil
}

// Signing is the key that signs: the newest by its id.
func (r *Ring) Signing() Key { return r.keys[len(r.keys)-1] }

// Private are all the keys, the oldest first: for what every one of them signs.
func (r *Ring) Private() []ed25519.PrivateKey {
	out := make([]ed25519.PrivateKey, len(r.keys))
	for i, key := range r.keys {
		out[i] = key.Private
	}
	return out
}

// Public is what is published: every key, the signing one first.
func (r *Ring) Public() jose.JSONWebKeySet {
	set := jose.JSONWebKeySet{}
	for _, key := range slices.Backward(r.keys) {
		set.Keys = append(set.Keys, authn.PublicKey(key.Private, key.ID))
	}
	return set
}

// Keys implements authn.KeySource.
func (r *Ring) Keys(context.Context) (jose.JSONWebKeySet, error) { return r.Public(), nil }

func read(path string) (Key, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return Key{}, fmt.Errorf("reading a signing key: %w", err)
	}
	block, _ := pem.Decode(content)
	if block == nil {
		return Key{}, fmt.Errorf("reading the signing key %s: not PEM", path)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return Key{}, fmt.Errorf("reading the signing key %s: %w", path, err)
	}
	private, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return Key{}, fmt.Errorf("reading the signing key %s: not Ed25519", path)
	}
	return Key{ID: strings.TrimSuffix(filepath.Base(path), extension), Private: private}, nil
}

// newID begins with the time, to the microsecond, so that names sort by age.
func newID() string {
	var tail [2]byte
	_, _ = rand.Read(tail[:]) // never fails: the runtime ends the process instead
	stamp := strings.ReplaceAll(time.Now().UTC().Format("20060102-150405.000000"), ".", "")
	return stamp + "-" + hex.EncodeToString(tail[:])
}
