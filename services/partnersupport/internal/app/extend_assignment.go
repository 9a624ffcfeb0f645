package app

import (
	"context"
	"time"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// ExtendAssignment has the client asked for a longer or a wider access of
// somebody who has one, and changes nothing of it.
type ExtendAssignment struct{ Deps }

// ExtendIn says which, and for how long.
type ExtendIn struct {
	Partner, Assignment, Actor id.ID
	Reason                     string        // empty: as the last time
	Duration                   time.Duration // zero: as the last time
	Key                        idempotency.Key
}

// Do makes the assignment that waits, and leaves asking to its job.
func (u ExtendAssignment) Do(ctx context.Context, in ExtendIn) (*v1.ExtendAssignmentResponse, error) {
	if domain.Deceives(in.Reason) {
		return nil, fault.Invalid("reason", "text.control")
	}
	return pg.InTenant(ctx, u.DB, in.Partner, func(ctx context.Context, tx pg.Tx) (*v1.ExtendAssignmentResponse, error) {
		return idempotency.Do(ctx, tx, in.Key, func() (*v1.ExtendAssignmentResponse, error) {
			extension, err := u.extend(ctx, tx, in)
			return &v1.ExtendAssignmentResponse{Assignment: extension}, err
		})
	})
}

// extend holds the person, then what they have, so that nothing is asked for who
// leaves or is detached in this moment.
func (u ExtendAssignment) extend(ctx context.Context, tx pg.Tx, in ExtendIn) (*v1.Assignment, error) {
	c, err := u.holder(ctx, tx, in)
	if err != nil {
		return nil, err
	}
	running, err := postgres.LockAssignment(ctx, tx, in.Partner, in.Assignment)
	if err != nil {
		return nil, err
	}
	next, err := running.Extend(domain.Passing{
		AssignmentID: u.NewID(), RequesterID: in.Actor, Reason: in.Reason, Duration: in.Duration, Time: u.Clock.Now(),
	})
	if err != nil {
		return nil, err
	}
	waiting, err := postgres.WaitingAssignment(ctx, tx, c, running.DossierID)
	if err != nil {
		return nil, err
	}
	if waiting != nil { // asked once
		return contract.AssignmentToProto(*waiting, c.Name()), nil
	}
	return contract.AssignmentToProto(next, c.Name()), u.ask(ctx, tx, c, next)
}

// holder finds whose assignment it is, who must be there still.
func (u ExtendAssignment) holder(ctx context.Context, tx pg.Tx, in ExtendIn) (c domain.Collaborator, err error) {
	holder, err := postgres.HolderOf(ctx, tx, domain.Assignment{PartnerID: in.Partner, ID: in.Assignment})
	if err != nil {
		return c, err
	}
	if c, err = postgres.LockCollaborator(ctx, tx, in.Partner, holder); err != nil {
		return c, err
	}
	return c, c.Assignable()
}

func (u ExtendAssignment) ask(ctx context.Context, tx pg.Tx, c domain.Collaborator, next domain.Assignment) error {
	dossiers, err := postgres.DossiersByID(ctx, tx, next.PartnerID, []id.ID{next.DossierID})
	if err != nil {
		return err
	}
	if refusal := domain.Admit(dossiers, nil, next.DossierID); refusal != "" {
		return refusal
	}
	return store(ctx, tx, u.Queue, newAssignments{rows: []domain.Assignment{next}, dossiers: dossiers, user: c.UserID, extends: true})
}
