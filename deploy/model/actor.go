package model

import (
	"context"
	"errors"
	"fmt"

	"github.com/aval-access/aval/deploy/journey"
	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
)

// confirmed is the word that ends need (R81).
const confirmed = "REMOVE"

// errNothing is answered where there is nothing yet that a command could name.
var errNothing = errors.New("there is nothing to do this to")

// request names a request, so that its repetition is known.
func request() string { return id.New().Text("req") }

// do gives a command to what it aims at.
func (a *actors) do(ctx context.Context, c Command, at aim) error {
	switch c.Do {
	case Assign, Suspend, Restore, Remove, End:
		return a.administer(ctx, c)
	case Extend, HandOver, Detach:
		return a.change(ctx, c, a.assignments[c.Who].at(at))
	case Offer, EndAll, Reopen:
		return a.arrange(ctx, c)
	case Approve, Refuse, NotNow, Withdraw, Narrow, Invalidate:
		return a.answer(ctx, c.Do, a.consents[c.Who].at(at))
	case Enter:
		return a.enter(ctx, c.Who)
	case Leave:
		return a.leave(ctx, c.Who)
	}
	return fmt.Errorf("there is no command %q", c.Do)
}

// administer is the partner's, about a person or the whole link.
func (a *actors) administer(ctx context.Context, c Command) (err error) {
	partner, person := a.Partner.ID, a.Helpers[c.Who].Collaborator
	collaborators := partnersupportv1.NewCollaboratorServiceClient(a.Partner.Owner)
	switch c.Do {
	case Assign:
		return a.assign(ctx, person)
	case Suspend:
		_, err = collaborators.SuspendCollaborator(ctx, &partnersupportv1.SuspendCollaboratorRequest{PartnerId: partner, CollaboratorId: person, RequestId: request()})
	case Restore:
		_, err = collaborators.RestoreCollaborator(ctx, &partnersupportv1.RestoreCollaboratorRequest{PartnerId: partner, CollaboratorId: person, RequestId: request()})
	case Remove:
		_, err = collaborators.RemoveCollaborator(ctx, &partnersupportv1.RemoveCollaboratorRequest{
			PartnerId: partner, CollaboratorId: person, Confirm: confirmed, RequestId: request(),
		})
	default:
		_, err = partnersupportv1.NewDossierEndServiceClient(a.Partner.Owner).EndDossier(ctx, &partnersupportv1.EndDossierRequest{
			PartnerId: partner, DossierId: a.Dossier, Confirm: confirmed, RequestId: request(),
		})
	}
	return err
}

func (a *actors) assign(ctx context.Context, person string) error {
	answer, err := partnersupportv1.NewAssignmentServiceClient(a.Partner.Owner).BatchCreateAssignments(ctx, &partnersupportv1.BatchCreateAssignmentsRequest{
		PartnerId: a.Partner.ID, CollaboratorId: person, DossierIds: []string{a.Dossier}, Reason: "ticket 7", RequestId: request(),
	})
	if err != nil {
		return err
	}
	if reason := answer.GetResults()[0].GetErrorReason(); reason != "" {
		return fmt.Errorf("assigning: %s", reason)
	}
	return nil
}

// change is the partner's, about an assignment. What is over is neither extended
// nor handed over.
func (a *actors) change(ctx context.Context, c Command, assignment string) (err error) {
	assignments := partnersupportv1.NewAssignmentServiceClient(a.Partner.Owner)
	live := assignment == a.assignments[c.Who].running || assignment == a.assignments[c.Who].waiting
	switch {
	case assignment == "", c.Do != Detach && !live:
		return errNothing
	case c.Do == Extend:
		_, err = assignments.ExtendAssignment(ctx, &partnersupportv1.ExtendAssignmentRequest{PartnerId: a.Partner.ID, AssignmentId: assignment, RequestId: request()})
	case c.Do == HandOver:
		_, err = partnersupportv1.NewHandOverServiceClient(a.Partner.Owner).HandOverAssignment(ctx, &partnersupportv1.HandOverAssignmentRequest{
			PartnerId: a.Partner.ID, AssignmentId: assignment, RequestId: request(),
			HandOver: &partnersupportv1.HandOver{SuccessorId: a.Helpers[other(c.Who)].Collaborator},
		})
	default:
		_, err = assignments.DetachAssignment(ctx, &partnersupportv1.DetachAssignmentRequest{
			PartnerId: a.Partner.ID, AssignmentId: assignment, Confirm: confirmed, RequestId: request(),
		})
	}
	return err
}

