package domain

import (
	"maps"
	"time"

	"github.com/aval-access/aval/services/kit/id"
)

// Invitee is the person as the inviter typed them.
type Invitee struct {
	Email      string // as typed, mail goes there (R91)
	EmailKey   string
	GivenName  string
	FamilyName string
}

// Clean refuses names that could deceive in a mail, and drops spaces around
// them. prefix is put before the field's name, such as "owner_".
func (i *Invitee) Clean(prefix string) error {
	if err := cleanLine(prefix+"given_name", &i.GivenName); err != nil {
		return err
	}
	return cleanLine(prefix+"family_name", &i.FamilyName)
}

// Invitation asks one address into one organisation (R57).
type Invitation struct {
	ID             id.ID
	OrganizationID id.ID
	InviterID      id.ID // zero: the operator
	Invitee        Invitee
	Offer          Offer
	State          InvitationState // as of the moment it was read
	CreateTime     time.Time
	// ValidDays is how long a term was chosen to be; 0: the deployment's default.
	ValidDays  int32
	ExpireTime time.Time
	RenewTime  time.Time // zero: never renewed
	EndTime    time.Time // when it was accepted, declined or cancelled; else zero
	Generation int32     // how often it was renewed
	MemberID   id.ID     // once accepted
	Version    int64
}

// Term is when an invitation's time begins, and how long it is where nobody
// chose.
type Term struct {
	Now     time.Time
	Default time.Duration
}

// end is never after the end of what is offered.
func (t Term) end(i Invitation) time.Time {
	end := t.Now.Add(t.Default)
	if i.ValidDays != 0 {
		end = t.Now.Add(time.Duration(i.ValidDays) * 24 * time.Hour)
	}
	if until := i.Offer.ValidUntil; !until.IsZero() && until.Before(end) {
		return until
	}
	return end
}

// Invite makes a pending invitation.
func Invite(i Invitation, t Term) Invitation {
	i.State, i.Generation, i.Version = Pending, 0, 1
	i.CreateTime, i.ExpireTime = t.Now, t.end(i)
	return i
}

// At gives the invitation as it is at an instant: at ExpireTime and after, a
// pending one is expired.
func (i Invitation) At(now time.Time) Invitation {
	if i.State == Pending && !now.Before(i.ExpireTime) {
		i.State = Expired
	}
	return i
}

// Accept makes the membership of a person whose address has this key.
func (i *Invitation) Accept(p Person, memberID id.ID, now time.Time) (Membership, error) {
	if err := i.IsFor(p.EmailKey); err != nil {
		return Membership{}, err
	}
	if err := i.end(Accept, now); err != nil {
		return Membership{}, err
	}
	if i.Offer.Role == Contact {
		memberID = id.ID{} // no member
	}
	i.MemberID = memberID
	return Membership{
		ID:             memberID,
		OrganizationID: i.OrganizationID,
		Person:         p,
		GivenName:      i.Invitee.GivenName,
		FamilyName:     i.Invitee.FamilyName,
		Offer:          i.Offer,
		ValidUntil:     i.Offer.ValidUntil,
		CreateTime:     now,
		Version:        1,
	}, nil
}

// IsFor tells whether the invitation is for the address with this key.
func (i Invitation) IsFor(emailKey string) error {
	if i.Invitee.EmailKey != emailKey {
		return ErrSomebodyElse
	}
	return nil
}

// Cancel takes an invitation back (R54). What is refused says what became of it:
// who accepted is to be removed, which is another call.
func (i *Invitation) Cancel(now time.Time) error {
	if err := i.end(Cancel, now); err != nil {
		return NotPendingError{i.State}
	}
	return nil
}

// Decline is the invited person's no.
func (i *Invitation) Decline(now time.Time) error { return i.end(Decline, now) }

// Renewal is what a new term may change.
type Renewal struct {
	InviterID id.ID
	Invitee   Invitee
	Offer     Offer
	ValidDays int32 // 0: as many as before
}

// Renew begins a new term, of a pending or an expired invitation (R55). Links
// of earlier terms lead on to it.
func (i *Invitation) Renew(r Renewal, t Term) error {
	if err := i.move(Renew); err != nil {
		return err
	}
	i.InviterID, i.Invitee, i.Offer = r.InviterID, r.Invitee, r.Offer
	if r.ValidDays != 0 {
		i.ValidDays = r.ValidDays
	}
	i.Generation++
	i.RenewTime, i.ExpireTime = t.Now, t.end(*i)
	return nil
}

// Says tells whether the invitation offers just this to just this person, so
// that inviting again would say nothing new.
func (i Invitation) Says(who Invitee, o Offer) bool {
	own := i.Offer
	return i.Invitee == who && own.Role == o.Role && own.PartnerRole == o.PartnerRole &&
		own.ValidUntil.Equal(o.ValidUntil) && maps.Equal(own.Rights, o.Rights)
}

func (i *Invitation) end(event InvitationEvent, now time.Time) error {
	if err := i.move(event); err != nil {
		return err
	}
	i.EndTime = now
	return nil
}

func (i *Invitation) move(event InvitationEvent) error {
	to, ok := next(i.State, event)
	if !ok {
		return ErrInvitationNotPending
	}
	i.State = to
	i.Version++
	return nil
}
