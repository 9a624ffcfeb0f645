package app

import (
	"context"
	"errors"

	"github.com/aval-access/aval/services/kit/email"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// maxElsewhere bounds the other organisations that are looked into.
const maxElsewhere = 50

// DiagnoseInvitation gathers what is known of a guest who cannot get in. It
// only reads; the mails are notification's to tell.
type DiagnoseInvitation struct {
	Deps
	DB *pg.DB
}

// Guest is who cannot get in, where, and who asks; AskerID is zero for the
// operator.
type Guest struct {
	OrganizationID, AskerID id.ID
	Address                 email.Address
}

// Do answers the evidence without the mails.
func (d DiagnoseInvitation) Do(ctx context.Context, g Guest) (domain.Evidence, error) {
	e := domain.Evidence{Email: g.Address.Stored()}
	err := d.DB.InTenant(ctx, g.OrganizationID, func(ctx context.Context, tx pg.Tx) (err error) {
		if e.Organization, err = postgres.FindOrganization(ctx, tx, g.OrganizationID); err != nil {
			return err
		}
		if e.Member, err = optional(postgres.FindByAddress(ctx, tx, g.OrganizationID, g.Address.Key())); err != nil {
			return err
		}
		if e.Like, err = postgres.FindLookAlikes(ctx, tx, g.OrganizationID, g.Address.Key(), g.Address.Folded()); err != nil {
			return err
		}
		if e.Latest, err = optional(postgres.FindLatest(ctx, tx, g.OrganizationID, g.Address.Key())); err != nil || e.Latest == nil {
			return err
		}
		return d.ofInvitation(ctx, tx, &e)
	})
	if err != nil || g.AskerID.IsZero() {
		return e, err
	}
	e.Elsewhere, err = d.elsewhere(ctx, g)
	return e, err
}

func (d DiagnoseInvitation) ofInvitation(ctx context.Context, tx pg.Tx, e *domain.Evidence) (err error) {
	if e.Now, err = postgres.Now(ctx, tx); err != nil {
		return err
	}
	*e.Latest = e.Latest.At(e.Now)
	if e.InviterName, err = inviterName(ctx, tx, *e.Latest); err != nil {
		return err
	}
	e.Sight, err = postgres.FindSight(ctx, tx, e.Latest.ID)
	return err
}

// elsewhere looks into the other organisations whose invitations the asker sees
// (R67): of no other is anything told.
func (d DiagnoseInvitation) elsewhere(ctx context.Context, g Guest) ([]domain.Elsewhere, error) {
	var places []domain.Place
	err := d.DB.InUser(ctx, g.AskerID, func(ctx context.Context, tx pg.Tx) (err error) {
		places, err = postgres.ListPlaces(ctx, tx, g.AskerID, postgres.Slice{Limit: maxElsewhere})
		return err
	})
	var out []domain.Elsewhere
	for _, place := range places {
		if place.Organization.ID == g.OrganizationID || !place.SeesInvitations() {
			continue
		}
		other := domain.Elsewhere{Name: place.Organization.Identification.LegalName}
		err = errors.Join(err, d.DB.InTenant(ctx, place.Organization.ID, func(ctx context.Context, tx pg.Tx) error {
			return standElsewhere(ctx, tx, &other, Guest{OrganizationID: place.Organization.ID, Address: g.Address})
		}))
		if other.Member || other.Pending {
			out = append(out, other)
		}
	}
	return out, err
}

func standElsewhere(ctx context.Context, tx pg.Tx, o *domain.Elsewhere, g Guest) error {
	member, err := optional(postgres.FindByAddress(ctx, tx, g.OrganizationID, g.Address.Key()))
	if err != nil {
		return err
	}
	latest, err := optional(postgres.FindLatest(ctx, tx, g.OrganizationID, g.Address.Key()))
	if err != nil {
		return err
	}
	o.Member = member != nil
	if latest != nil {
		*latest, err = asOfNow(ctx, tx, *latest)
		o.Pending = latest.State == domain.Pending
	}
	return err
}

// optional makes nil of what is not there.
func optional[T any](found T, err error) (*T, error) {
	if errors.Is(err, pg.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &found, nil
}
