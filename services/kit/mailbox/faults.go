package mailbox

import (
	"slices"
	"sync"
	"time"
)

// fault is what happens to one mail; the zero fault is none.
type fault struct {
	// to are the recipients whose mail it waits for; any when none is named.
	to    []string
	code  int
	drop  bool
	delay time.Duration
}

// faults wait for the next mails, in the order in which they were asked for.
type faults struct {
	mu      sync.Mutex
	pending []fault
}

// RefuseNext answers the next n mails, or the next n to the given recipients,
// with an SMTP code (4xx: for now, 5xx: for good) and keeps none of them.
func (m *Mailbox) RefuseNext(n, code int, to ...string) { m.faults.add(n, fault{to: to, code: code}) }

// DropNext keeps the next n mails, likewise, and closes the connection instead
// of answering: the sender cannot know what became of them.
func (m *Mailbox) DropNext(n int, to ...string) { m.faults.add(n, fault{to: to, drop: true}) }

// SlowNext answers the next n mails, likewise, after a delay.
func (m *Mailbox) SlowNext(n int, delay time.Duration, to ...string) {
	m.faults.add(n, fault{to: to, delay: delay})
}

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

// next takes the fault that a mail meets.
func (f *faults) next(recipients []string) fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, one := range f.pending {
		if one.meets(recipients) {
			f.pending = slices.Delete(f.pending, i, i+1)
			return one
		}
	}
	return fault{}
}

func (f fault) meets(recipients []string) bool {
	return len(f.to) == 0 || slices.ContainsFunc(recipients, func(r string) bool { return slices.Contains(f.to, r) })
}
