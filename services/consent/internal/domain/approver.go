package domain

import (
	"time"

	"github.com/aval-access/aval/services/kit/id"
)

// Respondent is who answers for the client, as they are at the click and not
// when the mail left.
type Respondent struct {
	UserID id.ID
	Name   string
	// Folded is the canonical address: without its +tag.
	Folded string
	// Approver may answer at all.
	Approver bool
	// Administrator is an owner or administrator; otherwise the delegable right
	// alone speaks.
	Administrator bool
	Owner         bool
	// MemberOfPartner belongs to the partner who asks, too.
	MemberOfPartner bool
	// SecondFactor is signed in with one.
	SecondFactor bool
}

// Asker is the person the access is for.
type Asker struct {
	UserID id.ID
	Folded string
}

// mayAnswer checks who answers, apart from what they say.
func (r Respondent) mayAnswer(asker Asker) error {
	if r.UserID == asker.UserID || r.Folded != "" && r.Folded == asker.Folded {
		return SelfApproval
	}
	if !r.Counts() {
		return NotAnApprover
	}
	return nil
}

// Counts tells whether the person is an approver for this request at all. A
// member of the asking partner is one only as an owner of the client who is
// signed in with a second factor; the evidence says so.
func (r Respondent) Counts() bool {
	return r.Approver && (!r.MemberOfPartner || r.Owner && r.SecondFactor)
}

// vouch notes in the evidence what else is to be known of who answered.
func (r Respondent) vouch(e Evidence) Evidence {
	e.OfPartner = r.MemberOfPartner
	return e
}

// Ceiling gives the latest end that the respondent may give at now; zero when
// there is none.
func (r Respondent) Ceiling(now time.Time) time.Time {
	if r.Administrator {
		return time.Time{}
	}
	return addMonths(now, ceilingMonths)
}

func (r Respondent) mayGiveUntil(end, now time.Time) error {
	ceiling := r.Ceiling(now)
	if ceiling.IsZero() {
		return nil
	}
	if end.IsZero() || end.After(ceiling) {
		return DurationTooLong
	}
	return nil
}
