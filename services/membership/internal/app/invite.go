package app

import (
	"context"
	"errors"
	"time"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/enum"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// Wanted is a person to invite, as typed, and to what.
type Wanted struct {
	Invitee   domain.Invitee
	Offer     domain.Offer
	ValidDays int32 // 0: as many as before, or the default
}

// Outcome is what became of inviting somebody.
type Outcome string

// The outcomes.
const (
	Created   Outcome = "CREATED"
	Renewed   Outcome = "RENEWED"
	Unchanged Outcome = "UNCHANGED"
	Linked    Outcome = "LINKED"
	Refused   Outcome = "REFUSED"
)

// inviting is what the invitations of one transaction share.
type inviting struct {
	Deps
	organization domain.Organization
	inviter      id.ID
	catalogue    domain.Catalogue
	// giver is nil where the operator invites.
	giver *domain.Giver
	now   time.Time
}

// inviting reads who invites, into what. Somebody who is no member has nothing
// to confer: pg.ErrNoRows.
func (d Deps) inviting(ctx context.Context, tx pg.Tx, organization, inviter id.ID) (inviting, error) {
	w := inviting{Deps: d, inviter: inviter}
	var err error
	if w.organization, err = postgres.FindOrganization(ctx, tx, organization); err != nil {
		return w, err
	}
	if w.catalogue, err = postgres.LoadCatalogue(ctx, tx); err != nil {
		return w, err
	}
	member, err := postgres.FindMember(ctx, tx, organization, inviter)
	if err != nil {
		return w, err
	}
	o := member.Offer
	w.giver = &domain.Giver{Role: o.Role, Rights: o.Rights, ValidUntil: member.ValidUntil}
	if err := d.lockQuota(ctx, tx, organization); err != nil {
		return w, err
	}
	w.now, err = postgres.Now(ctx, tx)
	return w, err
}

// check cleans what was typed and refuses what the organisation cannot offer,
// or the inviter cannot confer.
func (w inviting) check(p *Wanted) error {
	if err := p.Invitee.Clean(""); err != nil {
		return err
	}
	if err := addressOf(&p.Invitee, "email"); err != nil {
		return err
	}
	if err := p.Offer.Validate(w.organization.Kind, w.catalogue); err != nil {
		return err
	}
	if err := p.Offer.CheckEnd(w.now); err != nil {
		return err
	}
	return w.giver.MayConfer(p.Offer, w.catalogue)
}

// invite keeps one pending invitation per organisation and address: a second
// one renews the first, however many arrive at once.
func (w inviting) invite(ctx context.Context, tx pg.Tx, p Wanted) (domain.Invitation, Outcome, error) {
	for {
		i, outcome, err := w.propose(ctx, tx, p)
		if err != nil {
			return i, outcome, err
		}
		if outcome == Renewed {
			err = w.storeRenewal(ctx, tx, i)
		} else {
			var stored bool
			if stored, err = w.storeNew(ctx, tx, i); err == nil && !stored {
				continue // somebody was faster, and theirs is renewed
			}
		}
		if err != nil {
			return i, outcome, err
		}
		// Asked last: inviting waits for whoever is accepting at this moment.
		return i, outcome, refuseMember(ctx, tx, w.organization.ID, p.Invitee.EmailKey)
	}
}

// preview is invite without its effect; what would be new has no id.
func (w inviting) preview(ctx context.Context, tx pg.Tx, p Wanted) (domain.Invitation, Outcome, error) {
	i, outcome, err := w.propose(ctx, tx, p)
	if err != nil {
		return i, outcome, err
	}
	if outcome == Created {
		i.ID = id.ID{}
	}
	return i, outcome, refuseMember(ctx, tx, w.organization.ID, p.Invitee.EmailKey)
}

// propose gives the invitation as it would be stored: a new one, or the pending
// one, locked, with a new term.
func (w inviting) propose(ctx context.Context, tx pg.Tx, p Wanted) (domain.Invitation, Outcome, error) {
	pending, err := postgres.LockPending(ctx, tx, w.organization.ID, p.Invitee.EmailKey)
	if errors.Is(err, pg.ErrNoRows) {
		if err := w.refuseContact(ctx, tx, p); err != nil {
			return pending, "", err
		}
		if err := w.takeSeat(ctx, tx, p.Offer); err != nil {
			return pending, "", err
		}
		return domain.Invite(domain.Invitation{
			ID: w.NewID(), OrganizationID: w.organization.ID, InviterID: w.inviter,
			Invitee: p.Invitee, Offer: p.Offer, ValidDays: p.ValidDays,
		}, w.term()), Created, nil
	}
	if err != nil {
		return pending, "", err
	}
	if pending.Offer.Role == domain.Contact {
		if err := w.refuseContact(ctx, tx, p); err != nil {
			return pending, "", err
		}
	}
	if err := w.seatAgain(ctx, tx, pending); err != nil {
		return pending, "", err
	}
	err = w.renew(&pending, domain.Renewal{InviterID: w.inviter, Invitee: p.Invitee, Offer: p.Offer, ValidDays: p.ValidDays})
	return pending, Renewed, err
}

// takeSeat refuses where an organisation has no seat left (R131); two who ask
// for the last one wait for each other.
func takeSeat(ctx context.Context, tx pg.Tx, organization id.ID, may func(domain.Seats) error) error {
	seats, err := postgres.LockSeats(ctx, tx, organization)
	if err != nil {
		return err
	}
	return may(seats)
}

// seatAgain takes the seat of an invitation that gave it up when it expired.
func (w inviting) seatAgain(ctx context.Context, tx pg.Tx, i domain.Invitation) error {
	if i.At(w.now).State != domain.Expired {
		return nil
	}
	return w.takeSeat(ctx, tx, i.Offer)
}

// takeSeat takes one for a member to be; a client contact is none.
func (w inviting) takeSeat(ctx context.Context, tx pg.Tx, o domain.Offer) error {
	if o.Role == domain.Contact {
		return nil
	}
	return takeSeat(ctx, tx, w.organization.ID, domain.Seats.MayInvite)
}

// renew begins a new term of a locked invitation: not of one that offers more
// than the inviter holds.
func (w inviting) renew(i *domain.Invitation, r domain.Renewal) error {
	for _, offer := range []domain.Offer{i.Offer, r.Offer} {
		if w.giver == nil {
			break
		}
		if err := w.giver.MayConfer(offer, w.catalogue); err != nil {
			return err
		}
	}
	*i = i.At(w.now)
	return i.Renew(r, w.term())
}

func (w inviting) term() domain.Term { return domain.Term{Now: w.now, Default: w.InvitationLife} }

// lockQuota goes before every other lock of inviting, and after what is only
// read: others of the organisation wait for the rest.
func (d Deps) lockQuota(ctx context.Context, tx pg.Tx, organization id.ID) error {
	if d.Invitations.Size == 0 {
		return nil
	}
	return postgres.LockQuota(ctx, tx, organization)
}

// count counts an invitation whose mail is about to leave.
func (w inviting) count(ctx context.Context, tx pg.Tx) error {
	if w.Invitations.Size == 0 {
		return nil
	}
	return postgres.CountInvitation(ctx, tx, w.organization.ID, w.Invitations, w.now)
}

func (w inviting) storeNew(ctx context.Context, tx pg.Tx, i domain.Invitation) (bool, error) {
	stored, err := postgres.InsertInvitation(ctx, tx, i)
	if err != nil || !stored {
		return false, err
	}
	if err := w.count(ctx, tx); err != nil {
		return true, err
	}
	return true, announce(ctx, tx, i, &membershipv1.InvitationCreated{
		InvitationId: i.ID.Text("inv"), OrganizationId: i.OrganizationID.Text("org"),
		PartnerRole: enum.PartnerRole(i.Offer.PartnerRole), InviterId: i.InviterID.Text("usr"),
	})
}

func (w inviting) storeRenewal(ctx context.Context, tx pg.Tx, i domain.Invitation) error {
	if err := w.count(ctx, tx); err != nil {
		return err
	}
	if err := postgres.UpdateInvitation(ctx, tx, i); err != nil {
		return err
	}
	return announce(ctx, tx, i, &membershipv1.InvitationRenewed{
		InvitationId: i.ID.Text("inv"), OrganizationId: i.OrganizationID.Text("org"), Generation: i.Generation,
	})
}
