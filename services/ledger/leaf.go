// Package ledger is the ledger as anybody can check it: what a leaf is, what
// its commitment binds, how a checkpoint is signed, and the verdict on a
// download (RFC 6962 trees by sumdb/tlog, checkpoints as signed notes). It keeps
// nothing and asks nobody: storing and serving are consent's.
package ledger

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
)

// The types of leaves that no event's subject names.
const (
	ActivityRecorded = "aval.consent.v1.activity.recorded"
	RecordsErased    = "aval.consent.v1.ledger.erased"
)

const (
	version = 1
	keyLen  = 32
)

// ErrMalformed says that bytes are not what the ledger writes.
var ErrMalformed = errors.New("malformed in the ledger")

// Sealed is content under a commitment: whoever has content and key can check
// it; who lost the key can never say again what was committed to.
type Sealed struct {
	Content, Key, Commitment []byte
}

// Seal commits to a message under a new key.
func Seal(m proto.Message) (Sealed, error) {
	content, err := encode(m)
	if err != nil {
		return Sealed{}, err
	}
	key := make([]byte, keyLen)
	_, _ = rand.Read(key) // never fails: the runtime ends the process instead
	return Sealed{Content: content, Key: key, Commitment: commit(key, content)}, nil
}

func commit(key, content []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(content)
	return mac.Sum(nil)
}

// opens tells whether the commitment is to this content.
func opens(commitment, key, content []byte) bool {
	return len(key) == keyLen && hmac.Equal(commitment, commit(key, content))
}

// EncodeLeaf gives the bytes that the tree hashes.
func EncodeLeaf(leaf *consentv1.LedgerLeaf) ([]byte, error) {
	leaf.Version = version
	return encode(leaf)
}

// DecodeLeaf reads a leaf exactly: what was not written by EncodeLeaf is refused.
func DecodeLeaf(data []byte) (*consentv1.LedgerLeaf, error) {
	leaf := &consentv1.LedgerLeaf{}
	if err := decode(data, leaf); err != nil {
		return nil, err
	}
	if leaf.GetVersion() != version || leaf.GetSequence() < 0 || len(leaf.GetCommitment()) != sha256.Size {
		return nil, fmt.Errorf("reading a leaf: %w", ErrMalformed)
	}
	return leaf, nil
}

func encode(m proto.Message) ([]byte, error) {
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("encoding for the ledger: %w", err)
	}
	return data, nil
}

// decode refuses bytes that mean the same and are others.
func decode(data []byte, m proto.Message) error {
	if err := proto.Unmarshal(data, m); err != nil {
		return fmt.Errorf("decoding from the ledger: %w", errors.Join(ErrMalformed, err))
	}
	again, err := encode(m)
	if err != nil {
		return err
	}
	if !bytes.Equal(again, data) || len(m.ProtoReflect().GetUnknown()) > 0 {
		return fmt.Errorf("decoding from the ledger: %w", ErrMalformed)
	}
	return nil
}
