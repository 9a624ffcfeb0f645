package authn

import (
	"crypto/ed25519"
	"crypto/sha256"
	"sync"
	"time"
)

// maxSeen bounds the memory of verified tokens, at about 1 kB each.
const maxSeen = 10_000

// seenToken is a token that was verified, with the key that did it: once the
// issuer withdraws the key the entry is worth nothing.
type seenToken struct {
	person Person
	key    ed25519.PublicKey
	expiry time.Time
}

// seenTokens remembers verified tokens by their hash until they expire.
type seenTokens struct {
	mu      sync.Mutex
	entries map[[sha256.Size]byte]seenToken
}

func newSeenTokens() *seenTokens {
	return &seenTokens{entries: map[[sha256.Size]byte]seenToken{}}
}

func (s *seenTokens) get(hash [sha256.Size]byte, key ed25519.PublicKey, now time.Time) (Person, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	entry, ok := s.entries[hash]
	if !ok || !now.Before(entry.expiry) || !entry.key.Equal(key) {
		return Person{}, false
	}
	return entry.person, true
}

func (s *seenTokens) put(hash [sha256.Size]byte, entry seenToken, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.entries) >= maxSeen {
		s.makeRoom(now)
	}
	s.entries[hash] = entry
}

// makeRoom forgets what has expired, or everything when nothing has: verifying
// again costs a signature, not correctness.
func (s *seenTokens) makeRoom(now time.Time) {
	for hash, entry := range s.entries {
		if !now.Before(entry.expiry) {
			delete(s.entries, hash)
		}
	}
	if len(s.entries) >= maxSeen {
		clear(s.entries)
	}
}
