// Package domain holds the rules of partner support: how far collaborators,
// assignments and visits may go, and from where. It knows neither contracts
// nor tables, and takes the time as an argument.
package domain

import "strings"

// Refusal is a rule that says no. Its text is the name of the registered
// reason.
type Refusal string

// The refusals.
const (
	TransitionRefused       Refusal = "STATE_TRANSITION_REFUSED"
	CollaboratorNotReady    Refusal = "COLLABORATOR_NOT_READY" // R19
	CollaboratorGone        Refusal = "COLLABORATOR_LEFT"
	AlreadyAssigned         Refusal = "ALREADY_ASSIGNED"
	HandOverPending         Refusal = "HAND_OVER_PENDING"
	RoleDiffers             Refusal = "PARTNER_ROLE_DIFFERS" // R7
	DossierNotActive        Refusal = "DOSSIER_NOT_ACTIVE"
	DossierExists           Refusal = "DOSSIER_EXISTS"
	PartnerConflict         Refusal = "PARTNER_CONFLICT" // R83
	PartnerConflictPossible Refusal = "PARTNER_CONFLICT_POSSIBLE"
	CreditsFrozen           Refusal = "CREDITS_FROZEN"
	CollaboratorSuspended   Refusal = "COLLABORATOR_SUSPENDED"
	ClientUnknown           Refusal = "CLIENT_UNKNOWN"        // R76
	ConfirmationRequired    Refusal = "CONFIRMATION_REQUIRED" // R81
	ConsentPending          Refusal = "CONSENT_PENDING"       // R28
	ConsentRefused          Refusal = "CONSENT_REFUSED"
	NotAssigned             Refusal = "NOT_ASSIGNED"
	SessionOver             Refusal = "SUPPORT_SESSION_OVER"
	SupportLevel1Missing    Refusal = "SUPPORT_LEVEL1_MISSING" // R1
	ProductExists           Refusal = "PRODUCT_EXISTS"
	NoProduct               Refusal = "NO_PRODUCT"
	KindWrong               Refusal = "ORGANIZATION_KIND_WRONG"
	NotFound                Refusal = "NOT_FOUND"
	InFlight                Refusal = "REQUEST_IN_FLIGHT"
)

// Error gives the refusal in words for the log.
func (r Refusal) Error() string { return strings.ToLower(strings.ReplaceAll(string(r), "_", " ")) }

// confirmation is the word that a person types (R81).
const confirmation = "REMOVE"

// Confirm refuses everything but the word itself: no other case, no space
// around it.
func Confirm(typed string) error {
	if typed != confirmation {
		return ConfirmationRequired
	}
	return nil
}
