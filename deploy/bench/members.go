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
	// memberPage is what both sizes answer: figures of unlike pages would compare
	// their lengths.
	memberPage = 10
	listWarmUp = 50
	listCalls  = 1000
)

// listMembers measures a page of the members of a small and of a large
// organisation, each by its owner over gRPC, by turns, going through the lists.
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
	lists := []*memberList{{size: fewMembers}, {size: manyMembers}}
	for _, l := range lists {
		if err := l.fill(ctx, w, s); err != nil {
			return err
		}
	}
	if err := keepHouse(ctx, s); err != nil {
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
	figure(out, fmt.Sprintf("list_members_p99_ms_at_%d", fewMembers), few, "ms")
	figure(out, fmt.Sprintf("list_members_p99_ms_at_%d", manyMembers), many, "ms")
	figure(out, "list_members_many_vs_few", many/few, "ratio")
	return nil
}

// memberList is an organisation of a size, gone through page by page.
type memberList struct {
	size  int
	of    journey.Organization
	token string
	took  []time.Duration
}

// fill founds the organisation and brings it to its size by rows: nobody waits
// for 100,000 invitations.
func (l *memberList) fill(ctx context.Context, w journey.World, s *stack.Stack) (err error) {
	l.of, err = w.FoundOrganization(ctx, &membershipv1.CreateOrganizationRequest{
		Kind:           membershipv1.OrganizationKind_ORGANIZATION_KIND_CLIENT,
		Identification: &membershipv1.Identification{LegalName: "Members"}, OwnerEmail: fmt.Sprintf("owner@members%d.example", l.size),
	})
	if err != nil {
		return err
	}
	org, err := id.Parse("org", l.of.ID)
	if err != nil {
		return err
	}
	return execute(ctx, s.Database("membership").System, `
INSERT INTO member (id, organization_id, user_id, given_name, family_name, email, email_key, locale,
  role, partner_role, rights, create_time, version)
SELECT gen_random_uuid(), $1, gen_random_uuid(), 'Camille', 'Martin', n || '@members.example', n || '@members.example', 'fr',
  'MEMBER', '', '{"emailings": 2}', now() + n * interval '1 microsecond', 1
FROM generate_series(2, $2) AS n`, org, l.size)
}

// keepHouse does what the database's own vacuum does within minutes of such a
// load, and would else do during the measurement; the table's owner alone may
// ask for it.
func keepHouse(ctx context.Context, s *stack.Stack) error {
	return execute(ctx, s.Database("membership").Migrate, "VACUUM (ANALYZE) member")
}

func execute(ctx context.Context, url, sql string, args ...any) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("connecting: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, sql, args...); err != nil {
		return fmt.Errorf("preparing members: %w", err)
	}
	return nil
}

// next asks for the next page; past the last one it is the first again.
func (l *memberList) next(ctx context.Context, counts bool) error {
	began := time.Now()
	answer, err := membershipv1.NewMemberServiceClient(l.of.Owner).ListMembers(ctx, &membershipv1.ListMembersRequest{
		OrganizationId: l.of.ID, PageSize: memberPage, PageToken: l.token,
	})
	if err != nil {
		return fmt.Errorf("listing members: %w", err)
	}
	if counts {
		l.took = append(l.took, time.Since(began))
	}
	l.token = answer.GetNextPageToken()
	return nil
}

// p99 is the 99th percentile of a page's time, in milliseconds.
func (l *memberList) p99() float64 {
	slices.Sort(l.took)
	return float64(l.took[len(l.took)*99/100].Microseconds()) / 1000
}
