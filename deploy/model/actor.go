package model

import (
	"context"
	"errors"
	"fmt"

	"github.com/aval-access/aval/deploy/house"
	"github.com/aval-access/aval/deploy/journey"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/id"
)

// feature stands for all that the preset of Technical support reaches.
const feature = "management/invoices"

// actors are the three roles of one case, and what they know by having looked.
type actors struct {
	world journey.World
	house.Case

	assignment, consent, visit string
}

// see reads the case as its roles do, and remembers the ids.
func (a *actors) see(ctx context.Context) (Seen, error) {
	var s Seen
	c, err := a.collaborator(ctx)
	if err != nil {
		return s, err
	}
	s.Removed = c.GetState() == partnersupportv1.CollaboratorState_COLLABORATOR_STATE_LEFT
	if err := a.seeAssignment(ctx, &s); err != nil {
		return s, err
	}
	if err := a.seeConsent(ctx, &s); err != nil {
		return s, err
	}
	visits, err := partnersupportv1.NewSupportSessionServiceClient(a.Partner.Owner).ListSupportSessions(ctx,
		&partnersupportv1.ListSupportSessionsRequest{PartnerId: a.Partner.ID, Live: true})
	if err != nil {
		return s, fmt.Errorf("listing visits: %w", err)
	}
	s.Visits = len(visits.GetSupportSessions())
	return s, nil
}

// ready tells whether the news has arrived that the person came.
func (a *actors) ready(ctx context.Context) (bool, error) {
	c, err := a.collaborator(ctx)
	return c.GetState() == partnersupportv1.CollaboratorState_COLLABORATOR_STATE_READY, err
}

func (a *actors) collaborator(ctx context.Context) (*partnersupportv1.Collaborator, error) {
	answer, err := partnersupportv1.NewCollaboratorServiceClient(a.Partner.Owner).GetCollaborator(ctx,
		&partnersupportv1.GetCollaboratorRequest{PartnerId: a.Partner.ID, CollaboratorId: a.Collaborator})
	if err != nil {
		return nil, fmt.Errorf("reading the collaborator: %w", err)
	}
	return answer.GetCollaborator(), nil
}

func (a *actors) seeAssignment(ctx context.Context, s *Seen) error {
	list, err := partnersupportv1.NewAssignmentServiceClient(a.Partner.Owner).ListAssignments(ctx,
		&partnersupportv1.ListAssignmentsRequest{PartnerId: a.Partner.ID, CollaboratorId: a.Collaborator, DossierId: a.Dossier})
	if err != nil {
		return fmt.Errorf("listing assignments: %w", err)
	}
	live := 0
	for i, one := range list.GetAssignments() {
		if i == 0 {
			a.assignment = one.GetId()
		}
		if one.GetState() != partnersupportv1.AssignmentState_ASSIGNMENT_STATE_ENDED {
			a.assignment, s.Assignment = one.GetId(), one.GetState()
			live++
		}
	}
	if live > 1 {
		return fmt.Errorf("%d assignments are live at once", live)
	}
	return nil
}

func (a *actors) seeConsent(ctx context.Context, s *Seen) error {
	list, err := consentv1.NewConsentServiceClient(a.Client.Owner).ListConsents(ctx,
		&consentv1.ListConsentsRequest{OrganizationId: a.Client.ID})
	if err != nil {
		return fmt.Errorf("listing consents: %w", err)
	}
	yes := 0
	for i, one := range list.GetConsents() {
		if i == 0 {
			a.consent, s.Consent = one.GetId(), one.GetState()
		}
		if one.GetState() == given {
			yes++
		}
	}
	if yes > 1 {
		return fmt.Errorf("%d consents for one person hold at once", yes)
	}
	return nil
}

// allowed asks as the product does, in the last visit.
func (a *actors) allowed(ctx context.Context) (bool, error) {
	if a.visit == "" {
		return false, nil
	}
	answer, err := a.world.Check(ctx, a.Person.UserID, a.Client.ID, a.visit, feature)
	return answer.GetAllowed(), err
}

