package app_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/consent/internal/wording"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
)

const (
	noted  = "aval.consent.v1.visit.noted"
	summed = "aval.consent.v1.visit.summed"
)

// enter lets the fact of a visit arrive, twice.
func (b *bundle) enter(t *testing.T, consent id.ID) {
	t.Helper()
	event := id.New()
	for range 2 {
		b.hear(t, event, &partnersupportv1.SupportSessionStarted{
			ClientId: b.asked.ClientID.Text("org"), PartnerId: b.asked.PartnerID.Text("org"), UserId: b.asked.UserID.Text("usr"),
			ConsentId: consent.Text("cns"), SupportSessionId: id.New().Text("sup"),
		})
	}
}

// R6: the client is told once of each visit, and once of a day on which somebody
// came, however often its job runs; unless its policy says otherwise.
func TestVisitsAreTold(t *testing.T) {
	t.Parallel()
	b := setup(t)
	consent := b.give(t).Record.ID
	b.enter(t, consent)
	b.enter(t, consent)
	require.Equal(t, []string{"requested", "given", noted, noted}, b.events(t))
	require.Equal(t, 1, b.planned(t, "sum_visits"), "one for the day")
	day := app.SumVisits{ClientID: b.asked.ClientID, Day: wording.Day(b.clock.Now())}
	for range 2 {
		require.NoError(t, app.Visits{Deps: b.Deps}.Sum(t.Context(), day))
	}
	require.Equal(t, []string{"requested", "given", noted, noted, summed}, b.events(t))

	quiet := domain.Policy{ClientID: b.asked.ClientID, NoVisitMails: true, NoDailyDigest: true}
	require.NoError(t, app.Policy{Deps: b.Deps}.Change(t.Context(), quiet, id.New(), idempotency.Key{}))
	kept, err := app.Policy{Deps: b.Deps}.Of(t.Context(), b.asked.ClientID)
	require.NoError(t, err)
	require.True(t, kept.NoVisitMails && kept.NoDailyDigest)
	before := b.events(t)
	b.enter(t, consent)
	require.NoError(t, app.Visits{Deps: b.Deps}.Sum(t.Context(), app.SumVisits{ClientID: b.asked.ClientID, Day: "2026-12-24"}))
	require.Equal(t, before, b.events(t))
}

// What a product records on a visit that lasts past midnight is told of on its
// own day.
func TestADayIsSummedOnceItIsOver(t *testing.T) {
	t.Parallel()
	b := setup(t)
	night := time.Date(2026, time.November, 21, 23, 30, 0, 0, time.UTC) // half past midnight in Paris
	for range 3 {
		_, err := app.RecordActivity{Deps: b.Deps}.Do(t.Context(), idempotency.Key{}, []postgres.Entry{{
			ID: id.New(), AccountID: b.asked.ClientID, ActorID: b.asked.UserID, SupportSessionID: id.New(), Time: night,
			Action: "invoice.update", Feature: "management/invoices", Outcome: postgres.Done, Source: "product", RequestID: id.New().String(),
		}})
		require.NoError(t, err)
	}
	require.Equal(t, 1, b.planned(t, "sum_visits"))
	at := app.SumVisits{ClientID: b.asked.ClientID, Day: wording.Day(night)}.InsertOpts().ScheduledAt
	require.Equal(t, "2026-11-23T06:00:00Z", at.UTC().Format(time.RFC3339), "seven in the morning in Paris, the day after")
}
