package mailbox

import (
	"sync"
	"time"
)

// fault is what happens to one mail; the zero fault is none.
type fault struct {
	code  int
	drop  bool
	delay time.Duration
}

// faults wait for the next mails, in the order in which they were asked for.
type faults struct {
	mu      sync.Mutex
	pending []fault
}

// RefuseNext answers the next n mails with an SMTP code (4xx: for now, 5xx:
// for good) and keeps none of them.
func (m *Mailbox) RefuseNext(n, code int) { m.faults.add(n, fault{code: code}) }

// DropNext keeps the next n mails, and closes the connection instead of
// answering: the sender cannot know what became of them.
func (m *Mailbox) DropNext(n int) { m.faults.add(n, fault{drop: true}) }

// SlowNext answers the next n mails after a delay.
func (m *Mailbox) SlowNext(n int, delay time.Duration) { m.faults.add(n, fault{delay: delay}) }

// Heal forgets the faults that are still waiting.
func (m *Mailbox) Heal() {
	m.faults.mu.Lock()
	defer m.faults.mu.Unlock()
	m.faults.pending = nil
}

func (f *faults) add(n int, one fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for range n {
		f.pending = append(f.pending, one)
	}
}

func (f *faults) next() fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.pending) == 0 {
		return fault{}
	}
	first := f.pending[0]
	f.pending = f.pending[1:]
	return first
}
