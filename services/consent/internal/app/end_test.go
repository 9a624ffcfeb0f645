package app_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

func TestWithdrawalIsRecordedOnce(t *testing.T) { // R41, R44
	t.Parallel()
	b := setup(t)
	given := b.give(t)
	w := b.withdrawal(given.Record.ID)
	first, err := app.Withdraw{Deps: b.Deps}.Decide(t.Context(), w)
	require.NoError(t, err)
	require.Equal(t, domain.Withdrawn, first.Record.State)
	require.Equal(t, domain.GrantRevoked, first.Grants[0].State)
	require.Equal(t, int64(2), first.Grants[0].Version)
	again, err := app.Withdraw{Deps: b.Deps}.Decide(t.Context(), w)
	require.NoError(t, err)
	require.Equal(t, first, again)
	require.Equal(t, []string{"requested", "given", "ended"}, b.events(t))
}

func TestWithdrawalThatCannotFinishSaysSo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	given := b.give(t)
	for range 2 { // a repetition waits again
		_, _, err := app.Withdraw{Deps: b.Deps}.Do(t.Context(), b.withdrawal(given.Record.ID))
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_REVOCATION_PENDING))
	}
	require.Equal(t, domain.Withdrawn, b.stored(t, given.Record.ID).State, "the end is durable all the same")
	require.Equal(t, 2, b.count(t, "SELECT count(*) FROM river.river_job WHERE kind = 'settle_grant'"), "and a job sees to it")
}

func TestNothingToWithdraw(t *testing.T) {
	t.Parallel()
	b := setup(t)
	consent := b.ask(t)
	_, err := app.Withdraw{Deps: b.Deps}.Decide(t.Context(), b.withdrawal(consent))
	require.ErrorIs(t, err, domain.NotGiven)
	_, err = app.Approve{Deps: b.Deps}.Decide(t.Context(), b.yes(t, consent), b.by)
	require.NoError(t, err)
	b.clock.Advance(week)
	_, err = app.Withdraw{Deps: b.Deps}.Decide(t.Context(), b.withdrawal(consent))
	require.ErrorIs(t, err, domain.NotGiven, "its time is over, recorded or not")
}

func TestWithdrawingRacesApproving(t *testing.T) {
	t.Parallel()
	b := setup(t)
	given := b.give(t)
	var group sync.WaitGroup
	for range 10 {
		group.Go(func() { _, _ = app.Withdraw{Deps: b.Deps}.Decide(t.Context(), b.withdrawal(given.Record.ID)) })
		group.Go(func() {
			_, _ = app.Approve{Deps: b.Deps}.Decide(t.Context(), b.yes(t, given.Record.ID), b.by)
		})
	}
	group.Wait()
	require.Equal(t, domain.Withdrawn, b.stored(t, given.Record.ID).State, "pressing yes again revives nothing")
	require.Zero(t, b.count(t, "SELECT count(*) FROM access_grant WHERE state = 'ACTIVE'"))
}

func (b *bundle) party() app.Party {
	return app.Party{PartnerID: b.asked.PartnerID, ActorID: b.asked.RequesterID}
}

func TestPartnerCancelsItsRequest(t *testing.T) {
	t.Parallel()
	b := setup(t)
	consent := b.ask(t)
	for i := range 2 {
		out, err := app.Terminate{Deps: b.Deps}.One(t.Context(), b.party(), consent)
		require.NoError(t, err)
		require.Equal(t, 1-i, out.RequestsCancelled, "idempotent")
	}
	_, err := app.Approve{Deps: b.Deps}.Decide(t.Context(), b.yes(t, consent), b.by)
	require.ErrorIs(t, err, domain.NotPending)
	require.Equal(t, []string{"requested", "ended"}, b.events(t))
}

func TestPartnerEndsWhatWasGiven(t *testing.T) { // R35
	t.Parallel()
	b := setup(t)
	given := b.give(t)
	_, err := app.Terminate{Deps: b.Deps}.One(t.Context(), b.party(), given.Record.ID)
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_REVOCATION_PENDING))
	require.Equal(t, domain.Terminated, b.stored(t, given.Record.ID).State)
	_, err = app.Terminate{Deps: b.Deps}.One(t.Context(), app.Party{PartnerID: id.New()}, given.Record.ID)
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_NOT_FOUND), "another partner's consent")
}

