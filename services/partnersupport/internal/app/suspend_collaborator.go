package app

import (
	"context"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// SuspendCollaborator denies a person everything for now, and takes that back.
type SuspendCollaborator struct{ Deps }

// SuspendIn says whom.
type SuspendIn struct {
	Partner, Collaborator, Actor id.ID
	Key                          idempotency.Key
}

// Do has membership suspend the member on behalf of the administrator, which
// denies at once and closes the visits; then our rows follow. A crash in between
// is mended by repeating, or by membership's fact.
func (u SuspendCollaborator) Do(ctx context.Context, in SuspendIn) (*v1.SuspendCollaboratorResponse, error) {
	resp, done, err := answered[*v1.SuspendCollaboratorResponse](ctx, u.DB, in.Key)
	if done || err != nil {
		return resp, err
	}
	before, err := u.read(ctx, in)
	if err != nil {
		return nil, err
	}
	member, err := u.member(ctx, before.collaborator)
	if err != nil {
		return nil, err
	}
	if err := u.Membership.SuspendMember(ctx, in.Partner, member); err != nil {
		return nil, err
	}
	return pg.InTenant(ctx, u.DB, in.Partner, func(ctx context.Context, tx pg.Tx) (*v1.SuspendCollaboratorResponse, error) {
		return idempotency.Do(ctx, tx, in.Key, func() (*v1.SuspendCollaboratorResponse, error) {
			c, err := postgres.LockCollaborator(ctx, tx, in.Partner, in.Collaborator)
			if err != nil {
				return nil, err
			}
			visits, err := suspend(ctx, tx, &c, suspension{member, domain.Happening{Actor: in.Actor, Time: u.Clock.Now()}})
			return &v1.SuspendCollaboratorResponse{
				Collaborator: contract.CollaboratorToProto(c), SupportSessionsEnded: max(visits, before.visits),
			}, err
		})
	})
}

// working is a collaborator with the number of visits that run.
type working struct {
	collaborator domain.Collaborator
	visits       int32
}

// read finds how things stand before: membership's fact can be faster than this
// call, and then the visits of our rows have ended already.
func (u SuspendCollaborator) read(ctx context.Context, in SuspendIn) (working, error) {
	return pg.InTenant(ctx, u.DB, in.Partner, func(ctx context.Context, tx pg.Tx) (w working, err error) {
		if w.collaborator, err = postgres.Collaborator(ctx, tx, in.Partner, in.Collaborator); err != nil {
			return w, err
		}
		w.visits, err = postgres.CountOpenSessions(ctx, tx, w.collaborator)
		return w, err
	})
}

// member finds as which member the person is known; who is suspended already by
// what was noted then.
func (u SuspendCollaborator) member(ctx context.Context, c domain.Collaborator) (id.ID, error) {
	if err := c.Working(); err != nil {
		return id.ID{}, err
	}
	if c.SuspendTime != nil {
		return c.MemberID, nil
	}
	return u.Membership.MemberID(ctx, c.PartnerID, c.UserID)
}

// Restore takes the suspension back: what the clients gave holds again.
func (u SuspendCollaborator) Restore(ctx context.Context, in SuspendIn) (*v1.RestoreCollaboratorResponse, error) {
	resp, done, err := answered[*v1.RestoreCollaboratorResponse](ctx, u.DB, in.Key)
	if done || err != nil {
		return resp, err
	}
	before, err := u.read(ctx, in)
	if err != nil {
		return nil, err
	}
	if before.collaborator.SuspendTime == nil {
		return nil, domain.TransitionRefused
	}
	if err := u.Membership.RestoreMember(ctx, in.Partner, before.collaborator.MemberID); err != nil {
		return nil, err
	}
	return pg.InTenant(ctx, u.DB, in.Partner, func(ctx context.Context, tx pg.Tx) (*v1.RestoreCollaboratorResponse, error) {
		return idempotency.Do(ctx, tx, in.Key, func() (*v1.RestoreCollaboratorResponse, error) {
			c, err := postgres.LockCollaborator(ctx, tx, in.Partner, in.Collaborator)
			if err != nil {
				return nil, err
			}
			err = restore(ctx, tx, &c)
			return &v1.RestoreCollaboratorResponse{Collaborator: contract.CollaboratorToProto(c)}, err
		})
	})
}

// suspension is a person's, as a member, and who suspended when.
type suspension struct {
	member    id.ID
	happening domain.Happening
}

// suspend notes it for a locked collaborator and ends their visits; it answers
// how many.
func suspend(ctx context.Context, tx pg.Tx, c *domain.Collaborator, s suspension) (visits int32, err error) {
	changed, err := c.Suspend(s.member, s.happening.Time)
	if err != nil || !changed {
		return 0, err
	}
	if err := postgres.SaveCollaborator(ctx, tx, *c); err != nil {
		return 0, err
	}
	live, err := postgres.LockLiveAssignments(ctx, tx, c.PartnerID, c.ID)
	if err != nil {
		return 0, err
	}
	return endVisits(ctx, tx, live, s.happening)
}

func restore(ctx context.Context, tx pg.Tx, c *domain.Collaborator) error {
	if !c.Restore() {
		return nil
	}
	return postgres.SaveCollaborator(ctx, tx, *c)
}
