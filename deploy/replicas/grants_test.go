package replicas

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/accessclient"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
)

const (
	feature = "management/invoices"
	// hurry is the deadline of one question, one of writing.
	hurry, writing = time.Second, 8 * time.Second
	atOnce         = 16
	again          = 50 * time.Millisecond
)

// grant is one client's yes to a person with a visit under it, both under ids of
// our own.
type grant struct {
	person, id, account, consent, session string
	// over says that the call which ended it has returned OK.
	over atomic.Bool
}

// newGrants are of clients that are there by rows: nobody has to know them.
func newGrants(t *testing.T, person string, n int) []*grant {
	t.Helper()
	out, accounts := make([]*grant, n), make([]id.ID, n)
	for i := range out {
		accounts[i] = id.New()
		out[i] = &grant{
			person: person, id: id.New().Text("grt"), account: accounts[i].Text("org"), consent: id.New().Text("cns"), session: id.New().Text("sup"),
		}
	}
	conn, err := pgx.Connect(t.Context(), shared.house.Stack.Database("membership").Migrate)
	require.NoError(t, err)
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	_, err = conn.Exec(t.Context(), `
INSERT INTO organization (id, kind, legal_name, registration_number, postal_address, contact_email, contact_phone, locale,
  level1_support, state, create_time)
SELECT account, 'CLIENT', 'x', '', '', '', '', 'fr', false, 'ACTIVE', now()
FROM unnest($1::uuid[]) AS accounts (account)`, accounts)
	require.NoError(t, err)
	return out
}

// given makes grants that everybody who decides knows.
func given(t *testing.T, n int) []*grant {
	t.Helper()
	return givenTo(t, shared.support.Person.UserID, n)
}

func givenTo(t *testing.T, person string, n int) []*grant {
	t.Helper()
	ctx, all := patient(t), newGrants(t, person, n)
	require.NoError(t, give(ctx, all...))
	for program := range shared.deciding {
		eventually(t, patience, program+" lets the visitor in", func() bool {
			allowed, err := all[n-1].allowed(ctx, program)
			return err == nil && allowed
		})
	}
	return all
}

// give applies the grants and opens their visits.
func give(ctx context.Context, all ...*grant) error {
	request := &membershipv1.ApplyGrantsRequest{}
	for _, g := range all {
		request.Grants = append(request.GetGrants(), &membershipv1.Grant{
			Id: g.id, SubjectId: g.person, AccountId: g.account, PartnerId: shared.support.Partner.ID, ConsentId: g.consent,
			PartnerRole: membershipv1.PartnerRole_PARTNER_ROLE_TECHNICAL_SUPPORT, Version: 1,
			Rights: []*membershipv1.FeatureRight{{Feature: "management", Level: authzv1.Level_LEVEL_APPROVER}},
		})
	}
	err := insist(ctx, func(ctx context.Context) error {
		_, err := shared.consent.ApplyGrants(ctx, request)
		return err
	})
	if err != nil {
		return fmt.Errorf("giving: %w", err)
	}
	return each(all, func(g *grant) error { return insist(ctx, g.visit) })
}

func (g *grant) visit(ctx context.Context) error {
	_, err := shared.visits.OpenSupportSession(ctx, &membershipv1.OpenSupportSessionRequest{
		SupportSessionId: g.session, SubjectId: g.person, AccountId: g.account, PartnerId: shared.support.Partner.ID,
		ExpireTime: timestamppb.New(time.Now().Add(time.Hour)),
	})
	return err
}

// end takes a grant back, and insists until that is answered with OK.
func (g *grant) end(ctx context.Context) error {
	err := insist(ctx, func(ctx context.Context) error {
		_, err := shared.consent.EndGrants(ctx, &membershipv1.EndGrantsRequest{
			Ends: []*membershipv1.GrantEnd{{GrantId: g.id, AccountId: g.account, Version: 2}},
		})
		return err
	})
	if err != nil {
		return fmt.Errorf("ending: %w", err)
	}
	g.over.Store(true)
	return nil
}

func (g *grant) allowed(ctx context.Context, program string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, hurry)
	defer cancel()
	return shared.deciding[program](ctx, g)
}

// each does it for all, some at once, and gives the first error.
func each(all []*grant, do func(*grant) error) error {
	var group sync.WaitGroup
	failed, room := make(chan error, len(all)), make(chan struct{}, atOnce)
	for _, g := range all {
		group.Go(func() {
			room <- struct{}{}
			failed <- do(g)
			<-room
		})
	}
	group.Wait()
	close(failed)
	for err := range failed {
		if err != nil {
			return err
		}
	}
	return nil
}

// insist calls again for as long as the answer is one that may come back.
func insist(ctx context.Context, call func(context.Context) error) error {
	for {
		err := once(ctx, call)
		if err == nil || ctx.Err() != nil || !mayComeBack(err) {
			return err
		}
		clock.Wait(ctx, again)
	}
}

func once(ctx context.Context, call func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, writing)
	defer cancel()
	return call(ctx)
}

func mayComeBack(err error) bool {
	switch fault.ReasonOf(err) {
	case reasonv1.Reason_REASON_UNAVAILABLE, reasonv1.Reason_REASON_DEADLINE_EXCEEDED, reasonv1.Reason_REASON_REVOCATION_PENDING:
		return true
	default:
		code := status.Code(err)
		return code == codes.Unavailable || code == codes.DeadlineExceeded || errors.Is(err, accessclient.ErrUnavailable)
	}
}
