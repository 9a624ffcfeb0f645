package model

import (
	"context"
	"fmt"

	"github.com/aval-access/aval/deploy/journey"
	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
)

// Case is a partner with two people who support, linked to a client.
type Case struct {
	Partner, Client journey.Organization
	Dossier         string
	Helpers         [people]Helper
}

// Helper is one of them, as a person and as a collaborator.
type Helper struct {
	journey.Person
	Collaborator string
}

const (
	// feature stands for all that the preset of Technical support reaches, and
	// lies under what Narrow takes away.
	feature = "management/invoices"
	area    = "management"
	// page is enough for all that one case comes to.
	page = 200
)

// actors are the roles of one case, and what they know by having looked.
type actors struct {
	world journey.World
	Case

	assignments, consents [people]named
	// entered is the last visit of each, inside one that is seen to run.
	entered, inside [people]string
}

// named are the ids of what runs, of what waits, and of the newest.
type named struct{ running, waiting, newest string }

// at gives the id that an aim means; empty: there is nothing.
func (n named) at(a aim) string {
	switch a {
	case atRunning:
		return n.running
	case atWaiting:
		return n.waiting
	case atPast:
	}
	return n.newest
}

// see reads the case as its roles do, and remembers the ids. What the client's
// side says and what the partner's side says is whole when they agree.
func (a *actors) see(ctx context.Context) (s Seen, whole bool, err error) {
	if err := a.seeDossier(ctx, &s); err != nil {
		return s, false, err
	}
	if err := a.seeAssignments(ctx, &s); err != nil {
		return s, false, err
	}
	if err := a.seeConsents(ctx, &s); err != nil {
		return s, false, err
	}
	whole = true
	for who := range people {
		ours, theirs := a.assignments[who], a.consents[who]
		whole = whole && (ours.running != "") == (theirs.running != "") && (ours.waiting != "") == (theirs.waiting != "")
	}
	return s, whole, a.seeVisits(ctx, &s)
}

func (a *actors) seeDossier(ctx context.Context, s *Seen) error {
	answer, err := partnersupportv1.NewDossierServiceClient(a.Partner.Owner).GetDossier(ctx,
		&partnersupportv1.GetDossierRequest{PartnerId: a.Partner.ID, DossierId: a.Dossier})
	if err != nil {
		return fmt.Errorf("reading the dossier: %w", err)
	}
	s.Ended = answer.GetDossier().GetState() == partnersupportv1.DossierState_DOSSIER_STATE_ENDED
	for who := range people {
		c, err := a.collaborator(ctx, who)
		if err != nil {
			return err
		}
		s.Of[who].Removed = c.GetState() == partnersupportv1.CollaboratorState_COLLABORATOR_STATE_LEFT
		s.Of[who].Suspended = c.GetSuspendTime() != nil && !s.Of[who].Removed
	}
	return nil
}

// ready tells whether the news has arrived that both came.
func (a *actors) ready(ctx context.Context) (bool, error) {
	for who := range people {
		c, err := a.collaborator(ctx, who)
		if err != nil || c.GetState() != partnersupportv1.CollaboratorState_COLLABORATOR_STATE_READY {
			return false, err
		}
	}
	return true, nil
}

func (a *actors) collaborator(ctx context.Context, who int) (*partnersupportv1.Collaborator, error) {
	answer, err := partnersupportv1.NewCollaboratorServiceClient(a.Partner.Owner).GetCollaborator(ctx,
		&partnersupportv1.GetCollaboratorRequest{PartnerId: a.Partner.ID, CollaboratorId: a.Helpers[who].Collaborator})
	if err != nil {
		return nil, fmt.Errorf("reading a collaborator: %w", err)
	}
	return answer.GetCollaborator(), nil
}

