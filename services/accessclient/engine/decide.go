package engine

import "bytes"

// verdicts of one entry, the best first.
type verdict uint8

const (
	yes verdict = iota
	sessionMissing
	tooLow
	unreachable // no grant ever reaches the feature
	none
)

// Decide answers a question at an instant, in microseconds since 1970. Of all
// entries of the pair that are in force the best speaks.
func (v *View) Decide(q *Question, now int64) Answer {
	f := (*v.catalogue.features.Load())[q.Feature]
	if f == nil {
		return Answer{Denial: FeatureUnknown}
	}
	_, p := v.pair(q.Account, q.Subject)
	if p == nil {
		return Answer{Denial: NoAccess}
	}
	best := v.best(asked{Question: q, feature: f, now: now}, held(p.word.Load()))
	switch {
	case best.verdict == none:
		return Answer{Denial: NoAccess}
	case v.accounts.rows.at(p.account).suspended.Load():
		return Answer{Denial: AccountSuspended}
	}
	return best.answer()
}

// asked is a question with what was found of it.
type asked struct {
	*Question
	feature *feature
	now     int64
}

// finding is what an entry says.
type finding struct {
	verdict verdict
	record  *record // nil: a membership without limits
	until   int64
}

// best looks at everything that the pair holds.
func (v *View) best(q asked, h held) finding {
	best := finding{verdict: none}
	if set := h.plain(); set != 0 {
		best = finding{verdict: v.ofMembership(q, set-1), until: Forever}
	}
	for n := h.records(); n != 0; {
		r := v.records.at(n - 1)
		if f := v.of(q, r); f.before(best) {
			best = f
		}
		n = r.next
	}
	return best
}

// before: the better verdict first, a membership before a grant, then by id.
func (f finding) before(o finding) bool {
	switch {
	case f.verdict == none || f.verdict != o.verdict:
		return f.verdict < o.verdict
	case o.record == nil || f.record.grant != o.record.grant:
		return o.record != nil && !f.record.grant
	}
	return bytes.Compare(f.record.id[:], o.record.id[:]) < 0
}

func (v *View) of(q asked, r *record) finding {
	switch {
	case r.from > q.now || r.until <= q.now:
		return finding{verdict: none}
	case !r.grant:
		return finding{verdict: v.ofMembership(q, r.rights), record: r, until: r.until}
	case !v.works(r.staff, q.now):
		return finding{verdict: none}
	}
	return v.ofGrant(q, r)
}

func (v *View) ofMembership(q asked, set uint32) verdict {
	if v.catalogue.level(set, q.feature.ancestors) < q.Level {
		return tooLow
	}
	return yes
}

// ofGrant: a grant reaches as far as both the client and the staff role's preset
// let it, and only within a support session.
func (v *View) ofGrant(q asked, r *record) finding {
	f := finding{record: r, until: r.until}
	reach := min(v.catalogue.level(r.rights, q.feature.grantAncestors()), v.catalogue.preset(r.role, q.feature.ancestors))
	session, open := v.sessions.under(q.Question, r.id, q.now)
	switch {
	case q.feature.excluded:
		f.verdict = unreachable
	case reach < q.Level:
		f.verdict = tooLow
	case !open:
		f.verdict = sessionMissing
	default:
		f.until = min(f.until, session.Until)
	}
	return f
}

// works: a grant speaks only through a live membership of a partner that works.
func (v *View) works(staff uint32, now int64) bool {
	p := v.held.at(staff)
	if v.accounts.rows.at(p.account).suspended.Load() {
		return false
	}
	h := held(p.word.Load())
	if h.plain() != 0 {
		return true
	}
	for n := h.records(); n != 0; {
		r := v.records.at(n - 1)
		if !r.grant && r.until > now {
			return true
		}
		n = r.next
	}
	return false
}

func (f finding) answer() Answer {
	switch f.verdict {
	case sessionMissing:
		return Answer{Denial: SessionRequired}
	case tooLow:
		return Answer{Denial: LevelTooLow}
	case unreachable:
		return Answer{Denial: Excluded}
	}
	a := Answer{Until: f.until}
	if f.record != nil && f.record.grant {
		a.ByGrant, a.Grant, a.Consent = true, f.record.id, f.record.consent
	}
	return a
}
