package rpc

import (
	"context"
	"errors"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/authz"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/page"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// liveShown is how many live assignments a dossier in a list shows.
const liveShown = 20

type dossiers struct {
	v1.UnimplementedDossierServiceServer
	base
}

func (s dossiers) LinkDossier(ctx context.Context, req *v1.LinkDossierRequest) (*v1.LinkDossierResponse, error) {
	key := idempotency.KeyOf(ctx, v1.DossierService_LinkDossier_FullMethodName, req)
	var read fields.Reader
	partner := read.ID(contract.Organization, "partner_id", req.GetPartnerId())
	client := read.ID(contract.Organization, "client_id", req.GetClientId())
	if read.Err() != nil {
		return nil, read.Err()
	}
	return answer(app.LinkDossier{Deps: s.Deps}.Do(ctx, partner, client, key))
}

// ListDossiers shows administrators all dossiers, and everybody else those
// with a live assignment of theirs.
func (s dossiers) ListDossiers(ctx context.Context, req *v1.ListDossiersRequest) (*v1.ListDossiersResponse, error) {
	asked, err := s.pages.List(ctx, req)
	if err != nil {
		return nil, err
	}
	after, err := dossiersAfter(asked)
	if err != nil {
		return nil, err
	}
	var read fields.Reader
	wanted := read.IDs(contract.Dossier, "dossier_ids", req.GetDossierIds())
	if read.Err() != nil {
		return nil, read.Err()
	}
	person := *authn.FromContext(ctx).Person
	all, err := s.seesAll(ctx, person)
	if err != nil {
		return nil, err
	}
	var found dossierPage
	err = s.DB.InTenant(ctx, person.OrganizationID, func(ctx context.Context, tx pg.Tx) (err error) {
		found, err = readDossiers(ctx, tx, dossierQuery{person: person, all: all, list: postgres.DossierList{
			Partner: person.OrganizationID, Search: domain.Fold(req.GetSearch()), After: after, Limit: asked.Limit(),
			Filter: contract.DossierFilterFromProto(req.GetFilter()), IDs: wanted, Now: s.Clock.Now(),
		}})
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, next, err := page.Cut(asked, found.rows, func(d domain.Dossier) []string { return page.KeyTextID(d.SortName, d.ID) })
	return &v1.ListDossiersResponse{Dossiers: fields.Each(rows, found.show), NextPageToken: next}, err
}

// seesAll tells whether the person sees the dossiers and visits of everybody
// in the partner.
func (b base) seesAll(ctx context.Context, p authn.Person) (bool, error) {
	return b.Decider.Decide(ctx, authz.Question{
		UserID: p.UserID, OrganizationID: p.OrganizationID,
		Feature: "aval/partner/dossiers", Level: authzv1.Level_LEVEL_GUEST,
	})
}

func dossiersAfter(asked page.List) (*postgres.DossiersAfter, error) {
	name, dossier, err := asked.AfterTextID()
	if err != nil || dossier.IsZero() {
		return nil, err
	}
	return &postgres.DossiersAfter{SortName: name, ID: dossier}, nil
}

type dossierQuery struct {
	person authn.Person
	all    bool
	list   postgres.DossierList
}

// dossierPage is a page of dossiers with what lives on each.
type dossierPage struct {
	rows []domain.Dossier
	live map[id.ID][]postgres.AssignmentView
}

func (p dossierPage) show(d domain.Dossier) *v1.Dossier {
	return contract.DossierToProto(d, p.live[d.ID])
}

func readDossiers(ctx context.Context, tx pg.Tx, q dossierQuery) (out dossierPage, err error) {
	if !q.all {
		c, err := postgres.CollaboratorOf(ctx, tx, q.list.Partner, q.person.UserID)
		if err != nil || c == nil {
			return out, err
		}
		q.list.Collaborator = c.ID
	}
	if out.rows, err = postgres.Dossiers(ctx, tx, q.list); err != nil {
		return out, err
	}
	out.live, err = postgres.LiveAssignments(ctx, tx, postgres.AssignmentList{
		Partner: q.list.Partner, Collaborator: q.list.Collaborator, Limit: liveShown,
	}, fields.Each(out.rows, func(d domain.Dossier) id.ID { return d.ID }))
	return out, err
}

// GetDossier finds one as the list shows it to the person.
func (s dossiers) GetDossier(ctx context.Context, req *v1.GetDossierRequest) (*v1.GetDossierResponse, error) {
	dossier, err := linkID(req.GetDossierId())
	if err != nil {
		return nil, err
	}
	person := *authn.FromContext(ctx).Person
	all, err := s.seesAll(ctx, person)
	if err != nil {
		return nil, err
	}
	found, err := pg.InTenant(ctx, s.DB, person.OrganizationID, func(ctx context.Context, tx pg.Tx) (dossierPage, error) {
		return readDossiers(ctx, tx, dossierQuery{person: person, all: all, list: postgres.DossierList{
			Partner: person.OrganizationID, IDs: []id.ID{dossier}, Limit: 1,
		}})
	})
	if err != nil || len(found.rows) == 0 {
		return answer[*v1.GetDossierResponse](nil, errors.Join(err, domain.NotFound))
	}
	return &v1.GetDossierResponse{Dossier: found.show(found.rows[0])}, nil
}

func (s dossiers) CountDossiers(ctx context.Context, _ *v1.CountDossiersRequest) (*v1.CountDossiersResponse, error) {
	list := postgres.DossierList{Partner: authn.FromContext(ctx).Person.OrganizationID, Now: s.Clock.Now()}
	found, err := pg.InTenant(ctx, s.DB, list.Partner, func(ctx context.Context, tx pg.Tx) (domain.DossierCounts, error) {
		return postgres.CountDossiers(ctx, tx, list)
	})
	return contract.DossierCountsToProto(found), err
}

func (s dossiers) EnterDossier(ctx context.Context, req *v1.EnterDossierRequest) (*v1.EnterDossierResponse, error) {
	var read fields.Reader
	person := authn.FromContext(ctx).Person
	in := app.EnterIn{
		Partner:     person.OrganizationID,
		User:        person.UserID,
		MultiFactor: person.MultiFactor(),
		Dossier:     read.ID(contract.Dossier, "dossier_id", req.GetDossierId()),
		Product:     read.Optional(contract.Product, "product_id", req.GetProductId()),
		Reason:      req.GetReason(),
	}
	if read.Err() != nil {
		return nil, read.Err()
	}
	out, err := answer(app.EnterDossier{Deps: s.Deps}.Do(ctx, in))
	if err != nil {
		return nil, err
	}
	return &v1.EnterDossierResponse{SupportSession: contract.SessionToProto(out.Session), RedirectUrl: out.RedirectURL}, nil
}