func (a *actors) seeAssignments(ctx context.Context, s *Seen) error {
	list, err := partnersupportv1.NewAssignmentServiceClient(a.Partner.Owner).ListAssignments(ctx,
		&partnersupportv1.ListAssignmentsRequest{PartnerId: a.Partner.ID, DossierId: a.Dossier, PageSize: page})
	if err != nil {
		return fmt.Errorf("listing assignments: %w", err)
	}
	a.assignments = [people]named{}
	for _, one := range list.GetAssignments() {
		who := a.who(func(h Helper) bool { return h.Collaborator == one.GetCollaboratorId() })
		n := &a.assignments[who]
		switch one.GetState() {
		case partnersupportv1.AssignmentState_ASSIGNMENT_STATE_PENDING_CONSENT:
			err = once(&n.waiting, one.GetId())
		case partnersupportv1.AssignmentState_ASSIGNMENT_STATE_ENDED:
		default:
			err = once(&n.running, one.GetId())
		}
		if err != nil {
			return fmt.Errorf("assignments of %d: %w", who, err)
		}
		newest(n, one.GetId())
		s.Of[who].Running, s.Of[who].Waiting = n.running != "", n.waiting != ""
	}
	return nil
}

func (a *actors) seeConsents(ctx context.Context, s *Seen) error {
	list, err := consentv1.NewConsentServiceClient(a.Client.Owner).ListConsents(ctx,
		&consentv1.ListConsentsRequest{OrganizationId: a.Client.ID, PageSize: page})
	if err != nil {
		return fmt.Errorf("listing consents: %w", err)
	}
	a.consents = [people]named{}
	for _, one := range list.GetConsents() {
		who := a.who(func(h Helper) bool { return h.UserID == one.GetUserId() })
		n := &a.consents[who]
		switch one.GetState() {
		case requested:
			err = once(&n.waiting, one.GetId())
		case given:
			err = once(&n.running, one.GetId())
			s.Of[who].Narrow = isNarrow(one)
		}
		if err != nil {
			return fmt.Errorf("consents for %d: %w", who, err)
		}
		if newest(n, one.GetId()) {
			s.Of[who].Newest = one.GetState()
		}
	}
	return nil
}

func (a *actors) seeVisits(ctx context.Context, s *Seen) error {
	list, err := partnersupportv1.NewSupportSessionServiceClient(a.Partner.Owner).ListSupportSessions(ctx,
		&partnersupportv1.ListSupportSessionsRequest{PartnerId: a.Partner.ID, Live: true, PageSize: page})
	if err != nil {
		return fmt.Errorf("listing visits: %w", err)
	}
	a.inside = [people]string{}
	for _, one := range list.GetSupportSessions() {
		who := a.who(func(h Helper) bool { return h.Collaborator == one.GetCollaboratorId() })
		s.Of[who].Visits++
		a.inside[who] = one.GetId()
	}
	return nil
}

// who finds the helper; the second is whoever is not the first.
func (a *actors) who(is func(Helper) bool) int {
	if is(a.Helpers[0]) {
		return 0
	}
	return 1
}

// once notes the only one of a kind.
func once(at *string, id string) error {
	if *at != "" {
		return fmt.Errorf("both %s and %s hold at once", *at, id)
	}
	*at = id
	return nil
}

// newest notes the first that is read of somebody's.
func newest(n *named, id string) bool {
	if n.newest != "" {
		return false
	}
	n.newest = id
	return true
}

func isNarrow(c *consentv1.Consent) bool {
	for _, right := range c.GetGrantedRights() {
		if right.GetFeature() == area && right.GetLevel() == authzv1.Level_LEVEL_NONE {
			return true
		}
	}
	return false
}

// allowed asks as the product does, in a visit.
func (a *actors) allowed(ctx context.Context, who int, visit string) (bool, error) {
	if visit == "" {
		return false, nil
	}
	answer, err := a.world.Check(ctx, a.Helpers[who].UserID, a.Client.ID, visit, feature)
	return answer.GetAllowed(), err
}
