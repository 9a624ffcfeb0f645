package app_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/wording"
	"github.com/aval-access/aval/services/kit/id"
)

// more makes the next question one for a longer or a wider access.
func (b *bundle) more(t *testing.T, running id.ID) id.ID {
	t.Helper()
	b.asked.AssignmentID, b.asked.PredecessorID = id.New(), running
	b.clock.Advance(time.Hour)
	return b.ask(t)
}

// What runs goes on until the yes, which takes its place; the fact of its end
// says by what.
func TestMoreIsAskedWhileAnAccessRuns(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.give(t)
	consent := b.more(t, first.Record.ID)
	asked := b.stored(t, consent)
	require.True(t, asked.PredecessorID.IsZero(), "nobody takes over")
	require.Equal(t, first.Record.ExpireTime, asked.Extends.Until)
	require.Len(t, asked.Extends.Lines, 3)
	require.Equal(t, domain.Given, b.stored(t, first.Record.ID).State)
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM consent WHERE extends IS NOT NULL"))

	answer := b.yes(t, consent)
	_, err := app.Approve{Deps: b.Deps}.Decide(t.Context(), answer, b.by)
	require.ErrorIs(t, err, domain.TextChanged, "the text of a first request is another")
	answer.TextHash = wording.Canonical(asked, "fr").Hash()
	decided, err := app.Approve{Deps: b.Deps}.Decide(t.Context(), answer, b.by)
	require.NoError(t, err)
	require.Len(t, decided.Grants, 2)
	require.Equal(t, domain.Superseded, b.stored(t, first.Record.ID).State)
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM access_grant WHERE state = 'ACTIVE'"))
	require.Equal(t, []string{"requested", "given", "requested", "ended", "given"}, b.events(t))
	mails, err := app.PrepareMail{Deps: b.Deps}.Do(t.Context(), &consentv1.ConsentEnded{
		State: consentv1.ConsentState_CONSENT_STATE_SUPERSEDED,
		Consent: &consentv1.ConsentRef{
			ConsentId: first.Record.ID.Text("cns"), ClientId: first.Record.ClientID.Text("org"), PartnerId: first.Record.PartnerID.Text("org"),
		},
	})
	require.NoError(t, err)
	require.Empty(t, mails, "they hear of the new one")
}

// A no leaves what runs as it is; what is over already is asked for as at first.
func TestANoToMoreLeavesWhatRuns(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.give(t)
	answer := b.yes(t, b.more(t, first.Record.ID))
	_, err := app.Decline{Deps: b.Deps}.Decide(t.Context(), app.Denial{Respond: answer.Respond}, b.by)
	require.NoError(t, err)
	require.Equal(t, domain.Given, b.stored(t, first.Record.ID).State)

	b.clock.Advance(2 * week)
	require.Nil(t, b.stored(t, b.more(t, first.Record.ID)).Extends)
}

// Who takes the yes back, or every yes, is not asked for more.
func TestTakingBackEndsTheQuestionForMore(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.give(t)
	one := b.more(t, first.Record.ID)
	_, err := app.Withdraw{Deps: b.Deps}.Decide(t.Context(), b.withdrawal(first.Record.ID))
	require.NoError(t, err)
	require.Equal(t, domain.Cancelled, b.stored(t, one).State)

	b = setup(t)
	first = b.give(t)
	one = b.more(t, first.Record.ID)
	done, err := app.WithdrawAll{Deps: b.Deps}.Decide(t.Context(), app.Sweep{
		ClientID: b.asked.ClientID, Actor: domain.Actor{Party: domain.ByClient, ID: b.by.By.UserID},
	})
	require.NoError(t, err)
	require.Equal(t, 1, done.Consents)
	require.Equal(t, domain.Cancelled, b.stored(t, one).State)
}
