package domain

import "errors"

// What the rules refuse. The application gives each its reason of the
// registry.
var (
	ErrKindWrong            = errors.New("the organisation is of another kind")
	ErrFeatureUnknown       = errors.New("the catalogue has no such feature")
	ErrRightsExceedYours    = errors.New("nobody confers more than they hold")
	ErrAlreadyMember        = errors.New("the person is a member already")
	ErrInvitationNotPending = errors.New("the invitation is not pending")
	ErrInvitationExpired    = errors.New("the invitation's time is over")
	ErrSomebodyElse         = errors.New("the invitation is for another address")
	ErrLastOwner            = errors.New("an organisation keeps at least one owner")
	ErrChangedMeanwhile     = errors.New("the member changed since it was read")
	ErrRightsNeeded         = errors.New("changing rights needs the right to set them")
	ErrNamespaceTaken       = errors.New("the namespace belongs to another team")
	ErrVersionStale         = errors.New("the catalogue holds a version as recent that says something else")
	ErrMeaningChanged       = errors.New("a path would come to mean something else, or lose a protection")
)

// AlreadyMemberError is ErrAlreadyMember with its exact cause (R90, R98, R99).
type AlreadyMemberError struct{ As Belonging }

// Error gives the cause.
func (e AlreadyMemberError) Error() string { return ErrAlreadyMember.Error() + ": " + string(e.As) }

// Unwrap gives what every cause is.
func (e AlreadyMemberError) Unwrap() error { return ErrAlreadyMember }

// FieldError names a field of the request and the rule that it breaks.
type FieldError struct{ Field, Rule string }

// Error gives the field and the rule.
func (e FieldError) Error() string { return e.Field + ": " + e.Rule }

// NotPendingError is ErrInvitationNotPending with what became of the invitation.
type NotPendingError struct{ State InvitationState }

// Error gives the state.
func (e NotPendingError) Error() string {
	return ErrInvitationNotPending.Error() + ": " + string(e.State)
}

// Unwrap gives what every state is.
func (e NotPendingError) Unwrap() error { return ErrInvitationNotPending }
