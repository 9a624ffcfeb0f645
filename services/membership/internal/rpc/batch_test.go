package rpc_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// rows makes n rows, every tenth of them bad in one of several ways.
func rows(n int) []*membershipv1.InvitationRow {
	out := make([]*membershipv1.InvitationRow, n)
	for i := range out {
		out[i] = &membershipv1.InvitationRow{Key: fmt.Sprintf("line %d", i+2), Email: fmt.Sprintf("guest%d@example.com", i), FamilyName: "Roy"}
		if i%10 != 9 {
			continue
		}
		switch i / 10 % 5 {
		case 0:
			out[i].Email = "nobody"
		case 1:
			out[i].Email = "guest0@example.com" // again
		case 2:
			out[i].FamilyName = "Roy\u202e"
		case 3:
			out[i].PartnerRole = membershipv1.PartnerRole_PARTNER_ROLE_ACCOUNTANT // in a client
		default:
			out[i].Rights = []*membershipv1.FeatureRight{{Feature: "fax", Level: 2}}
		}
	}
	return out
}

func outcomes(results []*membershipv1.InvitationRowResult) map[membershipv1.InvitationOutcome]int {
	out := map[membershipv1.InvitationOutcome]int{}
	for _, one := range results {
		out[one.GetOutcome()]++
	}
	return out
}

const (
	created   = membershipv1.InvitationOutcome_INVITATION_OUTCOME_CREATED
	unchanged = membershipv1.InvitationOutcome_INVITATION_OUTCOME_UNCHANGED
	linked    = membershipv1.InvitationOutcome_INVITATION_OUTCOME_LINKED
	turned    = membershipv1.InvitationOutcome_INVITATION_OUTCOME_REFUSED
)

// Five hundred rows, fifty of them bad: 450 are invited, 50 named with field and
// reason; the same again, with the same request_id or another, changes nothing.
func TestFiveHundredRowsWithFiftyBadOnes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	org := b.create(client).GetOrganization().GetId()
	_, owner := b.member(org, domain.Offer{Role: domain.Owner})
	invitations := membershipv1.NewInvitationServiceClient(b.server.Client(t, "gateway"))
	req := &membershipv1.BatchCreateInvitationsRequest{OrganizationId: org, Rows: rows(500), RequestId: "r1"}

	only := proto.CloneOf(req)
	only.ValidateOnly = true
	preview, err := invitations.BatchCreateInvitations(owner, only)
	require.NoError(t, err)
	require.Equal(t, map[membershipv1.InvitationOutcome]int{created: 450, turned: 50}, outcomes(preview.GetResults()))

	first, err := invitations.BatchCreateInvitations(owner, req)
	require.NoError(t, err)
	require.Equal(t, map[membershipv1.InvitationOutcome]int{created: 450, turned: 50}, outcomes(first.GetResults()), "the preview stored nothing")
	for i, result := range first.GetResults() {
		require.Equal(t, req.GetRows()[i].GetKey(), result.GetKey())
		if i%10 == 9 {
			require.NotEmpty(t, result.GetErrorReason(), result.GetKey())
			require.NotEmpty(t, result.GetMessage(), result.GetKey())
			require.Nil(t, result.GetInvitation())
			continue
		}
		require.Equal(t, req.GetRows()[i].GetEmail(), result.GetInvitation().GetEmail())
	}
	again, err := invitations.BatchCreateInvitations(owner, req)
	require.NoError(t, err)
	require.True(t, proto.Equal(first, again), "resumed, every row answers what it did")
	req.RequestId = "r2"
	sent, err := invitations.BatchCreateInvitations(owner, req)
	require.NoError(t, err)
	require.Equal(t, map[membershipv1.InvitationOutcome]int{unchanged: 450, turned: 50}, outcomes(sent.GetResults()), "no second mail")
}

