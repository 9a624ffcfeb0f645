package app

import (
	"context"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// SuspensionChanged follows a suspension, or its end, wherever it was pressed.
// Membership is asked how things stand now, because the two facts can be heard
// of in the wrong order.
func (u FollowMembership) SuspensionChanged(ctx context.Context, m Membership, member id.ID) error {
	person, err := u.Membership.Person(ctx, m.PartnerID, m.UserID)
	if err != nil {
		return err
	}
	return u.once(ctx, m, "a suspension changed", func(ctx context.Context, tx pg.Tx) error {
		found, err := postgres.CollaboratorOf(ctx, tx, m.PartnerID, m.UserID)
		if err != nil || found == nil {
			return err
		}
		c, err := postgres.LockCollaborator(ctx, tx, m.PartnerID, found.ID)
		if err != nil || c.State != domain.Ready {
			return err
		}
		if person != nil {
			return restore(ctx, tx, &c)
		}
		_, err = suspend(ctx, tx, &c, suspension{member, domain.Happening{Actor: m.ActorID, Time: u.Clock.Now()}})
		return err
	})
}
