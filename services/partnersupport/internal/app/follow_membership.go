package app

import (
	"context"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/inbox"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// MembershipConsumer is the durable consumer of membership's facts.
const MembershipConsumer = "partnersupport-membership"

// FollowMembership keeps collaborators in step with memberships.
type FollowMembership struct{ Deps }

// Membership is a person in a partner, as an event names it.
type Membership struct {
	EventID                         id.ID
	PartnerID, UserID, InvitationID id.ID
	ActorID                         id.ID              // who took an invitation back; zero: the invited person
	PartnerRole                     domain.PartnerRole // empty: no staff
}

// Started makes the collaborator READY (R17, R19), whichever came first: this
// fact or our own row. Membership is asked how things stand now, because the
// end can be heard of before the start.
func (u FollowMembership) Started(ctx context.Context, m Membership) error {
	if m.PartnerRole == "" || m.InvitationID.IsZero() {
		return nil
	}
	person, err := u.Membership.Person(ctx, m.PartnerID, m.UserID)
	if err != nil {
		return err
	}
	fresh := domain.Collaborator{
		PartnerID: m.PartnerID, ID: u.NewID(), InvitationID: m.InvitationID,
		GivenName: person.GetGivenName(), FamilyName: person.GetFamilyName(),
		PartnerRole: m.PartnerRole, State: domain.Invited, Version: 1, CreateTime: u.Clock.Now(),
	}
	return u.once(ctx, m, "a membership started", func(ctx context.Context, tx pg.Tx) error {
		c, err := postgres.AddCollaborator(ctx, tx, fresh)
		if err != nil {
			return err
		}
		return u.arrive(ctx, tx, arrival{c, m.UserID, person != nil})
	})
}

// arrival is a person who accepted, and whether they still are a member.
type arrival struct {
	collaborator domain.Collaborator
	user         id.ID
	member       bool
}

func (u FollowMembership) arrive(ctx context.Context, tx pg.Tx, a arrival) error {
	c := a.collaborator
	switch {
	case c.State == domain.Invited && a.member:
		if err := c.Start(a.user); err != nil {
			return err
		}
		return postgres.SaveCollaborator(ctx, tx, c)
	case c.State == domain.Invited:
		if err := c.Leave(domain.Removed, u.Clock.Now()); err != nil {
			return err
		}
		return postgres.SaveCollaborator(ctx, tx, c)
	case c.State == domain.Left && c.UserID.IsZero() && a.member:
		return u.sendAway(ctx, tx, c, a.user)
	}
	return nil
}

// sendAway removes a person who was removed while their invitation had run out, and
// who accepted it once it was renewed: the removal, done with nothing to end, goes
// through the services after all, driven by ResumeEnds.
func (u FollowMembership) sendAway(ctx context.Context, tx pg.Tx, c domain.Collaborator, user id.ID) error {
	removal, err := postgres.RemovalOf(ctx, tx, c)
	if err != nil || removal == nil {
		return err
	}
	from := removal.Stage
	if err := removal.Reopen(user); err != nil {
		return err
	}
	c.UserID = user
	if err := postgres.SaveCollaborator(ctx, tx, c); err != nil {
		return err
	}
	return postgres.SaveRemoval(ctx, tx, *removal, from)
}

// Withdrawn makes a collaborator LEFT whose invitation was taken back on
// whatever page, or declined (R54). Who has come already stays.
func (u FollowMembership) Withdrawn(ctx context.Context, m Membership) error {
	return u.once(ctx, m, "an invitation ended", func(ctx context.Context, tx pg.Tx) error {
		c, err := postgres.LockInvited(ctx, tx, m.PartnerID, m.InvitationID)
		if err != nil || c == nil || c.State != domain.Invited {
			return err
		}
		_, err = leave(ctx, tx, *c, leaving{
			event:     domain.InvitationEnded,
			happening: domain.Happening{Event: domain.PersonLeft, Actor: m.ActorID, Time: u.Clock.Now()},
		})
		return err
	})
}

// Ended makes the collaborator LEFT and ends their assignments. The grants
// ended with the membership already. Who was invited again since, and came, is a
// member by another membership: the old one's end is no news.
func (u FollowMembership) Ended(ctx context.Context, m Membership) error {
	back, err := u.isBack(ctx, m)
	if err != nil || back {
		return err
	}
	return u.once(ctx, m, "a membership ended", func(ctx context.Context, tx pg.Tx) error {
		found, err := postgres.CollaboratorOf(ctx, tx, m.PartnerID, m.UserID)
		if err != nil || found == nil {
			return err
		}
		c, err := postgres.LockCollaborator(ctx, tx, m.PartnerID, found.ID)
		if err != nil || c.State == domain.Left {
			return err
		}
		_, err = leave(ctx, tx, c, leaving{domain.MembershipEnded, domain.Happening{Event: domain.PersonLeft, Time: u.Clock.Now()}})
		return err
	})
}

// isBack tells whether a collaborator is a member in spite of the end. Of
// somebody who is no collaborator membership is not asked.
func (u FollowMembership) isBack(ctx context.Context, m Membership) (bool, error) {
	found, err := pg.InSystem(ctx, u.DB, "a membership ended", func(ctx context.Context, tx pg.Tx) (*domain.Collaborator, error) {
		return postgres.CollaboratorOf(ctx, tx, m.PartnerID, m.UserID)
	})
	if err != nil || found == nil {
		return false, err
	}
	person, err := u.Membership.Person(ctx, m.PartnerID, m.UserID)
	return person != nil, err
}

// leaving says how a collaborator leaves, and what that does to assignments.
type leaving struct {
	event     domain.CollaboratorEvent
	happening domain.Happening
}

// leave ends a locked collaborator's work in our own rows.
func leave(ctx context.Context, tx pg.Tx, c domain.Collaborator, l leaving) (domain.Receipt, error) {
	if err := c.Leave(l.event, l.happening.Time); err != nil {
		return domain.Receipt{}, err
	}
	if err := postgres.SaveCollaborator(ctx, tx, c); err != nil {
		return domain.Receipt{}, err
	}
	if err := outbox.Append(ctx, tx, contract.CollaboratorLeft(c, l.happening.Actor)); err != nil {
		return domain.Receipt{}, err
	}
	if err := dropTag(ctx, tx, c, l.happening); err != nil {
		return domain.Receipt{}, err
	}
	return endAll(ctx, tx, c, l.happening)
}

// once applies an event's effect in one transaction, the first time only.
func (u FollowMembership) once(ctx context.Context, m Membership, reason string, fn pg.Func) error {
	return u.DB.InSystem(ctx, reason, func(ctx context.Context, tx pg.Tx) error {
		first, err := inbox.Once(ctx, tx, MembershipConsumer, m.EventID)
		if err != nil || !first {
			return err
		}
		return fn(ctx, tx)
	})
}
