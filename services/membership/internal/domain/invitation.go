package domain

import (
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
	ExpireTime     time.Time
	Generation     int32 // how often it was renewed
	MemberID       id.ID // once accepted
	Version        int64
}

// Invite makes a pending invitation.
func Invite(i Invitation, now time.Time, life time.Duration) Invitation {
	i.State, i.Generation, i.Version = Pending, 0, 1
	i.CreateTime, i.ExpireTime = now, now.Add(life)
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
	if err := i.move(Accept); err != nil {
		return Membership{}, err
	}
	i.MemberID = memberID
	return Membership{
		ID:             memberID,
		OrganizationID: i.OrganizationID,
		Person:         p,
		GivenName:      i.Invitee.GivenName,
		FamilyName:     i.Invitee.FamilyName,
		Offer:          i.Offer,
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

// Cancel takes a pending invitation back (R54).
func (i *Invitation) Cancel() error { return i.move(Cancel) }

// Renewal is what a new term may change.
type Renewal struct {
	InviterID id.ID
	Invitee   Invitee
	Offer     Offer
}

// Renew begins a new term, of a pending or an expired invitation (R55). Links
// of earlier terms lead on to it.
func (i *Invitation) Renew(r Renewal, now time.Time, life time.Duration) error {
	if err := i.move(Renew); err != nil {
		return err
	}
	i.InviterID, i.Invitee, i.Offer = r.InviterID, r.Invitee, r.Offer
	i.Generation++
	i.ExpireTime = now.Add(life)
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
