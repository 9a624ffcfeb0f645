package domain

import (
	"slices"
	"time"
)

// Diagnosis is why a guest cannot get in (R60 to R69).
type Diagnosis string

// The diagnoses.
const (
	IsMember            Diagnosis = "ALREADY_MEMBER"          // R60
	NeverInvited        Diagnosis = "NEVER_INVITED"           // R61, R103
	WrongAddress        Diagnosis = "WRONG_ADDRESS"           // R61
	MailQueued          Diagnosis = "MAIL_QUEUED"             // R62
	MailDeferred        Diagnosis = "MAIL_DEFERRED"           // R62
	MailBounced         Diagnosis = "MAIL_BOUNCED"            // R61, R66
	MailAccepted        Diagnosis = "MAIL_ACCEPTED"           // R62, R63
	LinkFetched         Diagnosis = "LINK_FETCHED"            // R63, R64
	LinkOpened          Diagnosis = "LINK_OPENED"             // R64
	OpenedAsOther       Diagnosis = "OPENED_AS_SOMEBODY_ELSE" // R65
	InvitationExpired   Diagnosis = "EXPIRED"                 // R64
	InvitationDeclined  Diagnosis = "DECLINED"                // R65
	InvitationCancelled Diagnosis = "CANCELLED"               // R55, R64
	MembershipOver      Diagnosis = "MEMBERSHIP_ENDED"        // R65
	OrganizationOff     Diagnosis = "ORGANIZATION_INACTIVE"   // R65
	OthersNotAccepted   Diagnosis = "OTHERS_NOT_ACCEPTED"     // R67
)

// Diagnoses lists every one.
func Diagnoses() []Diagnosis {
	return []Diagnosis{
		IsMember, NeverInvited, WrongAddress, MailQueued, MailDeferred, MailBounced, MailAccepted, LinkFetched, LinkOpened,
		OpenedAsOther, InvitationExpired, InvitationDeclined, InvitationCancelled, MembershipOver, OrganizationOff, OthersNotAccepted,
	}
}

// MailState is how far a mail has come.
type MailState string

// The states of a mail.
const (
	Waiting   MailState = "QUEUED"
	Sent      MailState = "SENT"
	Deferred  MailState = "DEFERRED"
	Bounced   MailState = "BOUNCED"
	Uncertain MailState = "UNCERTAIN"
)

// Mail is one mail of an invitation; zero times where something never happened.
type Mail struct {
	ID                                  string // "dlv_…"
	State                               MailState
	Code                                int32 // the mail server's last answer; 0: none
	Tries                               int32
	CreateTime, TryTime, SentTime, Next time.Time
}

// Elsewhere is how the same address stands in another organisation whose
// invitations the asking person sees.
type Elsewhere struct {
	Name            string
	Member, Pending bool
}

// Evidence is all that is known of a guest who cannot get in.
type Evidence struct {
	Organization Organization
	Email        string
	Now          time.Time
	// Member is the live membership; nil for none.
	Member *Membership
	// Latest is the newest invitation to the address, as it is now; nil for none.
	Latest      *Invitation
	InviterName string // empty: the operator, or somebody who left
	Sight       Sight
	Mails       []Mail   // newest first
	Like        []string // addresses here that look like this one
	Elsewhere   []Elsewhere
}

// Diagnose says why, the nearest obstacle first: a mail that cannot arrive goes
// before a link that nobody opened.
func (e Evidence) Diagnose() Diagnosis {
	switch {
	case e.Organization.State != Active:
		return OrganizationOff
	case e.Member != nil && e.elsewhere(func(o Elsewhere) bool { return o.Pending }):
		return OthersNotAccepted
	case e.Member != nil:
		return IsMember
	case e.Latest == nil && len(e.Like) > 0:
		return WrongAddress
	case e.Latest == nil:
		return NeverInvited
	case e.Latest.State != Pending:
		return ended(e.Latest.State)
	default:
		return e.diagnosePending()
	}
}

func ended(s InvitationState) Diagnosis {
	switch s {
	case Declined:
		return InvitationDeclined
	case Cancelled:
		return InvitationCancelled
	case Expired:
		return InvitationExpired
	default: // accepted, and no member any more
		return MembershipOver
	}
}

func (e Evidence) diagnosePending() Diagnosis {
	s := e.Sight
	switch {
	case s.OpenedByOther.After(s.Opened):
		return OpenedAsOther
	case !s.Opened.IsZero():
		return LinkOpened
	}
	if mail := e.diagnoseMail(); mail != MailAccepted {
		return mail
	}
	switch {
	case e.elsewhere(func(o Elsewhere) bool { return o.Member }):
		return OthersNotAccepted
	case s.Fetches > 0:
		return LinkFetched
	default:
		return MailAccepted
	}
}

// diagnoseMail looks at the newest mail; one that is not composed yet waits.
func (e Evidence) diagnoseMail() Diagnosis {
	if len(e.Mails) == 0 || e.Mails[0].CreateTime.Before(e.Latest.RenewTime) {
		return MailQueued
	}
	switch e.Mails[0].State {
	case Sent, Uncertain:
		return MailAccepted
	case Deferred:
		return MailDeferred
	case Bounced:
		return MailBounced
	default:
		return MailQueued
	}
}

func (e Evidence) elsewhere(holds func(Elsewhere) bool) bool {
	return slices.ContainsFunc(e.Elsewhere, holds)
}
