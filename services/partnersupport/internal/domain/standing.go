package domain

import "time"

// DossierFilter chooses dossiers by how things stand there; empty: all.
type DossierFilter string

// The filters. One dossier may be in several.
const (
	Unassigned  DossierFilter = "UNASSIGNED"
	Waiting     DossierFilter = "PENDING"
	InForce     DossierFilter = "ACTIVE"
	NeverUsed   DossierFilter = "NEVER_USED"
	Expiring    DossierFilter = "EXPIRING"
	LostDossier DossierFilter = "LOST"
)

// ExpiringSoon is how long before its end an access counts as expiring.
const ExpiringSoon = 30 * 24 * time.Hour

// DossierCounts are how many dossiers each filter finds.
type DossierCounts struct {
	Total, Unassigned, Pending, Active, NeverUsed, Expiring, Lost int32
}

// CollaboratorFilter chooses collaborators by how things stand with them;
// empty: all.
type CollaboratorFilter string

// The filters. One collaborator may be in several; who left is in none.
const (
	StaffInvited    CollaboratorFilter = "INVITED"
	StaffUnassigned CollaboratorFilter = "UNASSIGNED"
	StaffWaiting    CollaboratorFilter = "PENDING"
	StaffInForce    CollaboratorFilter = "ACTIVE"
	StaffNeverUsed  CollaboratorFilter = "NEVER_USED"
	StaffExpiring   CollaboratorFilter = "EXPIRING"
	StaffLost       CollaboratorFilter = "LOST"
)

// CollaboratorCounts are how many collaborators each filter finds.
type CollaboratorCounts struct {
	Total, Invited, Unassigned, Pending, Active, NeverUsed, Expiring, Lost int32
}
