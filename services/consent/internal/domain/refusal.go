package domain

// Refusal is a rule that says no. Adapters turn each into a reason of the
// registry.
type Refusal string

// The refusals.
const (
	// NotPending: the request was cancelled or its time is over.
	NotPending Refusal = "the request waits for no answer"
	// NotGiven: there is no yes in force.
	NotGiven Refusal = "no yes is in force"
	// SelfApproval: nobody approves an access for themselves.
	SelfApproval Refusal = "the approver is the person who asks"
	// NotAnApprover: the person may not answer for the client.
	NotAnApprover Refusal = "the person may not answer"
	// PartnerSession: the browser is signed in at the partner who asks.
	PartnerSession Refusal = "the browser is signed in at the asking partner"
	// FactorRequired: an approver who has a second factor is signed in with it.
	FactorRequired Refusal = "the approver's second factor was not proven"
	// CodeRequired: the device is not known to be the recipient's.
	CodeRequired Refusal = "the device is not known"
	// CodeRefused: the code is wrong, too old, or was tried too often.
	CodeRefused Refusal = "the code is not right"
	// TooManyCodes: the recipient was sent as many codes as a day allows.
	TooManyCodes Refusal = "too many codes were sent"
	// SignInRequired: the deployment takes no answer by link.
	SignInRequired Refusal = "an answer needs a session"
	// ReminderTooLate: the request would be over by then.
	ReminderTooLate Refusal = "the request ends before the reminder"
	// DurationRequired: no duration was chosen.
	DurationRequired Refusal = "no duration was chosen"
	// DurationOutOfRange: the date is under 1 hour or over 2 years ahead.
	DurationOutOfRange Refusal = "the date is out of range"
	// StartOutOfRange: the beginning is past or over 90 days ahead.
	StartOutOfRange Refusal = "the beginning is out of range"
	// StartTooLate: the person has an access that a later one would cut short.
	StartTooLate Refusal = "the person has an access already"
	// DurationTooLong: over what this approver may give.
	DurationTooLong Refusal = "the duration is over the approver's limit"
	// TeamTooWide: who holds the delegable right alone lets one person in.
	TeamTooWide Refusal = "the whole team is not theirs to let in"
	// RightsExceedRequest: rights may be lowered, never raised.
	RightsExceedRequest Refusal = "the rights are over what was asked"
	// TextChanged: the hash is not that of the text of today.
	TextChanged Refusal = "the text shown is not the text recorded"
	// TransitionRefused: the table of states does not have the pair.
	TransitionRefused Refusal = "the state does not allow this step"
)

// Error gives the rule in words for the log.
func (r Refusal) Error() string { return string(r) }
