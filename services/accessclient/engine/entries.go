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

// pair is what a subject holds in an account, all behind one word.
type pair struct {
	account, subject uint32
	// The next pair + 1 of the same account, of the same subject.
	ofAccount, ofSubject uint32
	word                 atomic.Uint64
}

// pair finds what a subject holds in an account; nil for nothing.
func (v *View) pair(account, subject ID) (uint32, *pair) {
	probe := v.pairs.probe(v.hash(account, subject))
	for n := probe.next(); n != 0; n = probe.next() {
		p := v.held.at(n - 1)
		if v.accounts.rows.at(p.account).id == account && v.subjects.rows.at(p.subject).id == subject {
			return n - 1, p
		}
	}
	return 0, nil
}

func (v *View) hash(account, subject ID) uint32 {
	return uint32(mix(mix(low(account)^v.seed) + low(subject)))
}

// obtain finds it, and makes it when it is new.
func (v *View) obtain(account, subject ID) (uint32, *pair) {
	if n, p := v.pair(account, subject); p != nil {
		return n, p
	}
	a, ofAccount := v.accounts.obtain(account)
	s, ofSubject := v.subjects.obtain(subject)
	n, p := v.held.add()
	p.account, p.subject = a, s
	p.ofAccount, p.ofSubject = ofAccount.pairs.Load(), ofSubject.pairs.Load()
	v.pairs.add(v.hash(account, subject), n)
	ofAccount.pairs.Store(n + 1)
	ofSubject.pairs.Store(n + 1)
	return n, p
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
	staff       uint32 // what the collaborator holds at the partner: number of the pair
	rights      uint32
	next        uint32 // + 1
	role        uint8
	grant       bool
}

// SetEntry takes a new or changed entry. Of several of one pair those that are
// over go first.
func (v *View) SetEntry(e Entry) error {
	find := v.obtain
	if e.Over {
		find = v.pair
	}
	_, p := find(e.Account, e.Subject)
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
		r.staff, _ = v.obtain(e.Grant.Partner, e.Subject)
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
	_, row := v.accounts.obtain(account)
	row.suspended.Store(suspended)
}
