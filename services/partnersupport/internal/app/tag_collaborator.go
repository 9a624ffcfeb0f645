package app

import (
	"context"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// TagCollaborator tags a person as employee or freelancer, or takes the tag
// off (R71, R73, R78).
type TagCollaborator struct{ Deps }

// TagIn says whom, and how.
type TagIn struct {
	Partner, Collaborator id.ID
	Tagging               domain.Tagging
	Key                   idempotency.Key
}

// Do changes the tag from now on.
func (u TagCollaborator) Do(ctx context.Context, in TagIn) (*v1.TagCollaboratorResponse, error) {
	in.Tagging.Time = u.Clock.Now()
	return pg.InTenant(ctx, u.DB, in.Partner, func(ctx context.Context, tx pg.Tx) (*v1.TagCollaboratorResponse, error) {
		return idempotency.Do(ctx, tx, in.Key, func() (*v1.TagCollaboratorResponse, error) {
			c, err := postgres.LockCollaborator(ctx, tx, in.Partner, in.Collaborator)
			if err != nil {
				return nil, err
			}
			held, err := u.retag(ctx, tx, c, in.Tagging)
			return &v1.TagCollaboratorResponse{Collaborator: contract.TaggedToProto(c, held)}, err
		})
	})
}

// retag gives the tag that holds afterwards.
func (u TagCollaborator) retag(ctx context.Context, tx pg.Tx, c domain.Collaborator, in domain.Tagging) (*domain.Tag, error) {
	held, err := postgres.HeldTag(ctx, tx, c, in.Time)
	if err != nil {
		return nil, err
	}
	ended, begun, err := c.Retag(held, in)
	if err != nil || ended == nil && begun == nil {
		return held, err
	}
	if ended != nil {
		if err := postgres.EndTag(ctx, tx, *ended); err != nil {
			return nil, err
		}
	}
	if begun != nil {
		begun.ID = u.NewID()
		if err := postgres.AddTag(ctx, tx, *begun); err != nil {
			return nil, err
		}
	}
	return begun, toldTag(ctx, tx, c, contract.TagChange{Before: ended, After: begun, Actor: in.Actor})
}

// toldTag publishes a change of a locked collaborator's tag.
func toldTag(ctx context.Context, tx pg.Tx, c domain.Collaborator, change contract.TagChange) error {
	c.Version++
	if err := postgres.SaveCollaborator(ctx, tx, c); err != nil {
		return err
	}
	return outbox.Append(ctx, tx, contract.CollaboratorTagged(c, change))
}

// dropTag ends the tag of a locked collaborator who leaves: whoever is gone
// belongs to nobody.
func dropTag(ctx context.Context, tx pg.Tx, c domain.Collaborator, h domain.Happening) error {
	held, err := postgres.HeldTag(ctx, tx, c, h.Time)
	if err != nil || held == nil {
		return err
	}
	over := held.End(h.Actor, h.Time)
	if err := postgres.EndTag(ctx, tx, over); err != nil {
		return err
	}
	return toldTag(ctx, tx, c, contract.TagChange{Before: &over, Actor: h.Actor})
}
