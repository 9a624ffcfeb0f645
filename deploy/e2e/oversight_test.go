package e2e

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/journey"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
)

// The platform reads an account's history with the names of both sides, which
// the client itself is not told of the partner's; every look is a fact of that
// history, with its reason, and without one there is none.
func TestThePlatformReadsAHistoryWithNamesAndTheClientReadsWhy(t *testing.T) {
	t.Parallel()
	b := setup(t, shared.rest)
	v := b.visiting(t)
	platform := consentv1.NewHistoryOversightServiceClient(b.Operator["consent"])
	_, err := platform.ReadHistory(t.Context(), &consentv1.ReadHistoryRequest{OrganizationId: v.client.ID})
	requireReason(t, reasonv1.Reason_REASON_INVALID_ARGUMENT, err)

	const why = "The client asks who assigned Karim to its account."
	assigned := func(entries []*consentv1.HistoryEntry) *consentv1.HistoryEntry {
		at := slices.IndexFunc(entries, func(e *consentv1.HistoryEntry) bool {
			return e.GetAction() == "aval.partnersupport.v1.assignment.created"
		})
		if at < 0 {
			return nil
		}
		return entries[at]
	}
	require.NoError(t, journey.Eventually(t.Context(), func(ctx context.Context) (bool, error) {
		page, err := platform.ReadHistory(ctx, &consentv1.ReadHistoryRequest{OrganizationId: v.client.ID, Reason: why})
		found := assigned(page.GetEntries())
		if err != nil || found == nil {
			return false, err
		}
		require.Equal(t, v.partner.Owner.UserID, found.GetActorId())
		require.Equal(t, v.partner.Owner.Name(), found.GetActorName())
		return true, nil
	}))
	require.NoError(t, journey.Eventually(t.Context(), func(ctx context.Context) (bool, error) {
		page, err := consentv1.NewHistoryServiceClient(v.client.Owner).ListHistory(ctx, &consentv1.ListHistoryRequest{OrganizationId: v.client.ID})
		if err != nil || assigned(page.GetEntries()) == nil {
			return false, err
		}
		require.Empty(t, assigned(page.GetEntries()).GetActorName(), "the client is not told")
		return slices.ContainsFunc(page.GetEntries(), func(e *consentv1.HistoryEntry) bool {
			return e.GetAction() == "aval.consent.v1.history.read" && e.GetObject() == why && e.GetSentence() == "La plateforme a lu votre historique. Motif : "+why
		}), nil
	}))
}
