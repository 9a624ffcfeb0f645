package app

import (
	"context"
	"time"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// arrivalWait is how long a removal waits for a fact that is on its way.
const arrivalWait = 3 * time.Second

// RemoveCollaborator ends everything that a person holds through the partner
// (R34, R82).
type RemoveCollaborator struct{ Deps }

// RemoveIn says whom, and who typed what.
type RemoveIn struct {
	Partner, Collaborator, Actor id.ID
	Successor                    id.ID // who takes over; zero: nobody (R36)
	Confirm                      string
	Key                          idempotency.Key
}

// Do begins the removal in our own rows, drives it through the services, and
// answers when all of it is over. Repeating it goes on where it stopped.
func (u RemoveCollaborator) Do(ctx context.Context, in RemoveIn) (*v1.RemoveCollaboratorResponse, error) {
	if err := domain.Confirm(in.Confirm); err != nil {
		return nil, err
	}
	resp, done, err := answered[*v1.RemoveCollaboratorResponse](ctx, u.DB, in.Key)
	if done || err != nil {
		return resp, err
	}
	if err := u.prepare(ctx, in); err != nil {
		return nil, err
	}
	r, err := u.begin(ctx, in)
	if err != nil {
		return nil, err
	}
	if r, err = DriveRemoval(u).Do(ctx, in.Partner, r.ID); err != nil {
		return nil, err
	}
	err = u.DB.InTenant(ctx, in.Partner, func(ctx context.Context, tx pg.Tx) (err error) {
		resp, err = idempotency.Do(ctx, tx, in.Key, func() (*v1.RemoveCollaboratorResponse, error) {
			return &v1.RemoveCollaboratorResponse{
				Receipt: contract.ReceiptToProto(r.Receipt, *r.CompleteTime), HandOvers: r.HandOvers,
			}, nil
		})
		return err
	})
	return resp, err
}

// prepare does what needs the administrator, for a job cannot act for a person:
// it takes the invitation of somebody back who has not come yet. Who came before
// that is waited for, so that the removal is theirs.
func (u RemoveCollaborator) prepare(ctx context.Context, in RemoveIn) error {
	c, err := u.known(ctx, in)
	if err == nil && c.State == domain.Invited {
		var accepted bool
		if accepted, err = u.Membership.CancelInvitation(ctx, c); err == nil && accepted {
			c, err = u.arrived(ctx, in)
		}
	}
	if err != nil || c.State != domain.Ready {
		return err
	}
	return u.spareOwners(ctx, in, c)
}

func (u RemoveCollaborator) known(ctx context.Context, in RemoveIn) (c domain.Collaborator, err error) {
	err = u.DB.InTenant(ctx, in.Partner, func(ctx context.Context, tx pg.Tx) (err error) {
		c, err = postgres.Collaborator(ctx, tx, in.Partner, in.Collaborator)
		return err
	})
	return c, err
}

// arrived waits for the fact that somebody accepted. While it does not come,
// because the broker is down, nothing can be promised: the caller tries again.
func (u RemoveCollaborator) arrived(ctx context.Context, in RemoveIn) (c domain.Collaborator, err error) {
	over := time.After(arrivalWait)
	pause := time.NewTicker(handoverPause)
	defer pause.Stop()
	for {
		if c, err = u.known(ctx, in); err != nil || c.State != domain.Invited {
			return c, err
		}
		select {
		case <-pause.C:
		case <-over:
			return c, fault.New(reasonv1.Reason_REASON_UNAVAILABLE, fault.RetryAfter(arrivalWait))
		case <-ctx.Done():
			return c, ctx.Err()
		}
	}
}

// spareOwners leaves an owner who helps clients too to another owner: asked
// before anything has ended, for membership keeps the last one, and what has
// begun would never come to its end. A membership that cannot be asked holds up
// no removal.
func (u RemoveCollaborator) spareOwners(ctx context.Context, in RemoveIn, c domain.Collaborator) error {
	person, err := u.Membership.Person(ctx, in.Partner, c.UserID)
	if err != nil || person.GetRole() != membershipv1.Role_ROLE_OWNER {
		return nil // as said above
	}
	actor, err := u.Membership.Person(ctx, in.Partner, in.Actor)
	if err != nil {
		return err
	}
	if c.UserID == in.Actor || actor.GetRole() != membershipv1.Role_ROLE_OWNER {
		return fault.New(reasonv1.Reason_REASON_PERMISSION_DENIED)
	}
	return nil
}

// begin ends our own rows and writes the removal that drives the rest;
// ResumeEnds takes over if this process does not finish.
func (u RemoveCollaborator) begin(ctx context.Context, in RemoveIn) (r domain.Removal, err error) {
	err = u.DB.InTenant(ctx, in.Partner, func(ctx context.Context, tx pg.Tx) error {
		c, to, err := lockPair(ctx, tx, in)
		if err != nil {
			return err
		}
		known, err := postgres.RemovalOf(ctx, tx, c)
		if err != nil {
			return err
		}
		if known != nil && c.State == domain.Left {
			r = *known
			return nil
		}
		r, err = u.start(ctx, tx, parting{c, to, in.Actor})
		return err
	})
	return r, err
}

// parting is a collaborator who leaves, and who takes over, if anybody.
type parting struct {
	from  domain.Collaborator
	to    *domain.Collaborator
	actor id.ID
}

func (u RemoveCollaborator) start(ctx context.Context, tx pg.Tx, p parting) (r domain.Removal, err error) {
	now, c, actor := u.Clock.Now(), p.from, p.actor
	r = domain.NewRemoval(u.NewID(), c, actor, now)
	if c.State != domain.Left { // else the membership ended before, and the siblings are asked to be sure
		live, err := postgres.LockLiveAssignments(ctx, tx, c.PartnerID, c.ID)
		if err != nil {
			return r, err
		}
		r.Receipt, err = leave(ctx, tx, c, leaving{
			event:     domain.Removed,
			happening: domain.Happening{Event: domain.PersonLeft, Actor: actor, Time: now},
		})
		if err != nil {
			return r, err
		}
		r.Receipt.Grants = r.Receipt.Assignments - r.Receipt.Requests // each stands on a yes
		if r.HandOvers, err = Successions(u).begin(ctx, tx, p, live); err != nil {
			return r, err
		}
	}
	r.ID, err = postgres.AddRemoval(ctx, tx, r)
	return r, err
}
