package main

import (
	"context"
	"fmt"
	"io"

	"github.com/aval-access/aval/deploy/demodata"
	"github.com/aval-access/aval/deploy/journey"
	"github.com/aval-access/aval/deploy/stack"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/id"
)

// memberPage is what both sizes answer: figures of unlike pages would compare
// their lengths.
const memberPage = 10

// listMembers measures a page of the members of a small and of a large
// organisation.
func listMembers(ctx context.Context, out io.Writer, s *stack.Stack, _ *demodata.Data) error {
	return listing{
		name: "list_members", few: 10, many: 100_000,
		fill: func(ctx context.Context, w journey.World, size int) (journey.Organization, error) {
			return withMembers(ctx, w, s.Database("membership").System, size)
		},
		keepHouse: func(ctx context.Context) error {
			return execute(ctx, s.Database("membership").Migrate, "VACUUM (ANALYZE) member")
		},
		page: membersPage,
	}.measure(ctx, out, s)
}

func withMembers(ctx context.Context, w journey.World, url string, size int) (o journey.Organization, err error) {
	o, err = w.FoundOrganization(ctx, &membershipv1.CreateOrganizationRequest{
		Kind:           membershipv1.OrganizationKind_ORGANIZATION_KIND_CLIENT,
		Identification: &membershipv1.Identification{LegalName: "Members"}, OwnerEmail: fmt.Sprintf("owner@members%d.example", size),
	})
	if err != nil {
		return o, err
	}
	org, err := id.Parse("org", o.ID)
	if err != nil {
		return o, err
	}
	return o, execute(ctx, url, `
INSERT INTO member (id, organization_id, user_id, given_name, family_name, email, email_key, locale,
  role, partner_role, rights, create_time, version)
SELECT gen_random_uuid(), $1, gen_random_uuid(), 'Camille', 'Martin', n || '@members.example', n || '@members.example', 'fr',
  'MEMBER', '', '{"emailings": 2}', now() + n * interval '1 microsecond', 1
FROM generate_series(2, $2) AS n`, org, size)
}

func membersPage(ctx context.Context, of journey.Organization, token string) (string, error) {
	answer, err := membershipv1.NewMemberServiceClient(of.Owner).ListMembers(ctx, &membershipv1.ListMembersRequest{
		OrganizationId: of.ID, PageSize: memberPage, PageToken: token,
	})
	return answer.GetNextPageToken(), err
}
