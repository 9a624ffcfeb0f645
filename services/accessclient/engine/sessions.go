package engine

import (
	"maps"
	"sync/atomic"
)

// Session is a support session.
type Session struct {
	ID, Account, Subject, Grant ID
	// Until is when it ends by itself, in microseconds since 1970.
	Until int64
	// Over sessions give nothing.
	Over bool
}

const shards = 256

// sessions are few and short: small maps, copied at each change.
type sessions [shards]atomic.Pointer[map[ID]Session]

func (s *sessions) init() {
	for i := range s {
		s[i].Store(&map[ID]Session{})
	}
}

func (s *sessions) shard(id ID) *atomic.Pointer[map[ID]Session] { return &s[id[15]] }

// under finds the live session of a visit under a grant.
func (s *sessions) under(q *Question, grant ID, now int64) (Session, bool) {
	if q.Session == (ID{}) {
		return Session{}, false
	}
	found, ok := (*s.shard(q.Session).Load())[q.Session]
	return found, ok && found.Grant == grant && found.Account == q.Account && found.Subject == q.Subject && found.Until > now
}

// SetSession takes a new or changed session.
func (v *View) SetSession(s Session) {
	shard := v.sessions.shard(s.ID)
	all := maps.Clone(*shard.Load())
	if s.Over {
		delete(all, s.ID)
	} else {
		all[s.ID] = s
	}
	shard.Store(&all)
}
