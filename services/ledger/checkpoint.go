package ledger

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint is the tree at one size, as somebody signed it.
type Checkpoint struct {
	// Origin names the ledger, such as "aval.example.com/ledger".
	Origin string
	Size   int64
	Root   tlog.Hash
}

// text is the checkpoint's note (C2SP tlog-checkpoint), unsigned.
func (c Checkpoint) text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, c.Root)
}

// Signer signs the checkpoints of one ledger, with every key it was given: the
// old one vouches for the new.
type Signer struct {
	origin  string
	signers []note.Signer
	keys    []string
}

// NewSigner makes a signer; it needs one key or more.
func NewSigner(origin string, keys []ed25519.PrivateKey) (*Signer, error) {
	if len(keys) == 0 {
		return nil, errors.New("making the signer of the ledger: no key")
	}
	s := &Signer{origin: origin}
	for _, key := range keys {
		public, err := note.NewEd25519VerifierKey(origin, key.Public().(ed25519.PublicKey))
		if err != nil {
			return nil, fmt.Errorf("making the signer of the ledger: %w", err)
		}
		signer, err := note.NewSigner(secretForm(origin, public, key))
		if err != nil {
			return nil, fmt.Errorf("making the signer of the ledger: %w", err)
		}
		s.signers, s.keys = append(s.signers, signer), append(s.keys, public)
	}
	return s, nil
}

// secretForm is the text that package note reads a key from: the verifier's
// hash, the algorithm's byte, the seed.
func secretForm(origin, public string, key ed25519.PrivateKey) string {
	const ed25519Algorithm = 1
	hash, _, _ := strings.Cut(strings.TrimPrefix(public, origin+"+"), "+")
	secret := append([]byte{ed25519Algorithm}, key.Seed()...)
	return "PRIVATE+KEY+" + origin + "+" + hash + "+" + base64.StdEncoding.EncodeToString(secret)
}

// VerifierKeys are the public keys, in the form of package note.
func (s *Signer) VerifierKeys() []string { return s.keys }

// Sign gives the signed note of the tree at a size.
func (s *Signer) Sign(size int64, root tlog.Hash) (string, error) {
	signed, err := note.Sign(&note.Note{Text: Checkpoint{Origin: s.origin, Size: size, Root: root}.text()}, s.signers...)
	if err != nil {
		return "", fmt.Errorf("signing a checkpoint: %w", err)
	}
	return string(signed), nil
}

// OpenCheckpoint reads a signed note; one of the keys must have signed it.
func OpenCheckpoint(signed string, keys []string) (Checkpoint, error) {
	var known []note.Verifier
	for _, key := range keys {
		verifier, err := note.NewVerifier(key)
		if err != nil {
			return Checkpoint{}, fmt.Errorf("reading a verifier key: %w", err)
		}
		known = append(known, verifier)
	}
	opened, err := note.Open([]byte(signed), note.VerifierList(known...))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("verifying a checkpoint: %w", err)
	}
	c, err := parseCheckpoint(opened.Text)
	if err == nil && opened.Sigs[0].Name != c.Origin {
		err = fmt.Errorf("reading a checkpoint: signed by another than its origin: %w", ErrMalformed)
	}
	return c, err
}

func parseCheckpoint(text string) (Checkpoint, error) {
	var c Checkpoint
	lines := strings.SplitN(text, "\n", 4)
	if len(lines) < 4 {
		return c, fmt.Errorf("reading a checkpoint: %w", ErrMalformed)
	}
	size, sizeErr := strconv.ParseInt(lines[1], 10, 64)
	root, rootErr := tlog.ParseHash(lines[2])
	c = Checkpoint{Origin: lines[0], Size: size, Root: root}
	if sizeErr != nil || rootErr != nil || size < 0 || c.text() != text {
		return Checkpoint{}, fmt.Errorf("reading a checkpoint: %w", ErrMalformed)
	}
	return c, nil
}
