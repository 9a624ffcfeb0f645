package e2e

import (
	"testing"

	"github.com/stretchr/testify/require"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
)

// R41: one call takes every yes back, with a counted receipt, and the decision
// says no at once; a call for another partner ends nothing.
func TestOneCallStopsEveryAccess(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		client := consentv1.NewConsentServiceClient(v.client.Owner)
		none, err := client.WithdrawConsents(t.Context(), &consentv1.WithdrawConsentsRequest{
			OrganizationId: v.client.ID, PartnerId: v.client.ID,
		})
		require.NoError(t, err)
		require.Zero(t, none.GetConsentsWithdrawn())
		require.True(t, b.allowed(t, v, "management/invoices"))

		receipt, err := client.WithdrawConsents(t.Context(), &consentv1.WithdrawConsentsRequest{OrganizationId: v.client.ID})
		require.NoError(t, err)
		require.EqualValues(t, 1, receipt.GetConsentsWithdrawn())
		require.EqualValues(t, 1, receipt.GetGrantsEnded())
		require.EqualValues(t, 1, receipt.GetSupportSessionsEnded())
		require.False(t, b.allowed(t, v, "management/invoices"))
	})
}
