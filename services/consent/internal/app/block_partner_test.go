package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
)

func (b *bundle) blocking() app.Blocking {
	return app.Blocking{
		ClientID: b.asked.ClientID, PartnerID: b.asked.PartnerID,
		Actor: domain.Actor{Party: domain.ByClient, ID: id.New(), Name: "Anne Petit"}, Reason: "unknown_partner",
	}
}

// A partner that is blocked asks for nobody: what waits is put aside, what was
// given stays, and another partner may ask.
func TestABlockedPartnerAsksNoMore(t *testing.T) {
	t.Parallel()
	b := setup(t)
	given := b.give(t).Record.ID
	waiting, err := b.askFor(t, id.New())
	require.NoError(t, err)
	for _, cancelled := range []int{1, 0} { // the second press changes nothing
		n, err := app.BlockPartner{Deps: b.Deps}.Do(t.Context(), b.blocking())
		require.NoError(t, err)
		require.Equal(t, cancelled, n)
	}
	require.Equal(t, domain.Cancelled, b.stored(t, waiting).State)
	require.Equal(t, domain.Given, b.stored(t, given).State)
	_, err = b.askFor(t, id.New())
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_CONSENT_REFUSED))

	partner := b.asked.PartnerID
	b.asked.PartnerID = id.New()
	_, err = b.askFor(t, id.New())
	require.NoError(t, err)
	b.asked.PartnerID = partner
	require.NoError(t, app.UnblockPartner{Deps: b.Deps}.Do(t.Context(), b.blocking()))
	_, err = b.askFor(t, id.New())
	require.NoError(t, err)
	require.Equal(t, 2, b.count(t, "SELECT count(*) FROM outbox WHERE subject LIKE 'aval.consent.v1.partner_block.%'"))
}

// A no can block in the same press.
func TestANoBlocksWhereItsApproverWishes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	waiting, err := b.askFor(t, id.New())
	require.NoError(t, err)
	consent, err := b.askFor(t, id.New())
	require.NoError(t, err)
	r, err := app.Decline{Deps: b.Deps}.Decide(t.Context(), app.Denial{Respond: b.yes(t, consent).Respond, Block: true}, b.by)
	require.NoError(t, err)
	require.Equal(t, domain.Refused, r.State)
	require.Equal(t, domain.Cancelled, b.stored(t, waiting).State)
	_, err = b.askFor(t, id.New())
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_CONSENT_REFUSED))
}

// Who never asked is nobody to block.
func TestAStrangerIsNotBlocked(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := app.BlockPartner{Deps: b.Deps}.Do(t.Context(), b.blocking())
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_NOT_FOUND))
}
