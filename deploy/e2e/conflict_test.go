package e2e

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
)

// R83 R84 R85 R86 R87 R127: two partners assign one person to one client at the
// same moment. Both may; one of them is first, and the other is told so with the
// exact message and three ways out, and never who the first is. It asks for the
// person's release, and the first never learns who asks.
func TestTwoPartnersRaceForOnePerson(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		s := b.support(t)
		other := support{partner: b.partner(t), client: s.client, person: s.person}
		other.collaborator = b.add(t, other.partner, s.person)
		mine := membershipv1.NewInvitationServiceClient(s.person)
		waiting, err := mine.ListMyInvitations(t.Context(), &membershipv1.ListMyInvitationsRequest{})
		require.NoError(t, err)
		_, err = mine.AcceptMyInvitation(t.Context(), &membershipv1.AcceptMyInvitationRequest{InvitationId: waiting.GetInvitations()[0].GetId()})
		require.NoError(t, err)
		other.dossier, err = b.LinkDossier(t.Context(), other.partner, other.client)
		require.NoError(t, err)
		both := []support{s, other}
		b.assignAtOnce(t, both)

		first, second := both[0], both[1]
		found := b.conflicts(t, second)
		if len(found) == 0 {
			first, second = second, first
			found = b.conflicts(t, second)
		}
		require.Len(t, found, 1)
		require.Empty(t, b.conflicts(t, first), "one of the two is first")
		require.Equal(t, partnersupportv1.ConflictKind_CONFLICT_KIND_EXACT, found[0].GetKind())
		require.Equal(t, "Leur adresse e-mail est déjà liée à un autre enregistrement de partenaire pour ce client.", found[0].GetMessage())
		require.Len(t, found[0].GetWaysOut(), 3)
		require.NotContains(t, found[0].String(), first.partner.Name)
		require.NotContains(t, found[0].String(), first.partner.ID)

		_, err = partnersupportv1.NewConflictServiceClient(second.partner.Owner).RequestRelease(t.Context(), &partnersupportv1.RequestReleaseRequest{
			PartnerId: second.partner.ID, AssignmentId: found[0].GetAssignmentId(),
		})
		require.NoError(t, err)
		mail, err := b.ReadMail(t.Context(), first.partner.Owner.Email, "libér")
		require.NoError(t, err)
		require.NotContains(t, mail.Text, second.partner.Name)
	})
}

// assignAtOnce has each partner assign its collaborator in the same moment.
func (b bundle) assignAtOnce(t *testing.T, all []support) {
	t.Helper()
	failed := make([]error, len(all))
	var wg sync.WaitGroup
	for i, s := range all {
		wg.Go(func() { _, failed[i] = b.Assign(t.Context(), s.partner, s.collaborator.GetId(), s.dossier.GetId()) })
	}
	wg.Wait()
	for _, err := range failed {
		require.NoError(t, err)
	}
}

func (b bundle) conflicts(t *testing.T, s support) []*partnersupportv1.Conflict {
	t.Helper()
	list, err := partnersupportv1.NewConflictServiceClient(s.partner.Owner).ListConflicts(t.Context(), &partnersupportv1.ListConflictsRequest{PartnerId: s.partner.ID})
	require.NoError(t, err)
	return list.GetConflicts()
}
