package app_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/wording"
	"github.com/aval-access/aval/services/kit/id"
)

// successor makes the next question one for somebody who takes over.
func (b *bundle) successor(from id.ID) {
	b.asked.AssignmentID, b.asked.UserID, b.asked.PredecessorID = id.New(), id.New(), from
	b.asked.GivenName, b.asked.FamilyName = "Sofia", "Roy"
	b.by.For.UserID = b.asked.UserID
	b.clock.Advance(time.Hour)
}

// R36: whoever is there stays until the yes for the successor, which swaps both
// in one transaction, and the answer waits for both.
func TestTheYesForASuccessorSwapsBoth(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.give(t)
	b.successor(first.Record.ID)
	consent := b.ask(t)
	asked := b.stored(t, consent)
	require.Equal(t, "Karim Haddad", asked.PredecessorName)
	require.Equal(t, domain.Given, b.stored(t, first.Record.ID).State, "asking ends nothing")

	answer := b.yes(t, consent)
	answer.TextHash = wording.Canonical(asked, "fr").Hash()
	decided, err := app.Approve{Deps: b.Deps}.Decide(t.Context(), answer, b.by)
	require.NoError(t, err)
	require.Equal(t, domain.Superseded, b.stored(t, first.Record.ID).State)
	require.Len(t, decided.Grants, 2)
	require.Equal(t, first.Grants[0].ID, decided.Grants[1].ID)
	require.Equal(t, domain.GrantEnded, decided.Grants[1].State)
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM access_grant WHERE state = 'ACTIVE'"))
	require.Equal(t, []string{"requested", "given", "requested", "ended", "given"}, b.events(t))
}

// R36: a no leaves whoever is there.
func TestANoForASuccessorChangesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.give(t)
	b.successor(first.Record.ID)
	answer := b.yes(t, b.ask(t))
	_, err := app.Decline{Deps: b.Deps}.Decide(t.Context(), app.Denial{Respond: answer.Respond}, b.by)
	require.NoError(t, err)
	require.Equal(t, domain.Given, b.stored(t, first.Record.ID).State)
}

// A yes that was renewed while the hand-over waited is what the swap ends.
func TestTheSwapEndsWhatIsInForce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.give(t)
	before := b.asked
	b.successor(first.Record.ID)
	consent := b.ask(t)
	handOver := b.asked

	b.asked = before
	b.asked.AssignmentID = id.New()
	b.by.For.UserID = b.asked.UserID
	renewed := b.give(t)

	b.asked = handOver
	answer := b.yes(t, consent)
	answer.TextHash = wording.Canonical(b.stored(t, consent), "fr").Hash()
	_, err := app.Approve{Deps: b.Deps}.Decide(t.Context(), answer, b.by)
	require.NoError(t, err)
	require.Equal(t, domain.Superseded, b.stored(t, renewed.Record.ID).State)
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM access_grant WHERE state = 'ACTIVE'"))
}

// What was never given, or is another role's or person's own, is nothing to take
// over: the client reads nothing of it.
func TestOnlyAGivenAccessIsTakenOver(t *testing.T) {
	t.Parallel()
	b := setup(t)
	unanswered := b.ask(t)
	b.successor(unanswered)
	require.Empty(t, b.stored(t, b.ask(t)).PredecessorName)

	given := domain.Record{ID: id.New(), PartnerID: id.New(), UserID: id.New(), Role: domain.Accountant, GiveTime: time.Unix(1, 0), GivenName: "Karim"}
	for name, next := range map[string]domain.Record{
		"partner": {PartnerID: id.New(), UserID: id.New(), Role: given.Role},
		"role":    {PartnerID: given.PartnerID, UserID: id.New(), Role: domain.TechnicalSupport},
		"person":  {PartnerID: given.PartnerID, UserID: given.UserID, Role: given.Role},
	} {
		next.PredecessorID = given.ID
		next.Follow(given, time.Unix(2, 0))
		require.True(t, next.PredecessorID.IsZero(), name)
	}
}
