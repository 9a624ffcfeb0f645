package app_test

import (
	"strings"
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

// R35: whom the partner detached does not come back by a no to more that becomes
// a yes.
func TestNobodyComesBackByANoToMore(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.give(t)
	more := b.more(t, first.Record.ID)
	answer := b.yes(t, more)
	_, err := app.Decline{Deps: b.Deps}.Decide(t.Context(), app.Denial{Respond: answer.Respond}, b.by)
	require.NoError(t, err)
	_, err = app.Terminate{Deps: b.Deps}.One(t.Context(), app.Party{PartnerID: b.asked.PartnerID, ActorID: id.New()}, first.Record.ID)
	require.Error(t, err, "no decision can be reached here")
	answer.Overturn, answer.TextHash = true, wording.Canonical(b.stored(t, more), "fr").Hash()
	_, err = app.Approve{Deps: b.Deps}.Decide(t.Context(), answer, b.by)
	require.ErrorIs(t, err, domain.NotPending)
	require.Zero(t, b.count(t, "SELECT count(*) FROM access_grant WHERE state = 'ACTIVE'"))
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

// What the platform declares void is no access to have more of: the question ends
// with it, for the same reason, and so do those of a team's people.
func TestAVoidYesTakesTheQuestionForMoreAlong(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.in(village{})
	first := b.give(t)
	more := b.more(t, first.Record.ID)
	b.asked.PredecessorID = id.ID{}
	other, err := b.askFor(t, id.New())
	require.NoError(t, err)
	_, err = b.invalidate(t, first.Record.ID)
	require.NoError(t, err)
	require.Equal(t, domain.Cancelled, b.stored(t, more).State)
	require.Equal(t, domain.Requested, b.stored(t, other).State, "what nobody gave is the partner's to take back")
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM transition WHERE to_state = 'CANCELLED' AND party = 'PLATFORM' AND reason = '"+strings.ReplaceAll(whyVoid, "'", "''")+"'"))

	m := letIn(t)
	m.in(village{})
	second := m.next(t)
	m.asked.UserID, m.asked.TeamConsentID = second.UserID, id.ID{}
	more = m.more(t, second.ID)
	require.NotNil(t, m.stored(t, more).Extends)
	_, err = m.invalidate(t, m.first.Record.ID)
	require.NoError(t, err)
	require.Equal(t, domain.Cancelled, m.stored(t, more).State)
}

// R40, R41: whoever is asked for more reads what runs now: an access that was
// narrowed meanwhile is shown as it is left, and an answer to the old text counts
// for nothing.
func TestTheQuestionForMoreSaysWhatRunsNow(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.give(t)
	consent := b.more(t, first.Record.ID)
	answer, before := b.yes(t, consent), b.stored(t, consent)
	answer.TextHash = wording.Canonical(before, "fr").Hash()
	until, guest := b.clock.Now().Add(48*time.Hour), domain.Right{Feature: "management", Level: domain.Guest}
	_, err := app.Narrow{Deps: b.Deps}.Decide(t.Context(), b.less(first.Record.ID, until, guest))
	require.NoError(t, err)
	now := b.stored(t, consent)
	require.True(t, until.Equal(now.Extends.Until))
	require.True(t, strings.HasSuffix(wording.Running("fr", now), "\nGestion générale : consulter"))
	_, err = app.Approve{Deps: b.Deps}.Decide(t.Context(), answer, b.by)
	require.ErrorIs(t, err, domain.TextChanged)
	answer.TextHash = wording.Canonical(now, "fr").Hash()
	decided, err := app.Approve{Deps: b.Deps}.Decide(t.Context(), answer, b.by)
	require.NoError(t, err)
	require.Equal(t, domain.Given, decided.Record.State)
}

// R6: a yes to the whole team, through somebody else, does not answer the
// question for more of one person: any widening is a consent of its own. The yes
// to that question may itself be for the whole team, and takes the place of what
// ran.
func TestATeamsYesAnswersNoQuestionForMore(t *testing.T) {
	t.Parallel()
	b := setup(t)
	karim := b.give(t).Record
	more := b.more(t, karim.ID)
	question := b.asked
	b.asked.PredecessorID = id.ID{}
	other, err := b.askFor(t, id.New())
	require.NoError(t, err)
	answer := b.yes(t, other)
	answer.Team = true
	_, err = app.Approve{Deps: b.Deps}.Decide(t.Context(), answer, b.by)
	require.NoError(t, err)
	require.Equal(t, domain.Requested, b.stored(t, more).State)
	require.Equal(t, domain.Given, b.stored(t, karim.ID).State, "what runs goes on")

	b.asked, b.by.For.UserID = question, question.UserID
	answer = b.yes(t, more)
	answer.Team, answer.TextHash = true, wording.Canonical(b.stored(t, more), "fr").Hash()
	decided, err := app.Approve{Deps: b.Deps}.Decide(t.Context(), answer, b.by)
	require.NoError(t, err)
	require.True(t, decided.Record.Team)
	require.Equal(t, domain.Superseded, b.stored(t, karim.ID).State)
}
