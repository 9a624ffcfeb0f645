package domain

// Offer is what an invitation confers.
type Offer struct {
	Role        Role
	PartnerRole PartnerRole
	Rights      Rights // of a Member; the other roles hold everything
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

// Giver is the member who invites, renews or cancels.
type Giver struct {
	Role   Role
	Rights Rights // as conferred, of a Member
}

// MayConfer refuses to give more than one holds, on every feature of the tree:
// an ancestor's right must not reach into a child where the giver has less. A
// staff role is for administrators to give (R14).
func (g Giver) MayConfer(o Offer, c Catalogue) error {
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
