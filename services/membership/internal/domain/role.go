package domain

// Role is a member's standing in the organisation.
type Role string

// The roles. Each holds what the later ones hold.
const (
	Owner  Role = "OWNER"
	Admin  Role = "ADMIN"
	Member Role = "MEMBER"
	// Contact is what an invitation offers to a client's person: no member, no
	// right (R94).
	Contact Role = "CONTACT"
)

// HoldsAll tells the roles that hold APPROVER on every feature.
func (r Role) HoldsAll() bool { return r == Owner || r == Admin }

// mayConfer: administrators have power over everybody but owners; a plain
// member only over plain members.
func (r Role) mayConfer(other Role) bool {
	switch r {
	case Owner:
		return true
	case Admin:
		return other != Owner
	default:
		return other == Member
	}
}

// PartnerRole is what a member of a PARTNER organisation does for its clients;
// empty for no staff role. The two are distinct accesses (R7).
type PartnerRole string

// The staff roles.
const (
	NoPartnerRole    PartnerRole = ""
	TechnicalSupport PartnerRole = "TECHNICAL_SUPPORT"
	Accountant       PartnerRole = "ACCOUNTANT"
)
