package app

import (
	"context"
	"errors"

	"google.golang.org/protobuf/proto"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// KeepContact attaches clients' people to a firm and detaches them. Adding is
// done in the system's transaction: whether Aval knows the address is found in
// all organisations, and never answered.
type KeepContact struct{ Deps }

// ContactInput says who attaches whom. Contact.Email is as typed.
type ContactInput struct {
	ActorID id.ID
	Contact domain.ClientContact
}

// Add answers the contact with all their dossiers, whoever they were before.
func (k KeepContact) Add(ctx context.Context, tx pg.Tx, in ContactInput) (domain.ClientContact, error) {
	c := in.Contact
	who := domain.Invitee{Email: c.Email, GivenName: c.GivenName, FamilyName: c.FamilyName}
	if err := who.Clean(""); err != nil {
		return c, err
	}
	if err := addressOf(&who, "email"); err != nil {
		return c, err
	}
	firm, err := postgres.FindOrganization(ctx, tx, c.PartnerID)
	if err != nil {
		return c, err
	}
	if firm.Kind != domain.Partner {
		return c, domain.ErrKindWrong
	}
	if err := k.lockQuota(ctx, tx, c.PartnerID); err != nil {
		return c, err
	}
	held, err := postgres.LockContact(ctx, tx, c.PartnerID, id.ID{}, who.EmailKey)
	if errors.Is(err, pg.ErrNoRows) {
		held, err = k.fresh(ctx, tx, c.PartnerID, who)
	}
	if err != nil {
		return held, err
	}
	if held.UserID.IsZero() {
		if err := k.invite(ctx, tx, in.ActorID, firm, who); err != nil {
			return held, err
		}
	}
	added := held.Attach(c.Dossiers)
	if len(added) == 0 {
		return held, nil
	}
	if err := postgres.StoreContact(ctx, tx, held); err != nil {
		return held, err
	}
	return held, announceContact(ctx, tx, held, &membershipv1.ContactAdded{
		ContactId: held.ID.Text("cct"), OrganizationId: held.PartnerID.Text("org"), ActorId: in.ActorID.Text("usr"),
		DossierIds: textsOf("dos", added),
	})
}

// fresh is a contact that the firm did not have, linked to whoever proved the
// address elsewhere (R96).
func (k KeepContact) fresh(ctx context.Context, tx pg.Tx, partner id.ID, who domain.Invitee) (domain.ClientContact, error) {
	user, err := postgres.FindPerson(ctx, tx, who.EmailKey)
	return domain.ClientContact{
		ID: k.NewID(), PartnerID: partner, UserID: user, Email: who.Email, EmailKey: who.EmailKey,
		GivenName: who.GivenName, FamilyName: who.FamilyName, CreateTime: k.Clock.Now(),
	}, err
}

// invite asks somebody new, or again who has not come yet. Who is asked to be a
// member is linked when they accept that.
func (k KeepContact) invite(ctx context.Context, tx pg.Tx, actor id.ID, firm domain.Organization, who domain.Invitee) error {
	pending, err := postgres.LockPending(ctx, tx, firm.ID, who.EmailKey)
	if err == nil && pending.Offer.Role != domain.Contact {
		return nil
	}
	if err != nil && !errors.Is(err, pg.ErrNoRows) {
		return err
	}
	w := inviting{Deps: k.Deps, organization: firm, inviter: actor}
	if w.now, err = postgres.Now(ctx, tx); err != nil {
		return err
	}
	_, _, err = w.invite(ctx, tx, Wanted{Invitee: who, Offer: domain.Offer{Role: domain.Contact, Rights: domain.Rights{}}})
	return err
}

// Remove detaches a contact from one dossier, or with the zero id from the
// firm.
func (k KeepContact) Remove(ctx context.Context, tx pg.Tx, actor id.ID, which domain.ClientContact, dossier id.ID) (domain.ClientContact, error) {
	c, err := postgres.LockContact(ctx, tx, which.PartnerID, which.ID, "")
	if err != nil || !c.Detach(dossier, k.Clock.Now()) {
		return c, err
	}
	if err := postgres.StoreContact(ctx, tx, c); err != nil {
		return c, err
	}
	return c, announceContact(ctx, tx, c, &membershipv1.ContactRemoved{
		ContactId: c.ID.Text("cct"), OrganizationId: c.PartnerID.Text("org"), ActorId: actor.Text("usr"), DossierId: dossier.Text("dos"),
	})
}

func announceContact(ctx context.Context, tx pg.Tx, c domain.ClientContact, fact proto.Message) error {
	return outbox.Append(ctx, tx, outbox.Event{
		AggregateType: "contact", AggregateID: c.ID, Version: c.Version, Tenant: c.PartnerID, Message: fact,
	})
}
