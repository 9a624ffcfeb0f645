package authn

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"golang.org/x/sync/singleflight"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
)

const (
	// keysFresh is how long a fetched key set is used: a withdrawn key stops
	// working within this time.
	keysFresh = 60 * time.Second
	// keysNegative is how long an unknown key id, or a failed fetch while the
	// set is still fresh, is not asked for again.
	keysNegative = 10 * time.Second
	// keysTimeout bounds one fetch, which is shared by all who wait.
	keysTimeout = 3 * time.Second
)

// KeySource gives the issuer's present public keys.
type KeySource interface {
	Keys(ctx context.Context) (jose.JSONWebKeySet, error)
}

// KeySourceFunc makes a function a KeySource.
type KeySourceFunc func(ctx context.Context) (jose.JSONWebKeySet, error)

// Keys calls the function.
func (f KeySourceFunc) Keys(ctx context.Context) (jose.JSONWebKeySet, error) { return f(ctx) }

// keyCache holds the key set between fetches. A set older than keysFresh is
// never used, so that a source that cannot be reached makes UNAVAILABLE rather
// than letting a withdrawn key live on.
type keyCache struct {
	source KeySource
	clock  clock.Clock
	flight singleflight.Group

	mu      sync.Mutex
	keys    map[string]ed25519.PublicKey
	fetched time.Time
	asked   time.Time
}

// find gives the key with this id, or nil when the issuer has none.
func (c *keyCache) find(ctx context.Context, keyID string) (ed25519.PublicKey, error) {
	key, settled := c.lookup(keyID)
	if settled {
		return key, nil
	}
	if err := c.refresh(ctx); err != nil {
		return nil, fault.New(reasonv1.Reason_REASON_UNAVAILABLE, fault.Cause(err))
	}
	key, _ = c.lookup(keyID)
	return key, nil
}

// lookup also tells whether its answer is final, so that no fetch is needed.
func (c *keyCache) lookup(keyID string) (ed25519.PublicKey, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.clock.Now()
	if now.Sub(c.fetched) >= keysFresh {
		return nil, false
	}
	key, known := c.keys[keyID]
	return key, known || now.Sub(c.asked) < keysNegative
}

// refresh fetches once for all who ask at the same time. The fetch outlives
// the caller that started it, since others may wait for it.
func (c *keyCache) refresh(ctx context.Context) error {
	done := c.flight.DoChan("keys", func() (any, error) {
		fetchCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keysTimeout)
		defer cancel()
		return nil, c.fetch(fetchCtx)
	})
	select {
	case result := <-done:
		return result.Err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *keyCache) fetch(ctx context.Context) error {
	asked := c.clock.Now()
	set, err := c.source.Keys(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = asked
	if err != nil {
		return fmt.Errorf("fetching the issuer's keys: %w", err)
	}
	c.keys = usableKeys(set)
	c.fetched = asked
	return nil
}

// usableKeys leaves out what is not an Ed25519 signing key, and every key id
// that stands twice: which of two keys is meant cannot be told.
func usableKeys(set jose.JSONWebKeySet) map[string]ed25519.PublicKey {
	count := map[string]int{}
	keys := map[string]ed25519.PublicKey{}
	for _, entry := range set.Keys {
		count[entry.KeyID]++
		public, ok := entry.Key.(ed25519.PublicKey)
		if !ok || entry.KeyID == "" || count[entry.KeyID] > 1 || !forSignatures(entry) {
			delete(keys, entry.KeyID)
			continue
		}
		keys[entry.KeyID] = public
	}
	return keys
}

func forSignatures(entry jose.JSONWebKey) bool {
	useFits := entry.Use == "" || entry.Use == "sig"
	algorithmFits := entry.Algorithm == "" || entry.Algorithm == string(jose.EdDSA)
	return useFits && algorithmFits
}
