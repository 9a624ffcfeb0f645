package session

import (
	"sync"
	"time"
)

const (
	// cacheAge is how long a session that ended elsewhere may still be taken.
	cacheAge = time.Second
	// maxCached bounds the memory that many sessions can take.
	maxCached = 10_000
)

type cached struct {
	session Session
	until   time.Time
}

// cache remembers resolved sessions by their token's hash and the browser.
type cache struct {
	mu      sync.Mutex
	entries map[string]cached
}

func newCache() *cache { return &cache{entries: map[string]cached{}} }

func (c *cache) get(key string, now time.Time) (Session, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	entry, ok := c.entries[key]
	if !ok || !now.Before(entry.until) {
		return Session{}, false
	}
	return entry.session, true
}

func (c *cache) put(key string, s Session, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.entries) >= maxCached {
		clear(c.entries)
	}
	c.entries[key] = cached{session: s, until: now.Add(cacheAge)}
}

func (c *cache) drop(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.entries, key)
}