// Beyond what an organisation may send in a day a list's lines are refused by
// name, each with the time when it may be sent again; an invitation by itself is
// refused with the delay.
func TestAListBeyondTheDaysInvitations(t *testing.T) {
	t.Parallel()
	b := setup(t)
	org := b.create(client).GetOrganization().GetId()
	_, owner := b.member(org, domain.Offer{Role: domain.Owner})
	invitations := membershipv1.NewInvitationServiceClient(b.server.Client(t, "gateway"))
	send := func(request string, from, n int) []*membershipv1.InvitationRowResult {
		req := &membershipv1.BatchCreateInvitationsRequest{OrganizationId: org, RequestId: request}
		for i := range n {
			req.Rows = append(req.Rows, &membershipv1.InvitationRow{Email: fmt.Sprintf("p%03d@example.com", from+i)})
		}
		answer, err := invitations.BatchCreateInvitations(owner, req)
		require.NoError(t, err)
		return answer.GetResults()
	}
	send("a", 0, 500)
	results := send("b", 450, 250)
	require.Equal(t, map[membershipv1.InvitationOutcome]int{unchanged: 50, created: 99, turned: 101}, outcomes(results), "an owner's was sent before")
	require.Equal(t, "INVITATIONS_EXHAUSTED", results[249].GetErrorReason())
	require.Contains(t, results[249].GetMessage(), "Renvoyez cette ligne à partir du")
	_, err := invitations.CreateInvitation(owner, &membershipv1.CreateInvitationRequest{OrganizationId: org, Email: "one@example.com"})
	details, _ := fault.Details(err)
	require.Equal(t, reasonv1.Reason_REASON_INVITATIONS_EXHAUSTED, details.Reason())
	require.InDelta(t, 144, details.RetryAfter().Seconds(), 120)
}

func TestRowsOfABatch(t *testing.T) { // R60, R96
	t.Parallel()
	b := setup(t)
	org := b.create(client).GetOrganization().GetId()
	_, owner := b.member(org, domain.Offer{Role: domain.Owner})
	guest, plain := b.member(org, domain.Offer{Role: domain.Member, Rights: domain.Rights{"aval/invitations": 4}})
	invitations := membershipv1.NewInvitationServiceClient(b.server.Client(t, "gateway"))
	batch := func(key string, rows ...*membershipv1.InvitationRow) []*membershipv1.InvitationRowResult {
		answer, err := invitations.BatchCreateInvitations(owner, &membershipv1.BatchCreateInvitationsRequest{
			OrganizationId: org, Rows: rows, RequestId: key, ValidDays: 30,
		})
		require.NoError(t, err)
		return answer.GetResults()
	}
	results := batch("k", &membershipv1.InvitationRow{Email: guest.String() + "@example.com"}, &membershipv1.InvitationRow{Email: "new@example.com"})
	require.Equal(t, linked, results[0].GetOutcome(), "who is here already needs nothing")
	require.Equal(t, created, results[1].GetOutcome())
	i := results[1].GetInvitation()
	require.InDelta(t, 30*24, i.GetExpireTime().AsTime().Sub(i.GetCreateTime().AsTime()).Hours(), 0.01)
	results = batch("k", &membershipv1.InvitationRow{Key: "2", Email: "other@example.com"})
	require.Equal(t, "IDEMPOTENCY_KEY_REUSED", results[0].GetErrorReason(), "a row that is another under the same name")
	results = batch("m", &membershipv1.InvitationRow{Email: "new@example.com", GivenName: "Ana"})
	require.Equal(t, membershipv1.InvitationOutcome_INVITATION_OUTCOME_RENEWED, results[0].GetOutcome(), "what says something new is renewed")

	_, err := invitations.BatchCreateInvitations(owner, &membershipv1.BatchCreateInvitationsRequest{
		OrganizationId: org, Rows: []*membershipv1.InvitationRow{{Key: "a", Email: "x@example.com"}, {Key: "a", Email: "y@example.com"}},
	})
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_INVALID_ARGUMENT))
	answer, err := invitations.BatchCreateInvitations(plain, &membershipv1.BatchCreateInvitationsRequest{
		OrganizationId: org, Rows: []*membershipv1.InvitationRow{{Email: "boss@example.com", Role: membershipv1.Role_ROLE_ADMIN}},
	})
	require.NoError(t, err)
	require.Equal(t, "RIGHTS_EXCEED_YOURS", answer.GetResults()[0].GetErrorReason(), "nobody confers more than they hold")
}
