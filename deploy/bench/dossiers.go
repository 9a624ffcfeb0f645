package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/aval-access/aval/deploy/journey"
	"github.com/aval-access/aval/deploy/stack"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/id"
)

const (
	fewDossiers  = 100
	manyDossiers = 100_000
	// dossierPage is what both sizes answer.
	dossierPage = 50
)

// listDossiers measures a page of the dossiers of a small and of a large
// partner, each with one person assigned everywhere, by its owner over gRPC, by
// turns, going through the lists.
func listDossiers(ctx context.Context, out io.Writer, s *stack.Stack) error {
	_, edge, err := journey.Transports(s)
	if err != nil {
		return err
	}
	defer edge.Close()
	w, err := journey.NewWorld(s, edge)
	if err != nil {
		return err
	}
	defer w.Close()
	lists := []*dossierList{{size: fewDossiers}, {size: manyDossiers}}
	for _, l := range lists {
		if err := l.fill(ctx, w, s); err != nil {
			return err
		}
	}
	if err := execute(ctx, s.Database("partnersupport").Migrate, "VACUUM (ANALYZE) dossier, assignment, collaborator"); err != nil {
		return err
	}
	for call := range listWarmUp + listCalls {
		for _, l := range lists {
			if err := l.next(ctx, call >= listWarmUp); err != nil {
				return err
			}
		}
	}
	few, many := lists[0].p99(), lists[1].p99()
	figure(out, fmt.Sprintf("list_dossiers_p99_ms_at_%d", fewDossiers), few, "ms")
	figure(out, fmt.Sprintf("list_dossiers_p99_ms_at_%d", manyDossiers), many, "ms")
	figure(out, "list_dossiers_many_vs_few", many/few, "ratio")
	return nil
}

// dossierList is a partner of a size, gone through page by page.
type dossierList struct {
	size  int
	of    journey.Organization
	token string
	took  []time.Duration
}

// fill founds the partner and brings it to its size by rows.
func (l *dossierList) fill(ctx context.Context, w journey.World, s *stack.Stack) (err error) {
	l.of, err = w.FoundOrganization(ctx, &membershipv1.CreateOrganizationRequest{
		Kind: membershipv1.OrganizationKind_ORGANIZATION_KIND_PARTNER, Level1Support: true,
		Identification: &membershipv1.Identification{LegalName: "Dossiers"}, OwnerEmail: fmt.Sprintf("owner@dossiers%d.example", l.size),
	})
	if err != nil {
		return err
	}
	partner, err := id.Parse("org", l.of.ID)
	if err != nil {
		return err
	}
	return execute(ctx, s.Database("partnersupport").System, `
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
FROM link, person`, partner, l.size)
}

// next asks for the next page; past the last one it is the first again.
func (l *dossierList) next(ctx context.Context, counts bool) error {
	began := time.Now()
	answer, err := partnersupportv1.NewDossierServiceClient(l.of.Owner).ListDossiers(ctx, &partnersupportv1.ListDossiersRequest{
		PartnerId: l.of.ID, PageSize: dossierPage, PageToken: l.token,
	})
	if err != nil {
		return fmt.Errorf("listing dossiers: %w", err)
	}
	if counts {
		l.took = append(l.took, time.Since(began))
	}
	l.token = answer.GetNextPageToken()
	return nil
}

// p99 is the 99th percentile of a page's time, in milliseconds.
func (l *dossierList) p99() float64 {
	slices.Sort(l.took)
	return float64(l.took[len(l.took)*99/100].Microseconds()) / 1000
}
