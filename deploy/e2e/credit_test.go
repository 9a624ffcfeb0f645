package e2e

import (
	"testing"

	"github.com/stretchr/testify/require"

	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
)

// R71 R74: the partner is warned at once when somebody untagged enters, and its
// credits of the month say so.
func TestAnUntaggedVisitWarnsAtOnce(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		mail, err := b.ReadMail(t.Context(), v.partner.Owner.Email, v.support.person.Name()+" est entré chez "+v.client.Name+" sans étiquette")
		require.NoError(t, err)
		require.Contains(t, mail.Text, "/partner/collaborators/"+v.collaborator.GetId())
		found, err := partnersupportv1.NewCreditServiceClient(v.partner.Owner).ListManagedCredits(t.Context(), &partnersupportv1.ListManagedCreditsRequest{
			PartnerId: v.partner.ID,
		})
		require.NoError(t, err)
		require.Len(t, found.GetCredits(), 1)
		require.False(t, found.GetCredits()[0].GetCredited())
		require.Equal(t, []partnersupportv1.CreditObstacle{partnersupportv1.CreditObstacle_CREDIT_OBSTACLE_UNTAGGED}, found.GetCredits()[0].GetObstacles())
	})
}
