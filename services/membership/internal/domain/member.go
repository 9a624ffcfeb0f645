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
	Offer          Offer // as accepted
	CreateTime     time.Time
	EndTime        time.Time // zero: live
	Version        int64
}

// Place is a place where a signed-in person can go.
type Place struct {
	Organization Organization
	Membership   Membership
}

// End ends a live membership. owners counts the organisation's live owners,
// this one included.
func (m *Membership) End(owners int, now time.Time) error {
	if m.Offer.Role == Owner && owners <= 1 {
		return ErrLastOwner
	}
	m.EndTime = now
	m.Version++
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
