package app

import (
	"context"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// untagged warns who decides for the partner that a visit costs the credit (R74).
func (u PrepareMail) untagged(ctx context.Context, e *v1.CollaboratorEnteredUntagged) (*Mail, error) {
	partner, err := id.Parse(contract.Organization, e.GetPartnerId())
	if err != nil {
		return nil, err
	}
	session, err := id.Parse(contract.Session, e.GetSupportSessionId())
	if err != nil {
		return nil, err
	}
	visit, err := pg.InTenant(ctx, u.DB, partner, func(ctx context.Context, tx pg.Tx) (postgres.SessionDetails, error) {
		return postgres.Session(ctx, tx, session)
	})
	if err != nil {
		return nil, err
	}
	to, err := u.Membership.Deciders(ctx, partner, id.ID{})
	return &Mail{
		OrganizationID: partner, To: to, Template: "untagged_visit", ActionPath: collaboratorsPath + e.GetCollaboratorId(),
		Reference: e.GetSupportSessionId(),
		Variables: map[string]string{"client_name": visit.ClientName, "collaborator_name": visit.GivenName + " " + visit.FamilyName},
	}, err
}
