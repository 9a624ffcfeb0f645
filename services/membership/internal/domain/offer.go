package domain

import "time"

// Offer is what an invitation confers.
type Offer struct {
	Role        Role
	PartnerRole PartnerRole
	Rights      Rights // of a Member; the other roles hold everything
	// ValidUntil is when the membership ends by itself (R122); zero: no end.
	ValidUntil time.Time
}

// Validate refuses an offer that such an organisation cannot make.
func (o *Offer) Validate(kind OrganizationKind, c Catalogue) error {
	if o.PartnerRole != NoPartnerRole && kind != Partner {
		return ErrKindWrong
	}
	if o.Role.HoldsAll() || o.Rights == nil {
		o.Rights = Rights{}
	}
	return c.Check(o.Rights)
}

// maxMembershipYears is where an end is no end any more, but a slip.
const maxMembershipYears = 100

// CheckEnd refuses an end that has come already, or never will. An owner has
// none: an organisation would be left without one.
func (o Offer) CheckEnd(now time.Time) error {
	if !o.ValidUntil.IsZero() && !o.ValidUntil.After(now) {
		return FieldError{"member_valid_until", "timestamp.gt_now"}
	}
	if o.ValidUntil.After(now.AddDate(maxMembershipYears, 0, 0)) {
		return FieldError{"member_valid_until", "timestamp.within"}
	}
	if !o.ValidUntil.IsZero() && o.Role == Owner {
		return FieldError{"member_valid_until", "owner_without_end"}
	}
	return nil
}

// Giver is the member who invites, renews or cancels.
type Giver struct {
	Role       Role
	Rights     Rights    // as conferred, of a Member
	ValidUntil time.Time // of their own membership; zero: no end
}

// MayConfer refuses to give more than one holds, or for longer.
func (g Giver) MayConfer(o Offer, c Catalogue) error {
	longer := o.ValidUntil.IsZero() || o.ValidUntil.After(g.ValidUntil)
	if !g.ValidUntil.IsZero() && longer {
		return ErrRightsExceedYours
	}
	return g.MayTakeBack(o, c)
}

// MayTakeBack refuses power over what reaches further than one's own rights, on
// every feature of the tree: an ancestor's right must not reach into a child
// where the giver has less. A staff role is for administrators to give (R14).
func (g Giver) MayTakeBack(o Offer, c Catalogue) error {
	if !g.Role.mayConfer(o.Role) {
		return ErrRightsExceedYours
	}
	if g.Role.HoldsAll() {
		return nil
	}
	if o.PartnerRole != NoPartnerRole {
		return ErrRightsExceedYours
	}
	if c.exceeds(RightsOf(o.Role, o.Rights), RightsOf(g.Role, g.Rights)) {
		return ErrRightsExceedYours
	}
	return nil
}
