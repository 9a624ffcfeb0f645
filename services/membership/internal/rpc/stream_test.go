package rpc_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// patience bounds what a test waits for.
const patience = time.Minute

func bounded(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

func TestAStreamAnswersEachBatchInItsTurn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	org := b.create(client).GetOrganization().GetId()
	member, _ := b.member(org, domain.Offer{Role: domain.Member, Rights: domain.Rights{"management": domain.LevelEditor}})
	may := &membershipv1.CheckAccessRequest{
		SubjectId: member.Text("usr"), AccountId: org, Feature: "management", Level: authzv1.Level_LEVEL_EDITOR,
	}
	stream, err := membershipv1.NewAccessServiceClient(b.server.Client(t, "demo-product")).StreamCheckAccess(bounded(t))
	require.NoError(t, err)
	send := func(checks ...*membershipv1.CheckAccessRequest) {
		require.NoError(t, stream.Send(&membershipv1.StreamCheckAccessRequest{Checks: checks}))
	}
	mayNot := &membershipv1.CheckAccessRequest{SubjectId: id.New().Text("usr"), AccountId: org, Feature: "management", Level: may.GetLevel()}
	malformed := &membershipv1.CheckAccessRequest{SubjectId: "usr_1", AccountId: org, Feature: "management", Level: may.GetLevel()}

	send()
	send(may, mayNot, may)
	send(may, malformed)
	send(mayNot)
	require.NoError(t, stream.CloseSend())

	for n, want := range [][]bool{nil, {true, false, true}, nil, {false}} {
		answer, err := stream.Recv()
		require.NoError(t, err)
		require.Equal(t, want == nil, answer.GetError() != nil, "batch %d", n)
		if want == nil {
			require.EqualValues(t, codes.InvalidArgument, answer.GetError().GetCode(), "batch %d", n)
		}
		require.Len(t, answer.GetResults(), len(want))
		for i, one := range answer.GetResults() {
			require.Equal(t, want[i], one.GetAllowed(), "batch %d, question %d", n, i)
		}
	}
}

// T-01, A5: an old stream says no as soon as a new one would.
func TestAnOpenStreamHearsOfTheEnd(t *testing.T) {
	t.Parallel()
	b := setup(t)
	l := b.loser()
	stream, err := membershipv1.NewAccessServiceClient(b.server.Client(t, "demo-product")).StreamCheckAccess(bounded(t))
	require.NoError(t, err)
	allowed := func() bool {
		require.NoError(t, stream.Send(&membershipv1.StreamCheckAccessRequest{Checks: []*membershipv1.CheckAccessRequest{{
			SubjectId: l.user.Text("usr"), AccountId: l.account.Text("org"), Feature: "management", Level: authzv1.Level_LEVEL_EDITOR,
		}}}))
		answer, err := stream.Recv()
		require.NoError(t, err)
		require.Nil(t, answer.GetError())
		return answer.GetResults()[0].GetAllowed()
	}
	require.True(t, allowed())
	_, err = membershipv1.NewMemberServiceClient(b.server.Client(t, "gateway")).RemoveMember(l.owner, &membershipv1.RemoveMemberRequest{
		OrganizationId: l.account.Text("org"), MemberId: l.member, RequestId: id.New().String(),
	})
	require.NoError(t, err)
	require.False(t, allowed())
}

func TestAPersonOpensNoStream(t *testing.T) {
	t.Parallel()
	b := setup(t)
	org := b.create(client).GetOrganization().GetId()
	_, asMember := b.member(org, domain.Offer{Role: domain.Member})
	stream, err := membershipv1.NewAccessServiceClient(b.server.Client(t, "gateway")).WatchAccess(asMember,
		&membershipv1.WatchAccessRequest{Of: &membershipv1.WatchAccessRequest_AccountId{AccountId: org}})
	require.NoError(t, err)
	_, err = stream.Recv()
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_PERMISSION_DENIED), err)
}
