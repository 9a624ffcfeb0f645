package main

import (
	"context"
	"fmt"
	"io"

	"github.com/aval-access/aval/deploy/demodata"
	"github.com/aval-access/aval/deploy/journey"
	"github.com/aval-access/aval/deploy/stack"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/id"
)

// dossierPage is what both sizes answer.
const dossierPage = 50

// listDossiers measures a page of the dossiers of a small and of a large
// partner, each with one person assigned everywhere.
func listDossiers(ctx context.Context, out io.Writer, s *stack.Stack, _ *demodata.Data) error {
	return listing{
		name: "list_dossiers", few: 100, many: 100_000,
		fill: func(ctx context.Context, w journey.World, size int) (journey.Organization, error) {
			return withDossiers(ctx, w, s.Database("partnersupport").System, size)
		},
		keepHouse: func(ctx context.Context) error {
			return execute(ctx, s.Database("partnersupport").Migrate, "VACUUM (ANALYZE) dossier, assignment, collaborator")
		},
		page: dossiersPage,
	}.measure(ctx, out, s)
}

func withDossiers(ctx context.Context, w journey.World, url string, size int) (o journey.Organization, err error) {
	o, err = w.FoundOrganization(ctx, &membershipv1.CreateOrganizationRequest{
		Kind: membershipv1.OrganizationKind_ORGANIZATION_KIND_PARTNER, Level1Support: true,
		Identification: &membershipv1.Identification{LegalName: "Dossiers"}, OwnerEmail: fmt.Sprintf("owner@dossiers%d.example", size),
	})
	if err != nil {
		return o, err
	}
	partner, err := id.Parse("org", o.ID)
	if err != nil {
		return o, err
	}
	return o, execute(ctx, url, `
WITH person AS (
  INSERT INTO collaborator (partner_id, id, invitation_id, user_id, given_name, family_name, email, partner_role, state, version, create_time)
  VALUES ($1, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'Camille', 'Martin', 'camille@dossiers.example', 'TECHNICAL_SUPPORT', 'READY', 1, now())
  RETURNING id
), link AS (
  INSERT INTO dossier (partner_id, id, client_id, partner_name, client_name, client_registration_number, sort_name, state, version, create_time)
  SELECT $1, gen_random_uuid(), gen_random_uuid(), 'Dossiers', 'Client ' || lpad(n::text, 6, '0'), n::text, 'client ' || lpad(n::text, 6, '0'), 'ACTIVE', 1, now()
  FROM generate_series(1, $2::integer) AS n
  RETURNING id
)
INSERT INTO assignment (partner_id, id, dossier_id, collaborator_id, requester_id, reason, proposed_duration, state, end_reason, version, create_time)
SELECT $1, gen_random_uuid(), link.id, person.id, person.id, '', '7 days', 'ACTIVE', '', 1, now()
FROM link, person`, partner, size)
}

func dossiersPage(ctx context.Context, of journey.Organization, token string) (string, error) {
	answer, err := partnersupportv1.NewDossierServiceClient(of.Owner).ListDossiers(ctx, &partnersupportv1.ListDossiersRequest{
		PartnerId: of.ID, PageSize: dossierPage, PageToken: token,
	})
	return answer.GetNextPageToken(), err
}
