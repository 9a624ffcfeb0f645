package app_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/testsize"
)

func TestAskingGivesNoAccess(t *testing.T) { // R27
	t.Parallel()
	b := setup(t)
	consent := b.ask(t)
	require.Equal(t, domain.Requested, b.stored(t, consent).State)
	require.Zero(t, b.count(t, "SELECT count(*) FROM access_grant"))
	require.Equal(t, []string{"requested"}, b.events(t))
}

func TestTheSameAssignmentAsksOnce(t *testing.T) { // R22
	t.Parallel()
	b := setup(t)
	var group sync.WaitGroup
	seen := make([]id.ID, 20)
	for i := range seen {
		group.Go(func() {
			consent, err := app.RequestConsent{Deps: b.Deps}.Record(t.Context(), b.asked)
			if err == nil {
				seen[i] = consent
			}
		})
	}
	group.Wait()
	for _, consent := range seen {
		require.Equal(t, seen[0], consent)
	}
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM consent"))
	require.Equal(t, []string{"requested"}, b.events(t))
}

func TestYesIsStoredWithItsProof(t *testing.T) { // R5, R40, R45
	t.Parallel()
	b := setup(t)
	decided := b.give(t)
	require.Equal(t, domain.Given, decided.Record.State)
	require.Equal(t, b.clock.Now().Add(week), decided.Record.ExpireTime)
	require.Equal(t, domain.Evidence{
		Assurance: domain.EmailLink, TextHash: b.yes(t, id.ID{}).TextHash, TextVersion: "support/1", TextLocale: "fr",
		Network: "192.0.2.0/24", Agent: "Mozilla/5.0",
	}, decided.Record.Evidence)
	require.Len(t, decided.Grants, 1)
	require.Contains(t, decided.Grants[0].Rights, domain.Right{Feature: "accounting/bank", Level: domain.None})
	require.Equal(t, []string{"requested", "given"}, b.events(t))
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM river.river_job WHERE kind = 'settle_grant'"))
}

func TestAHundredYesesMakeOneGrant(t *testing.T) { // T-10
	t.Parallel()
	b := setup(t)
	for race := range testsize.Of(t, 1, 1000) {
		b.asked.AssignmentID, b.asked.UserID = id.New(), id.New()
		b.aHundredYeses(t)
		require.Equal(t, race+1, b.count(t, "SELECT count(*) FROM access_grant"))
		require.Len(t, b.events(t), 2*(race+1), "each was asked for and given once")
	}
}

func (b *bundle) aHundredYeses(t *testing.T) {
	t.Helper()
	answer := b.yes(t, b.ask(t))
	var group sync.WaitGroup
	results := make([]app.Decided, 100)
	errs := make([]error, 100)
	for i := range results {
		group.Go(func() {
			people := b.by
			people.By.UserID = id.New() // a hundred approvers
			results[i], errs[i] = app.Approve{Deps: b.Deps}.Decide(t.Context(), answer, people)
		})
	}
	group.Wait()
	for i, decided := range results {
		require.NoError(t, errs[i])
		require.Equal(t, results[0], decided, "everybody is given what was recorded")
	}
}

func TestYesAndNoAtOnceLeaveOneAnswer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	answer := b.yes(t, b.ask(t))
	var group sync.WaitGroup
	var yes app.Decided
	var no domain.Record
	var yesErr, noErr error
	group.Go(func() { yes, yesErr = app.Approve{Deps: b.Deps}.Decide(t.Context(), answer, b.by) })
	group.Go(func() {
		no, noErr = app.Decline{Deps: b.Deps}.Decide(t.Context(), app.Denial{Respond: answer.Respond}, b.by)
	})
	group.Wait()
	require.NoError(t, errors.Join(yesErr, noErr))
	require.Equal(t, yes.Record, no, "both are shown the same answer")
}

func TestPressingAgainShowsTheAnswer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.give(t)
	again := b.yes(t, first.Record.ID)
	again.Duration, again.TextHash = domain.Duration{Choice: domain.OneYear}, "another text"
	decided, err := app.Approve{Deps: b.Deps}.Decide(t.Context(), again, b.by)
	require.NoError(t, err)
	require.Equal(t, first, decided)

	declined, err := app.Decline{Deps: b.Deps}.Decide(t.Context(), app.Denial{Respond: again.Respond}, b.by)
	require.NoError(t, err)
	require.Equal(t, domain.Given, declined.State)
}

func TestARefusedYesLeavesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	consent := b.ask(t)
	before := b.stored(t, consent)
	for name, c := range map[string]struct {
		change func(*app.Answer, *app.Parties)
		want   error
	}{
		"text":     {func(a *app.Answer, _ *app.Parties) { a.TextHash = "x" }, domain.TextChanged},
		"language": {func(a *app.Answer, _ *app.Parties) { a.TextLocale = "en" }, domain.TextChanged},
		"duration": {func(a *app.Answer, _ *app.Parties) { a.Duration = domain.Duration{} }, domain.DurationRequired},
		"self":     {func(_ *app.Answer, p *app.Parties) { p.By.Folded = p.For.Folded }, domain.SelfApproval},
		"stranger": {func(_ *app.Answer, p *app.Parties) { p.By.Approver = false }, domain.NotAnApprover},
		"rights": {func(a *app.Answer, _ *app.Parties) {
			a.Rights = []domain.Right{{Feature: "account/users", Level: domain.Guest}}
		}, domain.RightsExceedRequest},
	} {
		answer, people := b.yes(t, consent), b.by
		c.change(&answer, &people)
		_, err := app.Approve{Deps: b.Deps}.Decide(t.Context(), answer, people)
		require.ErrorIs(t, err, c.want, name)
	}
	require.Equal(t, before, b.stored(t, consent))
	require.Equal(t, []string{"requested"}, b.events(t))
}

func TestNotNowKeepsTheRequestOpen(t *testing.T) { // R36
	t.Parallel()
	b := setup(t)
	answer := b.yes(t, b.ask(t))
	r, err := app.Decline{Deps: b.Deps}.Decide(t.Context(), app.Denial{Respond: answer.Respond, NotNow: true}, b.by)
	require.NoError(t, err)
	require.Equal(t, domain.Requested, r.State)
	decided, err := app.Approve{Deps: b.Deps}.Decide(t.Context(), answer, b.by)
	require.NoError(t, err)
	require.Equal(t, domain.Given, decided.Record.State)
	require.Equal(t, []string{"requested", "postponed", "given"}, b.events(t))
}

// R44: and the client is told, once for each request.
func TestPartnerBrowserIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	answer := b.yes(t, b.ask(t))
	answer.SessionOrganizationID = b.asked.PartnerID
	_, err := app.Approve{Deps: b.Deps}.Do(t.Context(), answer)
	require.ErrorIs(t, err, domain.PartnerSession)
	_, err = app.Decline{Deps: b.Deps}.Do(t.Context(), app.Denial{Respond: answer.Respond})
	require.ErrorIs(t, err, domain.PartnerSession)
	require.Equal(t, []string{"requested", "partner_tried"}, b.events(t))
	b.in(village{approvers: []*membershipv1.Approver{approver("anne@client.example")}})
	require.Equal(t, map[string]string{"anne@client.example": "partner_tried"}, b.told(t, &consentv1.ConsentPartnerTried{Consent: b.refTo(answer.ConsentID)}))
}

func TestAnswerOfAnotherClientIsNotFound(t *testing.T) {
	t.Parallel()
	b := setup(t)
	answer := b.yes(t, b.ask(t))
	// The asking partner sees the row as a partner, and may not answer it.
	for _, stranger := range []id.ID{id.New(), b.asked.PartnerID} {
		answer.ClientID = stranger
		_, err := app.Approve{Deps: b.Deps}.Decide(t.Context(), answer, b.by)
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_NOT_FOUND))
		_, err = app.Withdraw{Deps: b.Deps}.Decide(t.Context(), app.Withdrawal{ClientID: stranger, ConsentID: answer.ConsentID})
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_NOT_FOUND))
	}
}

func TestRequestIdIsBoundToItsBody(t *testing.T) {
	t.Parallel()
	b := setup(t)
	answer := b.yes(t, b.ask(t))
	answer.Key = idempotency.Key{Tenant: b.asked.ClientID, Principal: "link", Method: "m", RequestID: "r1", BodyHash: []byte{1}}
	first, err := app.Approve{Deps: b.Deps}.Decide(t.Context(), answer, b.by)
	require.NoError(t, err)
	again, err := app.Approve{Deps: b.Deps}.Decide(t.Context(), answer, b.by)
	require.NoError(t, err)
	require.Equal(t, first, again)
	answer.Key.BodyHash = []byte{2}
	_, err = app.Approve{Deps: b.Deps}.Decide(t.Context(), answer, b.by)
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_IDEMPOTENCY_KEY_REUSED))
}

func TestANewYesTakesThePlaceOfTheOld(t *testing.T) {
	t.Parallel()
	b := setup(t)
	old := b.give(t)
	b.asked.AssignmentID = id.New()
	b.clock.Advance(time.Hour)
	fresh := b.give(t)
	require.Equal(t, domain.Superseded, b.stored(t, old.Record.ID).State)
	require.Len(t, fresh.Grants, 2, "the answer waits for the end of the old one too")
	require.Equal(t, old.Grants[0].ID, fresh.Grants[1].ID)
	require.Equal(t, domain.GrantEnded, fresh.Grants[1].State)
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM access_grant WHERE state = 'ACTIVE'"))

	b.clock.Advance(2 * week)
	b.asked.AssignmentID = id.New()
	b.give(t)
	require.Equal(t, domain.Expired, b.stored(t, fresh.Record.ID).State, "what was over is recorded as over")
}
