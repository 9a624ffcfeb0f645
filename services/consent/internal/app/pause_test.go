package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
)

// endless is a yes without an end of its own.
func (b *bundle) endless(t *testing.T) app.Decided {
	t.Helper()
	answer := b.yes(t, b.ask(t))
	answer.Duration = domain.Duration{Choice: domain.UntilStopped}
	decided, err := app.Approve{Deps: b.Deps}.Decide(t.Context(), answer, b.by)
	require.NoError(t, err)
	return decided
}

// R40: an access that nobody used pauses by itself; who wants to enter has the
// client asked once a day, and one press restores it.
func TestAPausedAccessIsRestoredByOnePress(t *testing.T) {
	t.Parallel()
	b := setup(t)
	given := b.endless(t)
	require.Equal(t, b.clock.Now().Add(190*day), given.Grants[0].WorksUntil())
	b.clock.Advance(190 * day)
	for range 2 { // what is recorded is recorded once
		_, err := app.Expire{Deps: b.Deps}.Do(t.Context())
		require.NoError(t, err)
	}
	require.Equal(t, []string{"requested", "given", "paused"}, b.events(t))
	for _, mailed := range []bool{true, false} {
		out, err := app.Remind{Deps: b.Deps}.Do(t.Context(), b.asked.PartnerID, given.Record.ID)
		require.NoError(t, err)
		require.True(t, out.Paused)
		require.Equal(t, mailed, out.Mailed)
	}
	confirmed, err := app.Confirm{Deps: b.Deps}.Decide(t.Context(), b.yes(t, given.Record.ID).Respond, b.by)
	require.NoError(t, err)
	require.False(t, confirmed.Record.PausedAt(b.clock.Now()))
	require.Equal(t, b.clock.Now().Add(190*day), confirmed.Grants[0].WorksUntil())
	require.False(t, confirmed.Grants[0].IsSettled(), "the decision is told")
	require.Equal(t, []string{"requested", "given", "paused", "confirmation_asked", "confirmed"}, b.events(t))
}

// Without a confirmation it ends 30 days later, and stays over.
func TestAPausedAccessEndsUnlessItIsConfirmed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	given := b.endless(t)
	b.clock.Advance(220 * day)
	_, err := app.Confirm{Deps: b.Deps}.Decide(t.Context(), b.yes(t, given.Record.ID).Respond, b.by)
	require.ErrorIs(t, err, domain.NotGiven)
	_, err = app.Expire{Deps: b.Deps}.Do(t.Context())
	require.NoError(t, err)
	require.Equal(t, domain.Expired, b.stored(t, given.Record.ID).State)
}

// A client's own choices hold for what is given from then on.
func TestAClientChoosesWhenItsAccessesPause(t *testing.T) {
	t.Parallel()
	b := setup(t)
	policy := domain.Policy{ClientID: b.asked.ClientID, ReconfirmDays: 30, SecondFactor: true}
	for range 2 {
		require.NoError(t, app.Policy{Deps: b.Deps}.Change(t.Context(), policy, id.New(), idempotency.Key{}))
	}
	kept, err := app.Policy{Deps: b.Deps}.Of(t.Context(), b.asked.ClientID)
	require.NoError(t, err)
	policy.Version = 2
	require.Equal(t, policy, kept)
	require.Equal(t, b.clock.Now().Add(30*day), b.endless(t).Grants[0].WorksUntil())

	waiting, err := b.askFor(t, id.New())
	require.NoError(t, err)
	answer := b.yes(t, waiting)
	answer.Via = domain.Session
	_, err = app.Approve{Deps: b.Deps}.Do(t.Context(), answer)
	require.ErrorIs(t, err, domain.FactorRequired, "the client asks for it")
}

// R40: where a client decided nothing, the deployment's choice holds; the
// client's own stands above it.
func TestTheDeploymentSaysWhenAnUnusedAccessPauses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.Terms.Policy = domain.Policy{InactivityDays: 30, ReconfirmDays: 40}
	given := b.endless(t)
	require.Equal(t, b.clock.Now().Add(30*day), given.Grants[0].WorksUntil())
	read, err := app.Policy{Deps: b.Deps}.Of(t.Context(), b.asked.ClientID)
	require.NoError(t, err)
	require.Equal(t, []int{30, 40}, []int{read.InactivityDays, read.ReconfirmDays})

	b.asked = request(id.New(), id.New())
	b.by.For.UserID = b.asked.UserID
	own := domain.Policy{ClientID: b.asked.ClientID, InactivityDays: 100}
	require.NoError(t, app.Policy{Deps: b.Deps}.Change(t.Context(), own, id.New(), idempotency.Key{}))
	require.Equal(t, b.clock.Now().Add(100*day), b.endless(t).Grants[0].WorksUntil())
}
