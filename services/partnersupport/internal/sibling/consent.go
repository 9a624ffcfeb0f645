package sibling

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// Consent asks clients for their yes, and ends what they gave.
type Consent struct {
	client  consentv1.ConsentServiceClient
	ends    consentv1.DossierEndServiceClient
	numbers consentv1.ConsentNumberServiceClient
}

// NewConsent makes the client of a connection.
func NewConsent(conn grpc.ClientConnInterface) Consent {
	return Consent{
		client: consentv1.NewConsentServiceClient(conn), ends: consentv1.NewDossierEndServiceClient(conn),
		numbers: consentv1.NewConsentNumberServiceClient(conn),
	}
}

// Question is what a client will be asked.
type Question struct {
	Assignment   domain.Assignment
	Collaborator domain.Collaborator
	Partner      *membershipv1.Organization
	Client       *membershipv1.Organization
	// ProductName is for "votre logiciel X"; may be empty.
	ProductName string
	// HandedOver is the consent that this one takes over; zero: none.
	HandedOver id.ID
}

// Asked is a request and when its mail leaves; nil: at once.
type Asked struct {
	ConsentID id.ID
	MailTime  *time.Time
}

// Request asks the client; the same assignment asked twice gives the same
// consent.
func (c Consent) Request(ctx context.Context, q Question) (Asked, error) {
	answer, err := c.client.RequestConsent(ctx, &consentv1.RequestConsentRequest{
		AssignmentId:     q.Assignment.ID.Text(contract.Assignment),
		PartnerId:        q.Partner.GetId(),
		ClientId:         q.Client.GetId(),
		UserId:           q.Collaborator.UserID.Text(contract.User),
		GivenName:        q.Collaborator.GivenName,
		FamilyName:       q.Collaborator.FamilyName,
		Partner:          q.Partner.GetIdentification(),
		ClientName:       q.Client.GetIdentification().GetLegalName(),
		ClientLocale:     q.Client.GetLocale(),
		PartnerRole:      contract.PartnerRoleToProto(q.Collaborator.PartnerRole),
		Reason:           q.Assignment.Reason,
		ProposedDuration: contract.ProposalToProto(q.Assignment),
		ProposedLasting:  q.Assignment.ProposedDuration == domain.Lasting,
		RequesterId:      q.Assignment.RequesterID.Text(contract.User),
		ProductName:      q.ProductName,

		PredecessorConsentId: q.HandedOver.Text(contract.Consent),
		Offered:              q.Assignment.Offered,
		Urgent:               q.Assignment.Urgent,
	})
	if err != nil {
		return Asked{}, fmt.Errorf("asking consent to ask the client: %w", err)
	}
	consent, err := id.Parse(contract.Consent, answer.GetConsentId())
	if err != nil {
		return Asked{}, fmt.Errorf("reading consent's id: %w", err)
	}
	return Asked{ConsentID: consent, MailTime: contract.OptionalTime(answer.GetMailTime())}, nil
}

// Reminder is what became of a wish to remind.
type Reminder struct {
	// Reminded: a mail leaves now.
	Reminded bool
	State    domain.ConsentState
	// RetryTime is when asking again becomes possible after a no; nil: no
	// cool-down runs.
	RetryTime *time.Time
	// NobodyToAsk: the client has nobody who could answer.
	NobodyToAsk bool
	// Paused: the access waits for the client's confirmation.
	Paused bool
	// StartTime is when an access begins that was given for later; else nil.
	StartTime *time.Time
}

// Remind mails a pending request again, at most once a day, and answers how
// far the consent has come.
func (c Consent) Remind(ctx context.Context, a domain.Assignment) (Reminder, error) {
	answer, err := c.client.Remind(ctx, &consentv1.RemindRequest{
		ConsentId: a.ConsentID.Text(contract.Consent),
		PartnerId: a.PartnerID.Text(contract.Organization),
	})
	if err != nil {
		return Reminder{}, fmt.Errorf("asking consent to remind the client: %w", err)
	}
	return Reminder{
		Reminded:  answer.GetReminded(),
		State:     StateFromProto(answer.GetState()),
		RetryTime: contract.OptionalTime(answer.GetRetryTime()),
		StartTime: contract.OptionalTime(answer.GetStartTime()),

		NobodyToAsk: answer.GetNobodyToAsk(), Paused: answer.GetPaused(),
	}, nil
}

// StateFromProto reads the state of a consent.
func StateFromProto(s consentv1.ConsentState) domain.ConsentState {
	return domain.ConsentState(fields.Word(s, "CONSENT_STATE_"))
}

// Terminate ends the consent of an assignment, or cancels its request. When it
// returns without an error nobody answers yes for it any more.
func (c Consent) Terminate(ctx context.Context, a domain.Assignment, actor id.ID) (domain.Receipt, error) {
	answer, err := c.client.Terminate(ctx, &consentv1.TerminateRequest{
		ConsentId: a.ConsentID.Text(contract.Consent),
		PartnerId: a.PartnerID.Text(contract.Organization),
		ActorId:   actor.Text(contract.User),
	})
	if err != nil {
		return domain.Receipt{}, fmt.Errorf("asking consent to end an access: %w", err)
	}
	return domain.Receipt{
		Requests:        answer.GetRequestsCancelled(),
		Grants:          answer.GetGrantsEnded(),
		SupportSessions: answer.GetSupportSessionsEnded(),
	}, nil
}

// TerminateForPerson ends all that a person holds through the partner.
func (c Consent) TerminateForPerson(ctx context.Context, r domain.Removal) (domain.Receipt, error) {
	answer, err := c.client.TerminateForSubject(ctx, &consentv1.TerminateForSubjectRequest{
		UserId:    r.UserID.Text(contract.User),
		PartnerId: r.PartnerID.Text(contract.Organization),
		ActorId:   r.ActorID.Text(contract.User),
	})
	if err != nil {
		return domain.Receipt{}, fmt.Errorf("asking consent to end all accesses of a person: %w", err)
	}
	return domain.Receipt{
		Requests:        answer.GetRequestsCancelled(),
		Grants:          answer.GetGrantsEnded(),
		SupportSessions: answer.GetSupportSessionsEnded(),
	}, nil
}

// TerminateForDossier ends all between one partner and one client.
func (c Consent) TerminateForDossier(ctx context.Context, e domain.DossierEnding) (domain.Receipt, error) {
	answer, err := c.ends.TerminateForDossier(ctx, &consentv1.TerminateForDossierRequest{
		PartnerId: e.PartnerID.Text(contract.Organization),
		ClientId:  e.ClientID.Text(contract.Organization),
		Party:     fields.Enum[consentv1.Party](e.Side, "PARTY_"),
		ActorId:   e.ActorID.Text(contract.User),
	})
	if err != nil {
		return domain.Receipt{}, fmt.Errorf("asking consent to end all between a partner and a client: %w", err)
	}
	return domain.Receipt{
		Requests:        answer.GetRequestsCancelled(),
		Grants:          answer.GetGrantsEnded(),
		SupportSessions: answer.GetSupportSessionsEnded(),
	}, nil
}
