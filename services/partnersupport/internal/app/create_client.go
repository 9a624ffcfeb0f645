package app

import (
	"context"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// CreateClient makes a client for a partner and links the two. The client's
// owner is invited; nobody of the partner has any access (R27).
type CreateClient struct{ Deps }

// CreateClientIn describes the client and its owner.
type CreateClientIn struct {
	Partner, Actor id.ID
	Client         *membershipv1.CreateOrganizationRequest
	Key            idempotency.Key
}

// Do has membership make the organisation, then stores the link. A crash in
// between is mended by repeating: membership answers a known request_id with
// the organisation that it made.
func (u CreateClient) Do(ctx context.Context, in CreateClientIn) (*v1.CreateClientResponse, error) {
	resp, done, err := answered[*v1.CreateClientResponse](ctx, u.DB, in.Key)
	if done || err != nil {
		return resp, err
	}
	d, err := u.create(ctx, in)
	if err != nil {
		return nil, err
	}
	return begin(ctx, u.DB, d, beginning[*v1.CreateClientResponse]{
		key: in.Key, fact: contract.DossierActivated,
		answer: func(d *v1.Dossier) *v1.CreateClientResponse { return &v1.CreateClientResponse{Dossier: d} },
	})
}

func (u CreateClient) create(ctx context.Context, in CreateClientIn) (domain.Dossier, error) {
	answer, err := u.Membership.Organization(ctx, in.Partner)
	if err != nil {
		return domain.Dossier{}, err
	}
	partner := organizationFrom(in.Partner, answer)
	if !partner.Level1Support {
		return domain.Dossier{}, domain.SupportLevel1Missing
	}
	in.Client.RequestId = derived("CreateClient", in.Key)
	made, client, err := u.Membership.CreateClient(ctx, in.Client)
	if err != nil {
		return domain.Dossier{}, err
	}
	d, err := domain.Link(u.NewID(), partner, organizationFrom(client, made), u.Clock.Now())
	d.RequesterID = in.Actor
	return d, err
}
