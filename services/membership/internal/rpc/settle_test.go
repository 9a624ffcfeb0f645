package rpc_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/replica"
)

// T-01: whichever way somebody's access ends, the call that ended it returns
// when every replica denies.
func TestWhoLosesAccessLosesItOnEveryReplica(t *testing.T) {
	t.Parallel()
	b := setup(t)
	others := []*replica.Replica{b.replica(), b.replica()}
	organizations := membershipv1.NewOrganizationServiceClient(b.server.Client(t, "operator"))
	members := membershipv1.NewMemberServiceClient(b.server.Client(t, "gateway"))
	for name, end := range map[string]func(l loser) error{
		"suspended": func(l loser) error {
			_, err := members.SuspendMember(l.owner, &membershipv1.SuspendMemberRequest{
				OrganizationId: l.account.Text("org"), MemberId: l.member, RequestId: id.New().String(),
			})
			return err
		},
		"removed": func(l loser) error {
			_, err := members.RemoveMember(l.owner, &membershipv1.RemoveMemberRequest{
				OrganizationId: l.account.Text("org"), MemberId: l.member, RequestId: id.New().String(),
			})
			return err
		},
		"left": func(l loser) error {
			_, err := members.LeaveOrganization(l.self, &membershipv1.LeaveOrganizationRequest{
				OrganizationId: l.account.Text("org"),
			})
			return err
		},
		"whose organisation is suspended": func(l loser) error {
			_, err := organizations.SuspendOrganization(t.Context(), &membershipv1.SuspendOrganizationRequest{
				OrganizationId: l.account.Text("org"), RequestId: id.New().String(),
			})
			return err
		},
		"whose membership a service ends": func(l loser) error {
			_, err := membershipv1.NewMemberServiceClient(b.server.Client(t, "partnersupport")).EndMembership(t.Context(),
				&membershipv1.EndMembershipRequest{OrganizationId: l.account.Text("org"), UserId: l.user.Text("usr")})
			return err
		},
	} {
		for range 3 {
			l := b.loser()
			for _, other := range others {
				require.True(t, b.allows(other, l.question), name)
			}
			require.NoError(t, end(l), name)
			for _, other := range others {
				require.False(t, b.allows(other, l.question), name)
			}
		}
	}
}

// loser has something to lose.
type loser struct {
	account, user id.ID
	member        string
	owner, self   context.Context
	question      domain.Question
}

func (b *bundle) loser() loser {
	b.Helper()
	org := b.create(membershipv1.OrganizationKind_ORGANIZATION_KIND_CLIENT).GetOrganization().GetId()
	account, err := id.Parse("org", org)
	require.NoError(b, err)
	_, owner := b.member(org, domain.Offer{Role: domain.Owner})
	user, self := b.member(org, domain.Offer{Role: domain.Member, Rights: domain.Rights{"management": domain.LevelEditor}})
	listed, err := membershipv1.NewMemberServiceClient(b.server.Client(b, "gateway")).
		ListMembers(owner, &membershipv1.ListMembersRequest{OrganizationId: org})
	require.NoError(b, err)
	member := slices.IndexFunc(listed.GetMembers(), func(m *membershipv1.Member) bool { return m.GetUserId() == user.Text("usr") })
	return loser{account: account, user: user, member: listed.GetMembers()[member].GetId(), owner: owner, self: self, question: domain.Question{
		AccountID: account, SubjectID: user, Feature: "management", Level: domain.LevelEditor,
	}}
}

func (b *bundle) allows(r *replica.Replica, q domain.Question) bool {
	b.Helper()
	a, err := r.Decide(b.Context(), q)
	require.NoError(b, err)
	return a.Allowed()
}