// errNothing is answered where there is nothing yet that a command could name.
var errNothing = errors.New("there is nothing to do this to")

// do gives a command.
func (a *actors) do(ctx context.Context, c Command) error {
	switch c {
	case Assign:
		return a.assign(ctx)
	case Detach:
		return a.detach(ctx)
	case Remove:
		return a.remove(ctx)
	case Approve, Refuse, NotNow, Withdraw:
		return a.answer(ctx, c)
	case Enter:
		return a.enter(ctx)
	case Leave:
		return a.leave(ctx)
	}
	return fmt.Errorf("there is no command %q", c)
}

func (a *actors) assign(ctx context.Context) error {
	answer, err := partnersupportv1.NewAssignmentServiceClient(a.Partner.Owner).BatchCreateAssignments(ctx, &partnersupportv1.BatchCreateAssignmentsRequest{
		PartnerId: a.Partner.ID, CollaboratorId: a.Collaborator, DossierIds: []string{a.Dossier}, Reason: "ticket 7", RequestId: id.New().Text("req"),
	})
	if err != nil {
		return err
	}
	if reason := answer.GetResults()[0].GetErrorReason(); reason != "" {
		return fmt.Errorf("assigning: %s", reason)
	}
	return nil
}

func (a *actors) detach(ctx context.Context) error {
	if a.assignment == "" {
		return errNothing
	}
	_, err := partnersupportv1.NewAssignmentServiceClient(a.Partner.Owner).DetachAssignment(ctx, &partnersupportv1.DetachAssignmentRequest{
		PartnerId: a.Partner.ID, AssignmentId: a.assignment, Confirm: "REMOVE", RequestId: id.New().Text("req"),
	})
	return err
}

func (a *actors) remove(ctx context.Context) error {
	_, err := partnersupportv1.NewCollaboratorServiceClient(a.Partner.Owner).RemoveCollaborator(ctx, &partnersupportv1.RemoveCollaboratorRequest{
		PartnerId: a.Partner.ID, CollaboratorId: a.Collaborator, Confirm: "REMOVE", RequestId: id.New().Text("req"),
	})
	return err
}

func (a *actors) answer(ctx context.Context, c Command) error {
	if a.consent == "" {
		return errNothing
	}
	client := consentv1.NewConsentServiceClient(a.Client.Owner)
	switch c {
	case Approve:
		shown, err := client.LookupConsent(ctx, &consentv1.LookupConsentRequest{ConsentId: a.consent})
		if err != nil {
			return err
		}
		yes := journey.Yes(shown.GetText(), consentv1.DurationChoice_DURATION_CHOICE_1_WEEK)
		yes.Overturn = shown.GetMayOverturn()
		_, err = client.ApproveConsent(ctx, &consentv1.ApproveConsentRequest{
			ConsentId: a.consent, Answer: yes,
		})
		return err
	case Withdraw:
		_, err := client.WithdrawConsent(ctx, &consentv1.WithdrawConsentRequest{ConsentId: a.consent})
		return err
	default:
		_, err := client.DeclineConsent(ctx, &consentv1.DeclineConsentRequest{ConsentId: a.consent, NotNow: c == NotNow})
		return err
	}
}

func (a *actors) enter(ctx context.Context) error {
	visit, err := a.world.EnterDossier(ctx, a.Person, a.Partner.ID, a.Dossier)
	if err == nil {
		a.visit = visit.GetSupportSession().GetId()
	}
	return err
}

func (a *actors) leave(ctx context.Context) error {
	if a.visit == "" {
		return errNothing
	}
	_, err := partnersupportv1.NewSupportSessionServiceClient(a.Person).EndSupportSession(ctx, &partnersupportv1.EndSupportSessionRequest{
		PartnerId: a.Partner.ID, SupportSessionId: a.visit,
	})
	return err
}