// arrange is the client's, about the link or somebody whom it chooses.
func (a *actors) arrange(ctx context.Context, c Command) (err error) {
	links := partnersupportv1.NewDossierEndServiceClient(a.Client.Owner)
	switch c.Do {
	case Offer:
		_, err = partnersupportv1.NewOfferServiceClient(a.Client.Owner).OfferAccess(ctx, &partnersupportv1.OfferAccessRequest{
			ClientId: a.Client.ID, DossierId: a.Dossier, CollaboratorId: a.Helpers[c.Who].Collaborator, RequestId: request(),
		})
	case EndAll:
		_, err = links.EndPartner(ctx, &partnersupportv1.EndPartnerRequest{ClientId: a.Client.ID, DossierId: a.Dossier, RequestId: request()})
	default:
		_, err = links.ReopenPartner(ctx, &partnersupportv1.ReopenPartnerRequest{ClientId: a.Client.ID, DossierId: a.Dossier, RequestId: request()})
	}
	return err
}

// answer is the client's, or the platform's, about a consent.
func (a *actors) answer(ctx context.Context, do Verb, consent string) (err error) {
	client := consentv1.NewConsentServiceClient(a.Client.Owner)
	switch {
	case consent == "":
		return errNothing
	case do == Approve:
		return approved(ctx, client, consent)
	case do == Withdraw:
		_, err = client.WithdrawConsent(ctx, &consentv1.WithdrawConsentRequest{ConsentId: consent, RequestId: request()})
	case do == Narrow:
		_, err = client.NarrowConsent(ctx, &consentv1.NarrowConsentRequest{
			ConsentId: consent, Rights: []*membershipv1.FeatureRight{{Feature: area, Level: authzv1.Level_LEVEL_NONE}}, RequestId: request(),
		})
	case do == Invalidate:
		_, err = consentv1.NewInvalidationServiceClient(a.world.Operator["consent"]).InvalidateConsent(ctx, &consentv1.InvalidateConsentRequest{
			ConsentId: consent, Reason: "They were linked by mistake.", RequestId: request(),
		})
	default:
		_, err = client.DeclineConsent(ctx, &consentv1.DeclineConsentRequest{ConsentId: consent, NotNow: do == NotNow, RequestId: request()})
	}
	return err
}

func approved(ctx context.Context, client consentv1.ConsentServiceClient, consent string) error {
	shown, err := client.LookupConsent(ctx, &consentv1.LookupConsentRequest{ConsentId: consent})
	if err != nil {
		return err
	}
	yes := journey.Yes(shown.GetText(), consentv1.DurationChoice_DURATION_CHOICE_1_WEEK)
	yes.Overturn = shown.GetMayOverturn()
	_, err = client.ApproveConsent(ctx, &consentv1.ApproveConsentRequest{ConsentId: consent, Answer: yes, RequestId: request()})
	return err
}

// enter goes on in a new session where who was suspended has lost theirs.
func (a *actors) enter(ctx context.Context, who int) error {
	visit, err := a.world.EnterDossier(ctx, a.Helpers[who].Person, a.Partner.ID, a.Dossier)
	if back := a.back(ctx, who, err); back != nil {
		return back
	}
	if lost(err) {
		visit, err = a.world.EnterDossier(ctx, a.Helpers[who].Person, a.Partner.ID, a.Dossier)
	}
	if err == nil {
		a.entered[who] = visit.GetSupportSession().GetId()
	}
	return err
}

// lost tells that a person has no session, or none in the partner, any more.
func lost(err error) bool {
	return fault.Is(err, reasonv1.Reason_REASON_SESSION_EXPIRED) || fault.Is(err, reasonv1.Reason_REASON_CONTEXT_NOT_CHOSEN)
}

// back gives a person what the error says that they lost.
func (a *actors) back(ctx context.Context, who int, err error) error {
	helper := &a.Helpers[who]
	switch {
	case !lost(err):
		return nil
	case fault.Is(err, reasonv1.Reason_REASON_SESSION_EXPIRED):
		helper.Person, err = a.world.SignIn(ctx, helper.Person, a.Partner.ID)
		return err
	}
	return helper.Enter(ctx, a.Partner.ID)
}

func (a *actors) leave(ctx context.Context, who int) error {
	if a.entered[who] == "" {
		return errNothing
	}
	_, err := partnersupportv1.NewSupportSessionServiceClient(a.Helpers[who].Person).EndSupportSession(ctx, &partnersupportv1.EndSupportSessionRequest{
		PartnerId: a.Partner.ID, SupportSessionId: a.entered[who],
	})
	return err
}
