package e2e

import (
	"testing"

	"github.com/stretchr/testify/require"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
)

// contact attaches a person to the partner for its dossier.
func (b bundle) contact(t *testing.T, s support, email string) *membershipv1.Contact {
	t.Helper()
	answer, err := membershipv1.NewContactServiceClient(s.partner.Owner).AddContact(t.Context(), &membershipv1.AddContactRequest{
		PartnerId: s.partner.ID, Email: email, GivenName: "Marie", FamilyName: "Duval", DossierIds: []string{s.dossier.GetId()},
	})
	require.NoError(t, err)
	return answer.GetContact()
}

// R89 R94 R95 R96 R97 R99: one person is a client's contact in several firms and
// a collaborator in another; nothing is refused, no password is asked for again,
// and the picker tells the interface of each.
func TestAContactOfSeveralFirmsChoosesBetweenThem(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		first, second := b.support(t), b.support(t)
		p := person("marie")
		b.contact(t, first, p.Email)
		p, err := b.Join(t.Context(), p, first.partner.ID)
		require.NoError(t, err)
		again := b.contact(t, first, p.Email)
		require.Len(t, again.GetDossierIds(), 1, "R99: the same contact, without error")
		b.contact(t, second, p.Email)
		b.contact(t, second, second.person.Email)

		contexts, err := membershipv1.NewMemberServiceClient(p).ListMyContexts(t.Context(), &membershipv1.ListMyContextsRequest{})
		require.NoError(t, err)
		require.Len(t, contexts.GetContexts(), 2, "R96: linked at once")
		for _, one := range contexts.GetContexts() {
			require.Equal(t, membershipv1.Interface_INTERFACE_CLIENT, one.GetInterface(), "R97")
			require.NotEmpty(t, one.GetContactId())
		}
		_, err = membershipv1.NewMemberServiceClient(p).ListMembers(t.Context(), &membershipv1.ListMembersRequest{OrganizationId: first.partner.ID})
		requireReason(t, reasonv1.Reason_REASON_PERMISSION_DENIED, err)
		mine, err := membershipv1.NewMemberServiceClient(second.person).ListMyContexts(t.Context(), &membershipv1.ListMyContextsRequest{})
		require.NoError(t, err)
		require.Equal(t, membershipv1.Interface_INTERFACE_PARTNER, mine.GetContexts()[0].GetInterface(), "R97: staff stay staff")

		_, err = membershipv1.NewOrganizationServiceClient(b.Operator["membership"]).SuspendOrganization(t.Context(), &membershipv1.SuspendOrganizationRequest{
			OrganizationId: second.partner.ID,
		})
		require.NoError(t, err)
		contexts, err = membershipv1.NewMemberServiceClient(p).ListMyContexts(t.Context(), &membershipv1.ListMyContextsRequest{})
		require.NoError(t, err)
		require.Len(t, contexts.GetContexts(), 1, "R95: inactive firms are hidden")
	})
}
