package app_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
)

// R40: the client may choose when the access begins; its duration counts from
// then, and the decision is told the beginning.
func TestAnAccessBeginsWhenTheClientSays(t *testing.T) {
	t.Parallel()
	b := setup(t)
	consent := b.ask(t)
	for _, start := range []time.Time{b.clock.Now().Add(-time.Second), b.clock.Now().Add(91 * day)} {
		answer := b.yes(t, consent)
		answer.Start = start
		_, err := app.Approve{Deps: b.Deps}.Decide(t.Context(), answer, b.by)
		require.ErrorIs(t, err, domain.StartOutOfRange)
	}
	answer := b.yes(t, consent)
	answer.Start = b.clock.Now().Add(3 * day)
	decided, err := app.Approve{Deps: b.Deps}.Decide(t.Context(), answer, b.by)
	require.NoError(t, err)
	require.Equal(t, b.clock.Now().Add(10*day), decided.Record.ExpireTime)
	require.Equal(t, answer.Start, decided.Grants[0].ValidFrom)
	require.True(t, decided.Grants[0].Scheduled)

	reminded, err := app.Remind{Deps: b.Deps}.Do(t.Context(), b.asked.PartnerID, consent)
	require.NoError(t, err)
	require.Equal(t, answer.Start, reminded.StartTime, "who wants to enter is told when")
	b.clock.Advance(3 * day)
	reminded, err = app.Remind{Deps: b.Deps}.Do(t.Context(), b.asked.PartnerID, consent)
	require.NoError(t, err)
	require.Zero(t, reminded.StartTime)
}

// R36: a new yes extends the old, which goes on until then; a later beginning
// would leave a gap, and is refused.
func TestAYesForLaterNeverCutsAnAccessShort(t *testing.T) {
	t.Parallel()
	b := setup(t)
	old := b.give(t)
	b.asked.AssignmentID = id.New()
	longer := b.yes(t, b.ask(t))
	require.Equal(t, domain.Given, b.stored(t, old.Record.ID).State, "asking to extend ends nothing")
	longer.Start = b.clock.Now().Add(day)
	_, err := app.Approve{Deps: b.Deps}.Decide(t.Context(), longer, b.by)
	require.ErrorIs(t, err, domain.StartTooLate)
	require.Equal(t, domain.Given, b.stored(t, old.Record.ID).State)
	longer.Start = time.Time{}
	_, err = app.Approve{Deps: b.Deps}.Decide(t.Context(), longer, b.by)
	require.NoError(t, err)
	require.Equal(t, domain.Superseded, b.stored(t, old.Record.ID).State)
}
