package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/deploy/journey"
	"github.com/aval-access/aval/deploy/stack"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/id"
)

const (
	fewMembers  = 10
	manyMembers = 100_000
	listCalls   = 300
)

// listMembers measures a page of an organisation's members at two sizes, by its
// owner over gRPC, from the beginning on.
func listMembers(ctx context.Context, out io.Writer, s *stack.Stack) error {
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
	o, err := w.FoundOrganization(ctx, &membershipv1.CreateOrganizationRequest{
		Kind:           membershipv1.OrganizationKind_ORGANIZATION_KIND_CLIENT,
		Identification: &membershipv1.Identification{LegalName: "Members"}, OwnerEmail: "owner@members.example",
	})
	if err != nil {
		return err
	}
	for _, size := range []int{fewMembers, manyMembers} {
		if err := fillMembers(ctx, s, o.ID, size); err != nil {
			return err
		}
		p99, err := timeList(ctx, o)
		if err != nil {
			return err
		}
		figure(out, fmt.Sprintf("list_members_p99_ms_at_%d", size), float64(p99.Microseconds())/1000, "ms")
	}
	return nil
}

// fillMembers brings the organisation to a size by rows: nobody waits for
// 100,000 invitations.
func fillMembers(ctx context.Context, s *stack.Stack, organization string, size int) error {
	conn, err := pgx.Connect(ctx, s.Database("membership").System)
	if err != nil {
		return fmt.Errorf("connecting: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	org, err := id.Parse("org", organization)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, `
INSERT INTO member (id, organization_id, user_id, given_name, family_name, email, email_key, locale,
  role, partner_role, rights, create_time, version)
SELECT gen_random_uuid(), $1, gen_random_uuid(), 'Camille', 'Martin', n || '@members.example', n || '@members.example', 'fr',
  'MEMBER', '', '{"emailings": 2}', now() + n * interval '1 microsecond', 1
FROM generate_series((SELECT count(*) FROM member WHERE organization_id = $1) + 1, $2) AS n`, org, size)
	if err != nil {
		return fmt.Errorf("filling members: %w", err)
	}
	_, err = conn.Exec(ctx, "ANALYZE member")
	return err
}

// timeList gives the 99th percentile of a page's time, going through the list.
func timeList(ctx context.Context, o journey.Organization) (time.Duration, error) {
	client := membershipv1.NewMemberServiceClient(o.Owner)
	var took []time.Duration
	token := ""
	for range listCalls {
		began := time.Now()
		answer, err := client.ListMembers(ctx, &membershipv1.ListMembersRequest{OrganizationId: o.ID, PageSize: 200, PageToken: token})
		if err != nil {
			return 0, fmt.Errorf("listing members: %w", err)
		}
		took = append(took, time.Since(began))
		token = answer.GetNextPageToken()
	}
	slices.Sort(took)
	return took[len(took)*99/100], nil
}