func TestRemovingAPersonEndsAllOfTheirs(t *testing.T) { // R34, R82
	t.Parallel()
	b := setup(t)
	given := b.give(t)
	other := b.asked
	other.ClientID, other.AssignmentID = id.New(), id.New()
	_, err := app.RequestConsent{Deps: b.Deps}.Record(t.Context(), other)
	require.NoError(t, err)
	somebody := b.asked
	somebody.AssignmentID, somebody.UserID = id.New(), id.New()
	_, err = app.RequestConsent{Deps: b.Deps}.Record(t.Context(), somebody)
	require.NoError(t, err)

	_, err = app.Terminate{Deps: b.Deps}.ForSubject(t.Context(), b.party(), b.asked.UserID)
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_REVOCATION_PENDING))
	require.Equal(t, domain.Terminated, b.stored(t, given.Record.ID).State)
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM consent WHERE state = 'CANCELLED'"))
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM consent WHERE state = 'REQUESTED'"), "others keep theirs")
	_, err = app.Terminate{Deps: b.Deps}.ForSubject(t.Context(), b.party(), b.asked.UserID)
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_REVOCATION_PENDING), "a repetition waits again")
}

func TestReminderIsMailedOnceADay(t *testing.T) { // R28
	t.Parallel()
	b := setup(t)
	consent := b.ask(t)
	remind := func() app.Reminded {
		out, err := app.Remind{Deps: b.Deps}.Do(t.Context(), b.asked.PartnerID, consent)
		require.NoError(t, err)
		return out
	}
	require.False(t, remind().Mailed, "the request itself left today")
	b.clock.Advance(24 * time.Hour)
	require.True(t, remind().Mailed)
	require.False(t, remind().Mailed)
	require.Equal(t, []string{"requested", "reminded"}, b.events(t))

	_, err := app.Decline{Deps: b.Deps}.Decide(t.Context(), app.Denial{Respond: b.yes(t, consent).Respond}, b.by)
	require.NoError(t, err)
	out := remind()
	require.Equal(t, domain.Refused, out.State)
	require.Equal(t, b.clock.Now().Add(week), out.RetryTime)
	_, err = app.Remind{Deps: b.Deps}.Do(t.Context(), id.New(), consent)
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_NOT_FOUND))
}

func TestANoCoolsThePersonDown(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := app.Decline{Deps: b.Deps}.Decide(t.Context(), app.Denial{Respond: b.yes(t, b.ask(t)).Respond}, b.by)
	require.NoError(t, err)
	b.asked.AssignmentID = id.New()
	b.clock.Advance(week - time.Second)
	_, err = app.RequestConsent{Deps: b.Deps}.Record(t.Context(), b.asked)
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_CONSENT_REFUSED))
	other := b.asked
	other.UserID = id.New()
	_, err = app.RequestConsent{Deps: b.Deps}.Record(t.Context(), other)
	require.NoError(t, err, "another person may be asked for")

	b.clock.Advance(time.Second)
	b.asked.AssignmentID = id.New()
	given := b.give(t)
	_, err = app.Withdraw{Deps: b.Deps}.Decide(t.Context(), b.withdrawal(given.Record.ID))
	require.NoError(t, err)
	b.asked.AssignmentID = id.New()
	_, err = app.RequestConsent{Deps: b.Deps}.Record(t.Context(), b.asked)
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_CONSENT_REFUSED), "after a withdrawal too")
}

func TestTimeIsRecordedAndTold(t *testing.T) { // R40
	t.Parallel()
	b := setup(t)
	given := b.give(t)
	b.asked.AssignmentID, b.asked.UserID = id.New(), id.New()
	waiting := b.ask(t)
	expire := app.Expire{Deps: b.Deps}
	n, err := expire.Do(t.Context())
	require.NoError(t, err)
	require.Zero(t, n)
	b.clock.Advance(2 * week)
	n, err = expire.Do(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, n)
	require.Equal(t, domain.Expired, b.stored(t, given.Record.ID).State)
	require.Equal(t, domain.ExpiredUnanswered, b.stored(t, waiting).State)
	require.Equal(t, []string{"requested", "given", "requested", "ended", "ended"}, b.events(t))
}

func TestTimelineTellsEveryStep(t *testing.T) { // R6
	t.Parallel()
	b := setup(t)
	given := b.give(t)
	_, err := app.Withdraw{Deps: b.Deps}.Decide(t.Context(), b.withdrawal(given.Record.ID))
	require.NoError(t, err)
	var steps []domain.Step
	require.NoError(t, b.DB.InTenant(t.Context(), b.asked.ClientID, func(ctx context.Context, tx pg.Tx) (err error) {
		steps, err = postgres.Consents{}.Timeline(ctx, tx, b.asked.ClientID, given.Record.ID)
		return err
	}))
	require.Len(t, steps, 3)
	require.Equal(t, domain.ByPartner, steps[0].Actor.Party)
	require.Equal(t, "Anne Petit", steps[1].Actor.Name)
	require.Equal(t, domain.Withdrawn, steps[2].To)
}

func TestPurgeKeepsWhatMatters(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.give(t)
	require.NoError(t, app.Purge{Deps: b.Deps}.Do(t.Context()))
	require.Equal(t, []string{"requested", "given"}, b.events(t))
	require.Equal(t, 2, b.count(t, "SELECT count(*) FROM transition"))
}
