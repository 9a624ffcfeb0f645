package app_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
)

const day = 24 * time.Hour

// overturn answers yes to a no that was seen.
func (b *bundle) overturn(t *testing.T, consent id.ID) (app.Decided, error) {
	t.Helper()
	answer := b.yes(t, consent)
	answer.Overturn = true
	return app.Approve{Deps: b.Deps}.Decide(t.Context(), answer, b.by)
}

// R36: a no is changed into a yes on purpose and never by a second press; the
// cool-down goes with it.
func TestANoBecomesAYesForThoseWhoSawIt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	consent := b.ask(t)
	b.no(t, consent)
	pressed, err := app.Approve{Deps: b.Deps}.Decide(t.Context(), b.yes(t, consent), b.by)
	require.NoError(t, err)
	require.Equal(t, domain.Refused, pressed.Record.State, "a yes that was too late shows the no")

	decided, err := b.overturn(t, consent)
	require.NoError(t, err)
	require.Equal(t, domain.Given, decided.Record.State)
	require.Len(t, decided.Grants, 1)
	require.Equal(t, []string{"requested", "refused", "given"}, b.events(t))
	again, err := b.overturn(t, consent)
	require.NoError(t, err)
	require.Equal(t, decided, again)
}

// Any approver has seven days, an owner as long as a request can live.
func TestANoStaysOneAfterAWeekButForAnOwner(t *testing.T) {
	t.Parallel()
	b := setup(t)
	consent := b.ask(t)
	b.no(t, consent)
	b.clock.Advance(7 * day)
	_, err := b.overturn(t, consent)
	require.ErrorIs(t, err, domain.NotPending)
	b.by.By.Owner = true
	b.clock.Advance(83*day - time.Second)
	_, err = b.overturn(t, consent)
	require.NoError(t, err)

	b.asked.AssignmentID, b.asked.UserID = id.New(), id.New()
	other := b.ask(t)
	b.no(t, other)
	b.clock.Advance(90 * day)
	_, err = b.overturn(t, other)
	require.ErrorIs(t, err, domain.NotPending)
}

// R34, R82: after the person was removed, the dossier ended or the client was
// asked again, there is no no to overturn: never a grant after an end.
func TestWhatThePartnerEndedIsNotOverturned(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*bundle, id.ID) error{
		"removed": func(b *bundle, _ id.ID) error {
			_, err := app.Terminate{Deps: b.Deps}.ForSubject(t.Context(), app.Party{PartnerID: b.asked.PartnerID, ActorID: id.New()}, b.asked.UserID)
			return err
		},
		"detached": func(b *bundle, consent id.ID) error {
			_, err := app.Terminate{Deps: b.Deps}.One(t.Context(), app.Party{PartnerID: b.asked.PartnerID, ActorID: id.New()}, consent)
			return err
		},
		"dossier ended": func(b *bundle, _ id.ID) error {
			_, err := app.TerminateDossier{Deps: b.Deps}.Do(t.Context(), app.Link{
				PartnerID: b.asked.PartnerID, ClientID: b.asked.ClientID, By: domain.Actor{Party: domain.ByPartner, ID: id.New()},
			})
			return err
		},
		"asked again": func(b *bundle, _ id.ID) error {
			b.clock.Advance(7 * day)
			asked := b.asked
			asked.AssignmentID = id.New()
			_, err := app.RequestConsent{Deps: b.Deps}.Record(t.Context(), asked)
			return err
		},
		"blocked": func(b *bundle, _ id.ID) error {
			_, err := app.BlockPartner{Deps: b.Deps}.Do(t.Context(), b.blocking())
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.by.By.Owner = true
			consent := b.ask(t)
			b.no(t, consent)
			require.NoError(t, end(b, consent))
			_, err := b.overturn(t, consent)
			require.ErrorIs(t, err, domain.NotPending)
			require.Zero(t, b.count(t, "SELECT count(*) FROM access_grant"))
		})
	}
}

// R36: who said not now is asked again at the time of their choice, they alone,
// and not once somebody answered.
func TestNotNowIsAskedAgainWhenItsApproverWishes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	consent := b.ask(t)
	later := func(after time.Duration) error {
		_, err := app.Decline{Deps: b.Deps}.Decide(t.Context(), app.Denial{
			Respond: b.yes(t, consent).Respond, NotNow: true, RemindAfter: after,
		}, b.by)
		return err
	}
	require.ErrorIs(t, later(14*day), domain.ReminderTooLate)
	require.NoError(t, later(3*day))
	require.Equal(t, 1, b.count(t, `SELECT count(*) FROM river.river_job WHERE kind = 'recall_approver' AND scheduled_at = '2026-11-24 09:00:00Z'`))

	job := app.RecallApprover{ClientID: b.asked.ClientID, ConsentID: consent, ApproverID: b.by.By.UserID}
	require.NoError(t, app.Recall{Deps: b.Deps}.Run(t.Context(), job))
	require.Equal(t, []string{"requested", "postponed", "recalled"}, b.events(t))
	b.no(t, consent)
	require.NoError(t, app.Recall{Deps: b.Deps}.Run(t.Context(), job))
	require.Equal(t, []string{"requested", "postponed", "recalled", "refused"}, b.events(t))
}
