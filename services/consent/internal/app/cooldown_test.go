package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
)

// Three noes in a month cool a partner down, whomever it asks for; another
// partner may ask.
func TestThreeNoesCoolThePartnerDown(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for range 3 {
		consent, err := b.askFor(t, id.New())
		require.NoError(t, err, "two noes do not")
		b.no(t, consent)
	}
	_, err := b.askFor(t, id.New())
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_CONSENT_REFUSED))
	b.clock.Advance(week)
	consent, err := b.askFor(t, id.New())
	require.NoError(t, err, "the cool-down is over")

	b.no(t, consent)
	partner := b.asked.PartnerID
	b.asked.PartnerID = id.New()
	_, err = b.askFor(t, id.New())
	require.NoError(t, err, "another partner")
	b.asked.PartnerID = partner
	_, err = b.askFor(t, id.New())
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_CONSENT_REFUSED), "a fourth no within the month")
	b.clock.Advance(4 * week)
	_, err = b.askFor(t, id.New())
	require.NoError(t, err, "a month later they are forgotten")
}

// askFor asks for another person of the partner.
func (b *bundle) askFor(t *testing.T, user id.ID) (id.ID, error) {
	b.asked.UserID, b.asked.AssignmentID = user, id.New()
	b.by.For.UserID = user
	return app.RequestConsent{Deps: b.Deps}.Record(t.Context(), b.asked)
}

func (b *bundle) no(t *testing.T, consent id.ID) {
	t.Helper()
	_, err := app.Decline{Deps: b.Deps}.Decide(t.Context(), app.Denial{Respond: b.yes(t, consent).Respond}, b.by)
	require.NoError(t, err)
}
