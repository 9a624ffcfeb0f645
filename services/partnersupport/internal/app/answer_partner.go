package app

import (
	"context"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// AnswerPartner is the client's word on a link that a partner asked for.
type AnswerPartner struct{ Deps }

// linkAnswer is a yes or a no, and the fact that it makes.
type linkAnswer struct {
	apply func(*domain.Dossier) error
	fact  func(domain.Dossier, id.ID) outbox.Event
}

// Accept links the two. It gives no access (R27).
func (u AnswerPartner) Accept(ctx context.Context, in ClientIn) (*v1.AcceptPartnerResponse, error) {
	link, err := u.answer(ctx, in, linkAnswer{(*domain.Dossier).Accept, contract.DossierAccepted})
	return &v1.AcceptPartnerResponse{Partner: link}, err
}

// Decline refuses the link.
func (u AnswerPartner) Decline(ctx context.Context, in ClientIn) (*v1.DeclinePartnerResponse, error) {
	link, err := u.answer(ctx, in, linkAnswer{(*domain.Dossier).Decline, contract.DossierDeclined})
	return &v1.DeclinePartnerResponse{Partner: link}, err
}

// answer applies the client's word in the partner's rows, once found in its own.
func (u AnswerPartner) answer(ctx context.Context, in ClientIn, a linkAnswer) (*v1.LinkedPartner, error) {
	found, err := ClientDossier(u).find(ctx, in)
	if err != nil {
		return nil, err
	}
	return pg.InTenant(ctx, u.DB, found.PartnerID, func(ctx context.Context, tx pg.Tx) (*v1.LinkedPartner, error) {
		return idempotency.Do(ctx, tx, in.Key, func() (*v1.LinkedPartner, error) {
			d, err := postgres.LockDossier(ctx, tx, found.PartnerID, found.ID)
			if err != nil {
				return nil, err
			}
			if err := a.apply(&d); err != nil {
				return nil, err
			}
			if err := postgres.SaveDossier(ctx, tx, d); err != nil {
				return nil, err
			}
			return contract.PartnerToProto(d), outbox.Append(ctx, tx, a.fact(d, in.Actor))
		})
	})
}
