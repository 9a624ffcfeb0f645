package app_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
)

// R130: the client is told at once when a feature is used that it allowed on a
// line of its own: once in a visit, and even where it wants no mails of visits.
func TestASensitiveUseIsToldAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	quiet := domain.Policy{ClientID: b.asked.ClientID, NoVisitMails: true, NoDailyDigest: true}
	require.NoError(t, app.Policy{Deps: b.Deps}.Change(t.Context(), quiet, id.New(), idempotency.Key{}))
	consent := b.give(t).Record.ID
	before := b.events(t)
	visit, next := id.New(), id.New()
	for _, used := range []struct {
		feature string
		visit   id.ID
		outcome postgres.Outcome
		told    int
	}{
		{"accounting/entries", visit, postgres.Done, 0},
		{"accounting/bank/iban", visit, postgres.Denied, 0},
		{"accounting/bank", id.ID{}, postgres.Done, 0},
		{"accounting/bank/iban", visit, postgres.Done, 1},
		{"accounting/bank", visit, postgres.Done, 1},
		{"accounting/bank", next, postgres.Done, 2},
	} {
		_, err := app.RecordActivity{Deps: b.Deps}.Do(t.Context(), idempotency.Key{}, []postgres.Entry{{
			AccountID: b.asked.ClientID, ID: id.New(), ActorID: b.asked.UserID, SupportSessionID: used.visit,
			Feature: used.feature, Action: "iban.changed", Outcome: used.outcome, Source: "spiffe://aval.local/x", RequestID: id.New().String(),
		}})
		require.NoError(t, err)
		told := slices.Repeat([]string{"aval.consent.v1.sensitive_feature.used"}, used.told)
		require.Equal(t, slices.Concat(before, told), b.events(t), used)
	}

	b.in(village{approvers: []*membershipv1.Approver{approver("anne@client.example")}})
	mails, err := app.PrepareMail{Deps: b.Deps}.Do(t.Context(), &consentv1.SensitiveFeatureUsed{
		ClientId: b.asked.ClientID.Text("org"), ConsentId: consent.Text("cns"), SupportSessionId: visit.Text("sup"),
		Feature: "accounting/bank", UseTime: fields.Time(b.clock.Now()),
	})
	require.NoError(t, err)
	require.Len(t, mails, 1)
	require.Equal(t, "sensitive_used", mails[0].Template)
	require.Equal(t, "Coordonnées bancaires", mails[0].Variables["feature"])
}
