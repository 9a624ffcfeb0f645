package domain

import (
	"strings"
	"time"

	"github.com/aval-access/aval/services/kit/id"
)

// Person is who identity says somebody is.
type Person struct {
	UserID   id.ID
	Email    string // the stored address
	EmailKey string
	Locale   string // "fr" or "en"
}

// Membership is a person in an organisation. Names belong to it: nothing typed
// in one organisation shows in another.
type Membership struct {
	ID             id.ID
	OrganizationID id.ID
	Person         Person
	GivenName      string
	FamilyName     string
	Phone          string
	Offer          Offer // as accepted, or as changed since
	CreateTime     time.Time
	ValidUntil     time.Time // when it ends by itself; zero: no end (R122)
	SuspendTime    time.Time // zero: not suspended
	EndTime        time.Time // zero: live
	Version        int64
}

// Over tells whether the membership has ended, by an act or by its date.
func (m Membership) Over(now time.Time) bool {
	return !m.EndTime.IsZero() || !m.ValidUntil.IsZero() && !now.Before(m.ValidUntil)
}

// OwnsForGood tells an owner on whom the organisation can count: live, not
// suspended, without an end. One always stays.
func (m Membership) OwnsForGood() bool {
	return m.Offer.Role == Owner && m.EndTime.IsZero() && m.ValidUntil.IsZero() && m.SuspendTime.IsZero()
}

// Belonging is how somebody belongs to an organisation already.
type Belonging string

// The ways to belong.
const (
	AsMember       Belonging = "MEMBER"
	AsCollaborator Belonging = "COLLABORATOR"
	// AsContact is no member: a client's person must not become one of the firm's
	// own by the slip of inviting them.
	AsContact Belonging = "CLIENT_CONTACT"
)

// Belonging says how this membership is called to whoever tries to invite the
// person once more.
func (m Membership) Belonging() Belonging {
	if m.Offer.PartnerRole != NoPartnerRole {
		return AsCollaborator
	}
	return AsMember
}

// Place is a place where a signed-in person can go.
type Place struct {
	Organization Organization
	Membership   Membership
	// Contact: they are a client's contact there and no member (R94).
	Contact bool
}

// SeesInvitations tells whether the person sees the organisation's invitations.
func (p Place) SeesInvitations() bool {
	o := p.Membership.Offer
	return RightsOf(o.Role, o.Rights).At(InvitationsFeature) >= LevelGuest
}

// End ends a live membership. owners counts who owns the organisation for good,
// this one included.
func (m *Membership) End(owners int, now time.Time) error {
	after := *m
	after.EndTime = now
	return m.become(after, owners)
}

// Suspend denies the member everything until they are restored. Repeating it
// changes nothing.
func (m *Membership) Suspend(owners int, now time.Time) error {
	if !m.SuspendTime.IsZero() {
		return nil
	}
	after := *m
	after.SuspendTime = now
	return m.become(after, owners)
}

// Restore takes a suspension back. Repeating it changes nothing.
func (m *Membership) Restore() error {
	if m.SuspendTime.IsZero() {
		return nil
	}
	m.SuspendTime = time.Time{}
	m.Version++
	return nil
}

// become changes the membership, unless it is the last owner's and would be one
// no more.
func (m *Membership) become(after Membership, owners int) error {
	if m.OwnsForGood() && !after.OwnsForGood() && owners <= 1 {
		return ErrLastOwner
	}
	after.Version++
	*m = after
	return nil
}

// Approver is a person who may answer consent requests.
type Approver struct {
	Membership Membership
	// Approver tells whether they may answer at all.
	Approver bool
	// OfPartner tells whether they are a member of the asking partner too.
	OfPartner bool
}

// MayAnswer: who belongs to the asking partner answers only as an owner of the
// client, and otherwise does not count.
func (a Approver) MayAnswer() bool {
	return a.Approver && (!a.OfPartner || a.Membership.Offer.Role == Owner)
}

// DisplayName is how the person is called in this organisation.
func (m Membership) DisplayName() string {
	return strings.TrimSpace(m.GivenName + " " + m.FamilyName)
}
