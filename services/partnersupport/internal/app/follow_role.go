package app

import (
	"context"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// RoleChanged follows a staff role that was given, changed or taken on the
// members page. What was asked for the old role ends: its grants ended with the
// change already (R7).
func (u FollowMembership) RoleChanged(ctx context.Context, m Membership) error {
	person, err := u.Membership.Person(ctx, m.PartnerID, m.UserID)
	if err != nil {
		return err
	}
	// Who came by no invitation is told apart by the fact that made them staff.
	fresh := domain.Collaborator{
		PartnerID: m.PartnerID, ID: u.NewID(), InvitationID: m.EventID, UserID: m.UserID,
		GivenName: person.GetGivenName(), FamilyName: person.GetFamilyName(),
		PartnerRole: m.PartnerRole, State: domain.Ready, Version: 1, CreateTime: u.Clock.Now(),
	}
	return u.once(ctx, m, "a staff role changed", func(ctx context.Context, tx pg.Tx) error {
		found, err := postgres.CollaboratorOf(ctx, tx, m.PartnerID, m.UserID)
		if err != nil {
			return err
		}
		if found == nil && person == nil {
			return nil // gone since, or suspended: nobody is appointed whom membership does not answer for
		}
		if found == nil {
			return u.appoint(ctx, tx, fresh)
		}
		return u.changeRole(ctx, tx, m, found.ID)
	})
}

func (u FollowMembership) appoint(ctx context.Context, tx pg.Tx, c domain.Collaborator) error {
	if c.PartnerRole == "" {
		return nil
	}
	_, err := postgres.AddCollaborator(ctx, tx, c)
	return err
}

func (u FollowMembership) changeRole(ctx context.Context, tx pg.Tx, m Membership, collaborator id.ID) error {
	c, err := postgres.LockCollaborator(ctx, tx, m.PartnerID, collaborator)
	if err != nil || c.PartnerRole == m.PartnerRole {
		return err
	}
	happening := domain.Happening{Event: domain.PersonLeft, Time: u.Clock.Now()}
	if m.PartnerRole == "" {
		_, err = leave(ctx, tx, c, leaving{domain.MembershipEnded, happening})
		return err
	}
	if _, err := endAll(ctx, tx, c, happening); err != nil {
		return err
	}
	c.PartnerRole = m.PartnerRole
	c.Version++
	return postgres.SaveCollaborator(ctx, tx, c)
}
