package rpc

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/page"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
	"github.com/aval-access/aval/services/membership/internal/sibling"
)

// Contacts implements ContactService.
type Contacts struct {
	membershipv1.UnimplementedContactServiceServer
	app.Deps
	DB       *pg.DB
	Pages    *page.Sealer
	Dossiers sibling.Dossiers
}

// AddContact attaches a person to a firm for dossiers of it.
func (s *Contacts) AddContact(
	ctx context.Context, req *membershipv1.AddContactRequest,
) (*membershipv1.AddContactResponse, error) {
	var f fields.Reader
	in := app.ContactInput{ActorID: person(ctx).UserID, Contact: domain.ClientContact{
		PartnerID: f.ID("org", "partner_id", req.GetPartnerId()), Email: req.GetEmail(),
		GivenName: req.GetGivenName(), FamilyName: req.GetFamilyName(), Dossiers: f.IDs("dos", "dossier_ids", req.GetDossierIds()),
	}}
	if f.Err() != nil {
		return nil, f.Err()
	}
	if err := s.Dossiers.CheckOwn(ctx, in.Contact.PartnerID, in.Contact.Dossiers); err != nil {
		return nil, err
	}
	c := call{membershipv1.ContactService_AddContact_FullMethodName, req}
	return onceBeyond(ctx, s.DB, "contacts", c,
		func(ctx context.Context, tx pg.Tx) (*membershipv1.AddContactResponse, error) {
			added, err := app.KeepContact{Deps: s.Deps}.Add(ctx, tx, in)
			return &membershipv1.AddContactResponse{Contact: contactToProto(added)}, err
		})
}

// ListContacts lists a firm's contacts.
func (s *Contacts) ListContacts(
	ctx context.Context, req *membershipv1.ListContactsRequest,
) (*membershipv1.ListContactsResponse, error) {
	var f fields.Reader
	partner := f.ID("org", "partner_id", req.GetPartnerId())
	dossier := f.Optional("dos", "dossier_id", req.GetDossierId())
	if f.Err() != nil {
		return nil, f.Err()
	}
	asked, err := s.Pages.List(ctx, req)
	if err != nil {
		return nil, err
	}
	slice, err := sliceOf(asked)
	if err != nil {
		return nil, err
	}
	list, err := pg.InTenant(ctx, s.DB, partner, func(ctx context.Context, tx pg.Tx) ([]domain.ClientContact, error) {
		return postgres.ListContacts(ctx, tx, partner, dossier, slice)
	})
	if err != nil {
		return nil, refused(err)
	}
	list, next, err := page.Cut(asked, list, func(c domain.ClientContact) []string { return page.KeyTimeID(c.CreateTime, c.ID) })
	return &membershipv1.ListContactsResponse{Contacts: fields.Each(list, contactToProto), NextPageToken: next}, err
}

// RemoveContact detaches a contact from one dossier, or from the firm.
func (s *Contacts) RemoveContact(
	ctx context.Context, req *membershipv1.RemoveContactRequest,
) (*membershipv1.RemoveContactResponse, error) {
	var f fields.Reader
	which := domain.ClientContact{
		PartnerID: f.ID("org", "partner_id", req.GetPartnerId()), ID: f.ID("cct", "contact_id", req.GetContactId()),
	}
	dossier := f.Optional("dos", "dossier_id", req.GetDossierId())
	if f.Err() != nil {
		return nil, f.Err()
	}
	c := call{membershipv1.ContactService_RemoveContact_FullMethodName, req}
	return once(ctx, s.DB, which.PartnerID, c,
		func(ctx context.Context, tx pg.Tx) (*membershipv1.RemoveContactResponse, error) {
			removed, err := app.KeepContact{Deps: s.Deps}.Remove(ctx, tx, person(ctx).UserID, which, dossier)
			return &membershipv1.RemoveContactResponse{Contact: contactToProto(removed)}, err
		})
}

// contactToProto does not tell whether anybody proved the address.
func contactToProto(c domain.ClientContact) *membershipv1.Contact {
	return &membershipv1.Contact{
		Id: c.ID.Text("cct"), PartnerId: c.PartnerID.Text("org"), Email: c.Email, GivenName: c.GivenName, FamilyName: c.FamilyName,
		DossierIds: fields.Each(c.Dossiers, func(one id.ID) string { return one.Text("dos") }),
		CreateTime: timestamppb.New(c.CreateTime), EndTime: fields.Time(c.EndTime),
	}
}
