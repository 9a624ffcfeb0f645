package app

import (
	"context"
	"errors"

	"google.golang.org/protobuf/proto"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// LinkDossier links a partner and a client (R9). It gives no access (R27).
type LinkDossier struct{ Deps }

// Do asks membership for both sides and stores the link.
func (u LinkDossier) Do(ctx context.Context, partner, client id.ID, k idempotency.Key) (*v1.LinkDossierResponse, error) {
	d, err := u.link(ctx, partner, client)
	if err != nil {
		return nil, err
	}
	return begin(ctx, u.DB, d, beginning[*v1.LinkDossierResponse]{
		key: k, fact: contract.DossierActivated,
		answer: func(d *v1.Dossier) *v1.LinkDossierResponse { return &v1.LinkDossierResponse{Dossier: d} },
	})
}

// beginning is how a link begins: by which request, with which fact, and how
// that is answered.
type beginning[Resp proto.Message] struct {
	key    idempotency.Key
	fact   func(domain.Dossier) outbox.Event
	answer func(*v1.Dossier) Resp
}

// begin stores a link, once for a request.
func begin[Resp proto.Message](ctx context.Context, db *pg.DB, d domain.Dossier, b beginning[Resp]) (Resp, error) {
	return pg.InTenant(ctx, db, d.PartnerID, func(ctx context.Context, tx pg.Tx) (Resp, error) {
		return idempotency.Do(ctx, tx, b.key, func() (Resp, error) {
			if err := add(ctx, tx, d); err != nil {
				var none Resp
				return none, err
			}
			return b.answer(contract.DossierToProto(d, nil)), outbox.Append(ctx, tx, b.fact(d))
		})
	})
}

// add refuses a link that was ended: the client alone takes that one up again.
func add(ctx context.Context, tx pg.Tx, d domain.Dossier) error {
	ended, err := postgres.WasEnded(ctx, tx, d.PartnerID, d.ClientID)
	if err != nil {
		return err
	}
	if ended {
		return domain.DossierNotActive
	}
	return postgres.AddDossier(ctx, tx, d)
}

func (u LinkDossier) link(ctx context.Context, partner, client id.ID) (domain.Dossier, error) {
	p, err := u.organization(ctx, "partner_id", partner)
	if err != nil {
		return domain.Dossier{}, err
	}
	c, err := u.organization(ctx, "client_id", client)
	if err != nil {
		return domain.Dossier{}, err
	}
	d, err := domain.Link(u.NewID(), p, c, u.Clock.Now())
	if errors.Is(err, domain.KindWrong) {
		return d, fault.New(reasonv1.Reason_REASON_ORGANIZATION_KIND_WRONG, fault.Cause(err),
			fault.Meta("partner_kind", string(p.Kind)), fault.Meta("client_kind", string(c.Kind)))
	}
	return d, err
}

func (u LinkDossier) organization(ctx context.Context, field string, organization id.ID) (domain.Organization, error) {
	o, err := u.Membership.Organization(ctx, organization)
	if err != nil {
		return domain.Organization{}, fault.With(err, fault.Meta("field", field))
	}
	return organizationFrom(organization, o), nil
}

func organizationFrom(organization id.ID, o *membershipv1.Organization) domain.Organization {
	kinds := map[membershipv1.OrganizationKind]domain.OrganizationKind{
		membershipv1.OrganizationKind_ORGANIZATION_KIND_PARTNER: domain.KindPartner,
		membershipv1.OrganizationKind_ORGANIZATION_KIND_CLIENT:  domain.KindClient,
	}
	return domain.Organization{
		ID:                 organization,
		Kind:               kinds[o.GetKind()],
		LegalName:          o.GetIdentification().GetLegalName(),
		RegistrationNumber: o.GetIdentification().GetRegistrationNumber(),
		Level1Support:      o.GetLevel1Support(),
	}
}
