package rpc_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

func TestWhoReachesAnAccountIsListedPageByPage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	org := b.create(membershipv1.OrganizationKind_ORGANIZATION_KIND_CLIENT).GetOrganization().GetId()
	b.create(membershipv1.OrganizationKind_ORGANIZATION_KIND_CLIENT)
	want := map[string]bool{}
	for range 5 {
		user, _ := b.member(org, domain.Offer{Role: domain.Member})
		want[user.Text("usr")] = true
	}
	operator := membershipv1.NewAccessServiceClient(b.server.Client(t, "operator"))
	got := map[string]bool{}
	request := &membershipv1.ListSubjectsOfAccountRequest{AccountId: org, PageSize: 2}
	for pages := 1; ; pages++ {
		list, err := operator.ListSubjectsOfAccount(t.Context(), request)
		require.NoError(t, err)
		for _, r := range list.GetSubjects() {
			require.False(t, got[r.GetSubjectId()], "nobody twice")
			require.Equal(t, membershipv1.AccessSource_ACCESS_SOURCE_MEMBERSHIP, r.GetSource())
			got[r.GetSubjectId()] = true
		}
		if request.PageToken = list.GetNextPageToken(); request.GetPageToken() == "" {
			require.Equal(t, 3, pages)
			break
		}
	}
	require.Equal(t, want, got)
	for user := range want {
		list, err := operator.ListReachableAccounts(t.Context(), &membershipv1.ListReachableAccountsRequest{SubjectId: user})
		require.NoError(t, err)
		require.Len(t, list.GetAccounts(), 1)
		require.Equal(t, org, list.GetAccounts()[0].GetAccountId())
	}
}
