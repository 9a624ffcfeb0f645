package engine

// Reach is one subject's access to one account, by any entry in force.
type Reach struct {
	Account, Subject ID
	// ByGrant: by grants alone, which speak in support sessions.
	ByGrant bool
	// Until is when the last of the entries ends, in microseconds since 1970,
	// or Forever.
	Until int64
	// Rights differ when what the entries give differs.
	Rights uint64
}

// Accounts gives every account that a subject reaches at an instant, in no
// order.
func (v *View) Accounts(subject ID, now int64, yield func(Reach) bool) {
	_, row := v.subjects.find(subject)
	if row == nil {
		return
	}
	for n := row.pairs.Load(); n != 0; {
		p := v.held.at(n - 1)
		account := v.accounts.rows.at(p.account)
		if r, ok := v.reach(p, now); ok && !account.suspended.Load() {
			r.Account, r.Subject = account.id, subject
			if !yield(r) {
				return
			}
		}
		n = p.ofSubject
	}
}

// Subjects gives everybody who reaches an account at an instant, in no order.
func (v *View) Subjects(account ID, now int64, yield func(Reach) bool) {
	_, row := v.accounts.find(account)
	if row == nil || row.suspended.Load() {
		return
	}
	for n := row.pairs.Load(); n != 0; {
		p := v.held.at(n - 1)
		if r, ok := v.reach(p, now); ok {
			r.Account, r.Subject = account, v.subjects.rows.at(p.subject).id
			if !yield(r) {
				return
			}
		}
		n = p.ofAccount
	}
}

// reach tells what of a pair is in force.
func (v *View) reach(p *pair, now int64) (r Reach, ok bool) {
	h := held(p.word.Load())
	if set := h.plain(); set != 0 {
		return Reach{Until: Forever, Rights: v.catalogue.sets.at(set - 1).print}, true
	}
	r.ByGrant = true
	for n := h.records(); n != 0; {
		e := v.records.at(n - 1)
		inForce := e.from <= now && e.until > now && (!e.grant || v.works(e.staff, now))
		if inForce {
			r.Until, r.ByGrant, ok = max(r.Until, e.until), r.ByGrant && e.grant, true
			r.Rights += v.catalogue.sets.at(e.rights).print
		}
		n = e.next
	}
	return r, ok
}
