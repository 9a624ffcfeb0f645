package engine

import "sync/atomic"

// Entry is a row of the decision: a membership or a grant.
type Entry struct {
	ID, Account, Subject ID
	// Rights are levels by path, as JSON.
	Rights []byte
	// From and Until are microseconds since 1970; Until may be Forever.
	From, Until int64
	// Over entries give nothing: ended or suspended. An account's memberships
	// of one subject follow each other: one that is over never comes back.
	Over bool
	// Grant holds what only a grant has; nil: a membership.
	Grant *Grant
}

// Grant is what only a grant has.
type Grant struct {
	Partner, Consent ID
	Role             string
}

// party is an account or a subject.
type party struct {
	id        ID
	pairs     atomic.Uint32 // the newest of its pairs + 1
	suspended atomic.Bool
}

type pairKey struct{ account, subject uint32 }

// pair is what a subject holds in an account, all behind one word.
type pair struct {
	pairKey
	// The next pair + 1 of the same account, of the same subject.
	ofAccount, ofSubject uint32
	word                 atomic.Uint64
}

// held is a pair's word: the low half is the set of rights + 1 of a membership
// without limits in time, the high half the first record + 1 of everything else.
type held uint64

func hold(plain, records uint32) held { return held(records)<<32 | held(plain) }
func (h held) plain() uint32          { return uint32(h) }
func (h held) records() uint32        { return uint32(h >> 32) }

// record is a grant, or a membership with limits in time.
type record struct {
	id, consent ID
	from, until int64
	partner     uint32 // number of its account
	rights      uint32
	next        uint32 // + 1
	role        uint8
	grant       bool
}

// SetEntry takes a new or changed entry. Of several of one pair those that are
// over go first.
func (v *View) SetEntry(e Entry) error {
	p := v.pairOf(e)
	if p == nil {
		return nil
	}
	before := held(p.word.Load())
	plain, kept := v.without(before, e)
	if !e.Over {
		rights, err := v.catalogue.set(e.Rights)
		if err != nil {
			return err
		}
		if e.Grant == nil && e.From <= 0 && e.Until == Forever {
			plain = rights + 1
		} else {
			kept = append(kept, v.recordOf(e, rights))
		}
	}
	head := before.records()
	if head != 0 || len(kept) > 0 {
		head = v.chain(kept)
	}
	p.word.Store(uint64(hold(plain, head)))
	return nil
}

// pairOf is the pair of an entry; nil when the entry is over and there is none.
func (v *View) pairOf(e Entry) *pair {
	if e.Over {
		a, account := v.accounts.find(e.Account)
		s, subject := v.subjects.find(e.Subject)
		if account == nil || subject == nil {
			return nil
		}
		_, p := v.pairs.find(pairKey{account: a, subject: s})
		return p
	}
	a, account := v.account(e.Account)
	s, subject := v.subjects.obtain(e.Subject, func(_ uint32, row *party) { row.id = e.Subject })
	_, p := v.pairs.obtain(pairKey{account: a, subject: s}, func(n uint32, row *pair) {
		row.pairKey = pairKey{account: a, subject: s}
		row.ofAccount, row.ofSubject = account.pairs.Load(), subject.pairs.Load()
		account.pairs.Store(n + 1)
		subject.pairs.Store(n + 1)
	})
	return p
}

func (v *View) account(account ID) (uint32, *party) {
	return v.accounts.obtain(account, func(_ uint32, row *party) { row.id = account })
}

// without is what a pair holds besides the entry.
func (v *View) without(h held, e Entry) (plain uint32, kept []record) {
	plain = h.plain()
	if e.Grant == nil {
		plain = 0
	}
	for n := h.records(); n != 0; {
		r := v.records.at(n - 1)
		if same := e.Grant == nil && !r.grant || e.Grant != nil && r.grant && r.id == e.ID; !same {
			kept = append(kept, *r)
		}
		v.live--
		v.garbage++
		n = r.next
	}
	return plain, kept
}

func (v *View) recordOf(e Entry, rights uint32) record {
	r := record{id: e.ID, from: e.From, until: e.Until, rights: rights}
	if e.Grant != nil {
		r.grant, r.consent, r.role = true, e.Grant.Consent, v.catalogue.role(e.Grant.Role)
		r.partner, _ = v.account(e.Grant.Partner)
	}
	return r
}

// chain stores records and gives the number of the first + 1.
func (v *View) chain(records []record) uint32 {
	var head uint32
	for _, r := range records {
		r.next = head
		n, row := v.records.add()
		*row = r
		head = n + 1
	}
	v.live += len(records)
	return head
}

// SetAccount tells whether an account, or a partner, is suspended.
func (v *View) SetAccount(account ID, suspended bool) {
	_, row := v.account(account)
	row.suspended.Store(suspended)
}
