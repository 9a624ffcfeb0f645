package e2e

import (
	"testing"

	"github.com/stretchr/testify/require"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// The platform ends a yes by one call: the decision says no when it returns,
// the visit is over, and the client reads who ended it and why. Without a
// reason nothing ends.
func TestThePlatformEndsAnAccessAtOnceAndSaysWhy(t *testing.T) {
	t.Parallel()
	b := setup(t, shared.rest)
	v := b.visiting(t)
	given := v.consent.GetId()
	platform := consentv1.NewInvalidationServiceClient(b.Operator["consent"])
	for _, why := range []string{"", "          ", "court"} {
		_, err := platform.InvalidateConsent(t.Context(), &consentv1.InvalidateConsentRequest{ConsentId: given, Reason: why})
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_INVALID_ARGUMENT), "%v", err)
	}
	require.True(t, b.allowed(t, v, "management/invoices"))

	const why = "The two companies were linked by mistake."
	receipt, err := platform.InvalidateConsent(t.Context(), &consentv1.InvalidateConsentRequest{ConsentId: given, Reason: why})
	require.NoError(t, err)
	require.EqualValues(t, 1, receipt.GetGrantsEnded())
	require.EqualValues(t, 1, receipt.GetSupportSessionsEnded())
	require.False(t, b.allowed(t, v, "management/invoices"))

	read, err := consentv1.NewConsentServiceClient(v.client.Owner).GetConsent(t.Context(), &consentv1.GetConsentRequest{ConsentId: given})
	require.NoError(t, err)
	require.Equal(t, consentv1.ConsentState_CONSENT_STATE_INVALIDATED, read.GetConsent().GetState())
	steps := read.GetConsent().GetTimeline()
	last := steps[len(steps)-1]
	require.Equal(t, consentv1.Party_PARTY_PLATFORM, last.GetParty())
	require.Equal(t, why, last.GetReason())
}
