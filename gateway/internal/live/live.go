// Package live tells a browser, while its page is open, that something of its
// organisation changed: of which kind, and nothing else. The page then reads
// what it shows again, through the API and by the person's own rights. Facts
// come from the broker, at most once; whoever was away reads everything again.
package live

import (
	"maps"
	"slices"
	"sync"

	"google.golang.org/protobuf/proto"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

const (
	// maxPerPerson bounds the streams of one person, so the tabs that one looks at.
	maxPerPerson = 12
	// maxStreams bounds those of the process.
	maxStreams = 10_000
)

// Subjects are the facts that are listened to.
func Subjects() []string {
	return []string{"aval.identity.v1.user.>", "aval.membership.v1.>", "aval.partnersupport.v1.>", "aval.consent.v1.>"}
}

// Hub hands facts to the streams that they concern.
type Hub struct {
	mu      sync.Mutex
	closed  bool
	streams map[*stream]bool
	// concerned are the streams by the organisation or the person of each.
	concerned map[string]map[*stream]bool
}

// New makes a hub without streams.
func New() *Hub {
	return &Hub{streams: map[*stream]bool{}, concerned: map[string]map[*stream]bool{}}
}

// Hear takes a fact.
func (h *Hub) Hear(subject string, fact proto.Message) {
	kind, ids := Read(subject, fact)
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, id := range ids {
		for s := range h.concerned[id] {
			s.note(kind, id == s.ids[0])
		}
	}
}

// Close ends every stream, and lets none begin.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for s := range h.streams {
		close(s.stopped)
	}
	clear(h.streams)
	clear(h.concerned)
}

// open begins a stream of a person in an organisation; both are ids in text.
func (h *Hub) open(person, organization string) (*stream, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || len(h.streams) >= maxStreams {
		return nil, fault.New(reasonv1.Reason_REASON_UNAVAILABLE, fault.RetryAfter(comeAgain))
	}
	if len(h.concerned[person]) >= maxPerPerson {
		return nil, fault.New(reasonv1.Reason_REASON_TOO_MANY_ATTEMPTS, fault.RetryAfter(comeAgain))
	}
	s := &stream{ids: [2]string{person, organization}, wake: make(chan struct{}, 1), stopped: make(chan struct{})}
	h.streams[s] = true
	for _, id := range s.ids {
		if h.concerned[id] == nil {
			h.concerned[id] = map[*stream]bool{}
		}
		h.concerned[id][s] = true
	}
	return s, nil
}

func (h *Hub) leave(s *stream) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.streams, s)
	for _, id := range s.ids {
		delete(h.concerned[id], s)
		if len(h.concerned[id]) == 0 {
			delete(h.concerned, id)
		}
	}
}

// stream is one open page. What it was not told yet is a set of kinds, so a
// page that reads slowly costs no more than one that reads at once.
type stream struct {
	// ids are the person's and the organisation's.
	ids     [2]string
	wake    chan struct{}
	stopped chan struct{}

	mu    sync.Mutex
	kinds map[string]bool
	// own says that one of the facts is about the person.
	own bool
}

func (s *stream) note(kind string, own bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kinds == nil {
		s.kinds = map[string]bool{}
	}
	s.kinds[kind] = true
	s.own = s.own || own
	select {
	case s.wake <- struct{}{}:
	default: // it is awake
	}
}

// take gives what was noted, kinds sorted, and forgets it.
func (s *stream) take() (kinds []string, own bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kinds, own = slices.Sorted(maps.Keys(s.kinds)), s.own
	s.kinds, s.own = nil, false
	return kinds, own
}
