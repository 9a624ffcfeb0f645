package app

import (
	"context"
	"math"

	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// Successions starts the hand-overs of a collaborator who leaves, in the
// transaction of their leaving (R34, R36).
type Successions struct{ Deps }

// lockPair holds who leaves and who takes over, in the order of their ids:
// two removals that name each other's person wait instead of blocking.
func lockPair(ctx context.Context, tx pg.Tx, in RemoveIn) (from domain.Collaborator, to *domain.Collaborator, err error) {
	if in.Successor.IsZero() {
		from, err = postgres.LockCollaborator(ctx, tx, in.Partner, in.Collaborator)
		return from, nil, err
	}
	if in.Successor == in.Collaborator {
		return from, nil, fault.Invalid("successor_id", "collaborator.other")
	}
	var next domain.Collaborator
	hold := []struct {
		who *domain.Collaborator
		id  id.ID
	}{{&from, in.Collaborator}, {&next, in.Successor}}
	if in.Successor.String() < in.Collaborator.String() {
		hold[0], hold[1] = hold[1], hold[0]
	}
	for _, one := range hold {
		if *one.who, err = postgres.LockCollaborator(ctx, tx, in.Partner, one.id); err != nil {
			return from, nil, err
		}
	}
	return from, &next, nil
}

// begin asks every client of the live assignments for the successor, but for
// those whom the successor has already, and those who were asked for somebody
// else before; it answers how many are asked. An access and the request to
// extend it pass on as one. A successor who cannot take over at all refuses the whole removal.
func (u Successions) begin(ctx context.Context, tx pg.Tx, p parting, live []domain.Assignment) (int32, error) {
	if p.to == nil {
		return 0, nil
	}
	if err := p.to.Assignable(); err != nil {
		return 0, err
	}
	wanted := fields.Each(live, func(a domain.Assignment) id.ID { return a.DossierID })
	dossiers, err := postgres.DossiersByID(ctx, tx, p.from.PartnerID, wanted)
	if err != nil {
		return 0, err
	}
	assigned, err := postgres.AssignedDossiers(ctx, tx, *p.to, wanted)
	if err != nil {
		return 0, err
	}
	waiting, err := postgres.WaitingHandOvers(ctx, tx, p.from.PartnerID, fields.Each(live, domain.Assignment.Origin))
	if err != nil {
		return 0, err
	}
	var rows []domain.Assignment
	for _, before := range live {
		if domain.Admit(dossiers, assigned, before.DossierID) != "" || waiting[before.Origin()] {
			continue
		}
		next, err := before.PassOn(p.from, *p.to, domain.Passing{AssignmentID: u.NewID(), RequesterID: p.actor, Time: u.Clock.Now()})
		if err != nil {
			return 0, err
		}
		rows, waiting[before.Origin()] = append(rows, next), true
	}
	return int32(min(len(rows), math.MaxInt32)), store(ctx, tx, u.Queue, newAssignments{rows: rows, dossiers: dossiers, user: p.to.UserID})
}
