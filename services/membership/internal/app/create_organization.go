package app

import (
	"context"
	"fmt"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/email"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/enum"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// CreateOrganization makes an organisation and invites its owner, both or
// neither. There is no self sign-up: the operator calls it.
type CreateOrganization struct{ Deps }

// CreateOrganizationInput names the new organisation, whose id is the
// transaction's tenant, and its owner. Owner.Email is as typed.
type CreateOrganizationInput struct {
	Organization domain.Organization
	Owner        domain.Invitee
}

// Do answers the organisation and the owner's invitation.
func (c CreateOrganization) Do(
	ctx context.Context, tx pg.Tx, in CreateOrganizationInput,
) (domain.Organization, domain.Invitation, error) {
	org := in.Organization
	org.State, org.CreateTime = domain.Active, c.Clock.Now()
	if err := prepare(&org, &in.Owner); err != nil {
		return org, domain.Invitation{}, err
	}
	if err := postgres.InsertOrganization(ctx, tx, org); err != nil {
		return org, domain.Invitation{}, err
	}
	err := outbox.Append(ctx, tx, outbox.Event{
		AggregateType: "organization", AggregateID: org.ID, Version: 1, Tenant: org.ID,
		Message: &membershipv1.OrganizationCreated{OrganizationId: org.ID.Text("org"), Kind: enum.Kind(org.Kind)},
	})
	if err != nil {
		return org, domain.Invitation{}, fmt.Errorf("announcing: %w", err)
	}
	w := inviting{Deps: c.Deps, organization: org}
	if w.now, err = postgres.Now(ctx, tx); err != nil {
		return org, domain.Invitation{}, err
	}
	invitation, _, err := w.invite(ctx, tx, Wanted{
		Invitee: in.Owner, Offer: domain.Offer{Role: domain.Owner, Rights: domain.Rights{}},
	})
	return org, invitation, err
}

// prepare checks and normalises what the operator typed.
func prepare(org *domain.Organization, owner *domain.Invitee) error {
	if err := org.Validate(); err != nil {
		return err
	}
	if err := owner.Clean("owner_"); err != nil {
		return err
	}
	if contact := &org.Identification.ContactEmail; *contact != "" {
		address, err := email.Parse(*contact)
		if err != nil {
			return fault.With(err, fault.Field("identification.contact_email", "string.email"))
		}
		*contact = address.Stored()
	}
	return addressOf(owner, "owner_email")
}

// addressOf turns the typed address into the one that mail is sent to, and its
// key.
func addressOf(who *domain.Invitee, field string) error {
	address, err := email.Parse(who.Email)
	if err != nil {
		return fault.With(err, fault.Field(field, "string.email"))
	}
	who.Email, who.EmailKey = address.Stored(), address.Key()
	return nil
}
