package journey

import (
	"context"
	"errors"
	"fmt"

	"github.com/aval-access/aval/deploy/driver"
	"github.com/aval-access/aval/deploy/stack"
	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// ConsentSubject is the title of the consent mail, to the letter (R21).
const ConsentSubject = "Demande d'accès à votre compte pour l'assistance"

// AddCollaborator has the partner's owner add a person as Technical support;
// the person opens the mail, sets a password and enters.
func (w World) AddCollaborator(ctx context.Context, partner Organization, p Person) (Person, *partnersupportv1.Collaborator, error) {
	answer, err := partnersupportv1.NewCollaboratorServiceClient(partner.Owner).AddCollaborator(ctx, &partnersupportv1.AddCollaboratorRequest{
		PartnerId: partner.ID, Email: p.Email, GivenName: p.GivenName, FamilyName: p.FamilyName,
		PartnerRole: membershipv1.PartnerRole_PARTNER_ROLE_TECHNICAL_SUPPORT,
	})
	if err != nil {
		return p, nil, fmt.Errorf("adding %s: %w", p.Email, err)
	}
	p.Password = NewPassword()
	p, err = w.Join(ctx, p, partner.ID)
	return p, answer.GetCollaborator(), err
}

// LinkDossier has the operator link a partner and a client.
func (w World) LinkDossier(ctx context.Context, partner, client Organization) (*partnersupportv1.Dossier, error) {
	answer, err := partnersupportv1.NewDossierServiceClient(w.Operator["partnersupport"]).LinkDossier(ctx,
		&partnersupportv1.LinkDossierRequest{PartnerId: partner.ID, ClientId: client.ID})
	if err != nil {
		return nil, fmt.Errorf("linking %s and %s: %w", partner.Name, client.Name, err)
	}
	return answer.GetDossier(), nil
}

// Assign has the partner's owner put a collaborator on a dossier. The fact that
// the password was set travels by event: until it arrived the answer is
// COLLABORATOR_NOT_READY, and this asks again.
func (w World) Assign(ctx context.Context, partner Organization, collaborator, dossier string) (*partnersupportv1.Assignment, error) {
	client := partnersupportv1.NewAssignmentServiceClient(partner.Owner)
	var answer *partnersupportv1.BatchCreateAssignmentsResponse
	err := Eventually(ctx, func(ctx context.Context) (done bool, err error) {
		answer, err = client.BatchCreateAssignments(ctx, &partnersupportv1.BatchCreateAssignmentsRequest{
			PartnerId: partner.ID, CollaboratorId: collaborator, DossierIds: []string{dossier}, Reason: "Écart de TVA sur la facture de mars",
		})
		return !fault.Is(err, reasonv1.Reason_REASON_COLLABORATOR_NOT_READY), err
	})
	if err != nil {
		return nil, fmt.Errorf("assigning: %w", err)
	}
	result := answer.GetResults()[0]
	if result.GetErrorReason() != "" {
		return nil, fmt.Errorf("assigning: %s", result.GetErrorReason())
	}
	return result.GetAssignment(), nil
}

// ConsentLink waits for the consent mail and gives its token.
func (w World) ConsentLink(ctx context.Context, email string) (string, error) {
	mail, err := w.ReadMail(ctx, email, ConsentSubject)
	if err != nil {
		return "", err
	}
	return TokenOf(mail.Link("/c/"))
}

// ApproveByLink reads the request behind a link mailed to an address and says
// yes to it, with a code from the same mailbox where one is asked for.
func (w World) ApproveByLink(ctx context.Context, email, token string, choice consentv1.DurationChoice) (*consentv1.Consent, error) {
	nobody := w.Transport.Session(w.Locale)
	client := consentv1.NewConsentServiceClient(nobody)
	shown, err := client.LookupRequest(ctx, &consentv1.LookupRequestRequest{Token: token})
	if err != nil {
		return nil, fmt.Errorf("opening the request: %w", err)
	}
	yes := &consentv1.ApproveByLinkRequest{Token: token, Answer: Yes(shown.GetText(), choice)}
	answer, err := client.ApproveByLink(ctx, yes)
	if fault.Is(err, reasonv1.Reason_REASON_CONSENT_CODE_REQUIRED) {
		if yes.Device, err = w.ProveDevice(ctx, email, token); err != nil {
			return nil, err
		}
		answer, err = client.ApproveByLink(ctx, yes)
	}
	if err != nil {
		return nil, fmt.Errorf("saying yes: %w", err)
	}
	return answer.GetConsent(), nil
}

// Yes is the answer to a text, with nothing lowered.
func Yes(text *consentv1.ConsentText, choice consentv1.DurationChoice) *consentv1.Answer {
	return &consentv1.Answer{Duration: choice, TextHash: text.GetHash(), TextLocale: text.GetLocale()}
}

// EnterDossier starts a visit as the collaborator.
func (w World) EnterDossier(ctx context.Context, s driver.Session, partner, dossier string) (*partnersupportv1.EnterDossierResponse, error) {
	return partnersupportv1.NewDossierServiceClient(s).EnterDossier(ctx, &partnersupportv1.EnterDossierRequest{
		PartnerId: partner, DossierId: dossier, Reason: "ticket 4711",
	})
}

// Redeem exchanges the one-time code as the demo product.
func (w World) Redeem(ctx context.Context, code string) (*identityv1.SupportToken, error) {
	answer, err := identityv1.NewTokenServiceClient(w.Product["identity"]).RedeemSupportCode(ctx, &identityv1.RedeemSupportCodeRequest{Code: code})
	if err != nil {
		return nil, fmt.Errorf("redeeming the code: %w", err)
	}
	return answer.GetToken(), nil
}

// Check asks the decision as the demo product does at each page.
func (w World) Check(ctx context.Context, subject, account, session, feature string) (*membershipv1.CheckAccessResponse, error) {
	return membershipv1.NewAccessServiceClient(w.Product["membership"]).CheckAccess(ctx, &membershipv1.CheckAccessRequest{
		SubjectId: subject, AccountId: account, Feature: feature, Level: authzv1.Level_LEVEL_GUEST, SupportSessionId: session,
	})
}

// Withdraw has the client take its yes back.
func (w World) Withdraw(ctx context.Context, approver Person, consent string) (*consentv1.WithdrawConsentResponse, error) {
	return consentv1.NewConsentServiceClient(approver).WithdrawConsent(ctx, &consentv1.WithdrawConsentRequest{ConsentId: consent})
}

var errNotYet = errors.New("it did not come about in time")

// RegisterProduct has the operator make the stack's demo product known.
func (w World) RegisterProduct(ctx context.Context, s *stack.Stack) error {
	_, err := partnersupportv1.NewProductServiceClient(w.Operator["partnersupport"]).RegisterProduct(ctx, &partnersupportv1.RegisterProductRequest{
		Name: "Comptoir", EnterUrl: s.DemoURL() + "/enter", Audience: s.DemoURL(),
		SpiffeId: stack.SPIFFEID(stack.DemoProduct),
	})
	if err != nil {
		return fmt.Errorf("registering the product: %w", err)
	}
	return nil
}
