package domain

import (
	"maps"
	"slices"
	"time"
)

// RightsFeature is the right to set the rights of others.
const RightsFeature = "aval/rights"

// SheetField is a part of a member's sheet that can change.
type SheetField string

// The fields, named as on the wire.
const (
	GivenNameField   SheetField = "given_name"
	FamilyNameField  SheetField = "family_name"
	PhoneField       SheetField = "phone"
	RoleField        SheetField = "role"
	PartnerRoleField SheetField = "partner_role"
	RightsField      SheetField = "rights"
	EndTimeField     SheetField = "end_time"
)

// SheetFields lists them all.
func SheetFields() []SheetField {
	return []SheetField{
		GivenNameField, FamilyNameField, PhoneField, RoleField, PartnerRoleField, RightsField, EndTimeField,
	}
}

// conferring tells the fields that change what the member may do.
func (f SheetField) conferring() bool {
	return slices.Contains([]SheetField{RoleField, PartnerRoleField, RightsField, EndTimeField}, f)
}

// SheetChange is the new values of some fields.
type SheetChange struct {
	Fields     []SheetField
	GivenName  string
	FamilyName string
	Phone      string
	Offer      Offer
	ValidUntil time.Time // zero: no end
}

func (c SheetChange) changes(f SheetField) bool { return slices.Contains(c.Fields, f) }

// Deed is what one member is about to do to another, both locked.
type Deed struct {
	Actor  Membership
	Member Membership
	// Owners counts who owns the organisation for good.
	Owners    int
	Kind      OrganizationKind
	Catalogue Catalogue
	Now       time.Time
}

// Allowed refuses to touch who holds more than the actor does; administrators
// have no power over owners, and who is suspended has none.
func (d Deed) Allowed() error {
	if d.Actor.Over(d.Now) || !d.Actor.SuspendTime.IsZero() {
		return ErrRightsExceedYours
	}
	return d.giver().MayConfer(d.Member.Offer, d.Catalogue)
}

func (d Deed) giver() Giver { return Giver{Role: d.Actor.Offer.Role, Rights: d.Actor.Offer.Rights} }

// Update gives the member with the change. What the actor could not confer, the
// member does not get.
func (d Deed) Update(change SheetChange) (Membership, error) {
	if err := d.Allowed(); err != nil {
		return d.Member, err
	}
	after := d.Member
	if err := applyDetails(&after, change); err != nil {
		return d.Member, err
	}
	if slices.ContainsFunc(change.Fields, SheetField.conferring) {
		if err := d.applyOffer(&after, change); err != nil {
			return d.Member, err
		}
	}
	out := d.Member
	return out, out.become(after, d.Owners)
}

// applyDetails changes names and telephone. What could deceive in a mail is
// refused.
func applyDetails(m *Membership, change SheetChange) error {
	for field, text := range map[SheetField]struct {
		to   *string
		from string
	}{
		GivenNameField:  {&m.GivenName, change.GivenName},
		FamilyNameField: {&m.FamilyName, change.FamilyName},
		PhoneField:      {&m.Phone, change.Phone},
	} {
		if !change.changes(field) {
			continue
		}
		*text.to = text.from
		if err := cleanLine("member."+string(field), text.to); err != nil {
			return err
		}
	}
	return nil
}

// applyOffer changes what the membership confers, and for how long.
func (d Deed) applyOffer(m *Membership, change SheetChange) error {
	if RightsOf(d.Actor.Offer.Role, d.Actor.Offer.Rights).At(RightsFeature) < LevelApprover {
		return ErrRightsNeeded
	}
	m.Offer.Rights = maps.Clone(m.Offer.Rights)
	if change.changes(RoleField) {
		m.Offer.Role = change.Offer.Role
	}
	if change.changes(PartnerRoleField) {
		m.Offer.PartnerRole = change.Offer.PartnerRole
	}
	if change.changes(RightsField) {
		m.Offer.Rights = maps.Clone(change.Offer.Rights)
	}
	if err := d.validate(&m.Offer); err != nil {
		return err
	}
	if !change.changes(EndTimeField) {
		return nil
	}
	m.ValidUntil = change.ValidUntil.Truncate(time.Microsecond)
	if !m.ValidUntil.IsZero() && !m.ValidUntil.After(d.Now) {
		return FieldError{Field: "member.end_time", Rule: "timestamp.gt_now"}
	}
	return nil
}

// validate refuses an offer that the organisation cannot make or the actor
// cannot confer. Lines on retired features stay as they were: they are nobody's
// to choose, and a NONE among them goes on holding for what lies below.
func (d Deed) validate(offer *Offer) error {
	if offer.Role == "" {
		return FieldError{Field: "member.role", Rule: "enum.not_in"}
	}
	kept := d.Catalogue.retiredLines(d.Member.Offer.Rights)
	for path := range kept {
		delete(offer.Rights, path)
	}
	if err := offer.Validate(d.Kind, d.Catalogue); err != nil {
		return err
	}
	if !offer.Role.HoldsAll() {
		maps.Copy(offer.Rights, kept)
	}
	return d.giver().MayConfer(*offer, d.Catalogue)
}
