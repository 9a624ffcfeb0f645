package app

import (
	"context"

	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// ending is an assignment about to end, with the ids that its event names.
type ending struct {
	assignment domain.Assignment
	parties    contract.AssignmentParties
}

// end applies the event to the locked assignment, ends its open visits, and
// answers what ended. The decision on access is not ours: the siblings deny by
// themselves.
func (e *ending) end(ctx context.Context, tx pg.Tx, h domain.Happening) (domain.Receipt, error) {
	list := []ending{*e}
	ended, err := endEach(ctx, tx, list, h)
	*e = list[0]
	return ended, err
}

// endEach is end for several of one partner: the round trips are the same for
// one as for all.
func endEach(ctx context.Context, tx pg.Tx, list []ending, h domain.Happening) (domain.Receipt, error) {
	var ended domain.Receipt
	var saved, over []domain.Assignment
	var events []outbox.Event
	for i := range list {
		a := &list[i].assignment
		waited := a.State == domain.PendingConsent
		if err := a.CatchUp(h); err != nil {
			return domain.Receipt{}, err
		}
		saved = append(saved, *a)
		if a.Live() {
			continue
		}
		if waited {
			ended.Requests++
		}
		ended.Assignments++
		over, events = append(over, *a), append(events, contract.AssignmentEnded(*a, list[i].parties, h.By()))
	}
	if err := postgres.SaveAssignments(ctx, tx, saved); err != nil {
		return domain.Receipt{}, err
	}
	if err := outbox.AppendAll(ctx, tx, events); err != nil {
		return domain.Receipt{}, err
	}
	var err error
	ended.SupportSessions, err = endVisits(ctx, tx, over, h)
	return ended, err
}

func endVisits(ctx context.Context, tx pg.Tx, over []domain.Assignment, h domain.Happening) (int32, error) {
	open, err := postgres.LockOpenSessions(ctx, tx, over)
	if err != nil {
		return 0, err
	}
	for _, s := range open {
		if err := endVisit(ctx, tx, &s, domain.VisitEnd{Actor: h.Actor, Side: h.By(), Time: h.Time}); err != nil {
			return 0, err
		}
	}
	return int32(len(open)), nil // bounded by the query
}

// endVisit ends a locked visit once; one that ended already stays as it is.
func endVisit(ctx context.Context, tx pg.Tx, s *domain.SupportSession, e domain.VisitEnd) error {
	if !s.End(e) {
		return nil
	}
	if err := postgres.SaveSession(ctx, tx, *s); err != nil {
		return err
	}
	return outbox.Append(ctx, tx, contract.SessionEnded(*s, e.Side))
}

// endAll ends every assignment of a locked collaborator who leaves.
func endAll(ctx context.Context, tx pg.Tx, c domain.Collaborator, h domain.Happening) (domain.Receipt, error) {
	live, err := postgres.LockLiveAssignments(ctx, tx, c.PartnerID, c.ID)
	if err != nil || len(live) == 0 {
		return domain.Receipt{}, err
	}
	dossiers, err := postgres.DossiersByID(ctx, tx, c.PartnerID, dossierIDs(live))
	if err != nil {
		return domain.Receipt{}, err
	}
	return endEach(ctx, tx, fields.Each(live, func(a domain.Assignment) ending {
		return ending{a, contract.AssignmentParties{ClientID: dossiers[a.DossierID].ClientID, UserID: c.UserID}}
	}), h)
}

func dossierIDs(list []domain.Assignment) []id.ID {
	return fields.Each(list, func(a domain.Assignment) id.ID { return a.DossierID })
}

// lockEnding finds an assignment with the ids that its event names.
func lockEnding(ctx context.Context, tx pg.Tx, partner, assignment id.ID) (ending, domain.Collaborator, error) {
	a, err := postgres.LockAssignment(ctx, tx, partner, assignment)
	if err != nil {
		return ending{}, domain.Collaborator{}, err
	}
	d, err := postgres.Dossier(ctx, tx, partner, a.DossierID)
	if err != nil {
		return ending{}, domain.Collaborator{}, err
	}
	c, err := postgres.Collaborator(ctx, tx, partner, a.CollaboratorID)
	return ending{a, contract.AssignmentParties{ClientID: d.ClientID, UserID: c.UserID}}, c, err
}
