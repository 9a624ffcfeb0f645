package e2e

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/journey"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/kit/id"
)

// R6, R44: whoever may answer for the client is told of a visit when it begins,
// and of what was done once the day is over.
func TestClientsAreToldOfVisits(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		a := b.asked(t)
		_, err := b.ApproveByLink(t.Context(), a.client.Owner.Email, a.token, consentv1.DurationChoice_DURATION_CHOICE_1_WEEK)
		require.NoError(t, err)
		entered, err := b.EnterDossier(t.Context(), a.person, a.partner.ID, a.dossier.GetId())
		require.NoError(t, err)
		mail, err := b.ReadMail(t.Context(), a.client.Owner.Email, "vient d'entrer")
		require.NoError(t, err)
		require.Contains(t, mail.Text, a.person.Name()+", de "+a.partner.Name)
		require.NotEmpty(t, mail.Link("/assistance"))

		_, err = consentv1.NewHistoryServiceClient(b.Product["consent"]).RecordActivity(t.Context(), &consentv1.RecordActivityRequest{
			Activities: []*consentv1.Activity{{
				AccountId: a.client.ID, ActorId: a.person.UserID, SupportSessionId: entered.GetSupportSession().GetId(),
				Feature: "management/invoices", Action: "invoice.update", Object: "F-2026-031", Outcome: consentv1.Outcome_OUTCOME_DONE,
				RequestId: id.New().String(),
			}},
		})
		require.NoError(t, err)
		b.nightPasses(t, a.client.ID)
		mail, err = b.ReadMail(t.Context(), a.client.Owner.Email, "Ce qui a été fait")
		require.NoError(t, err)
		require.Contains(t, mail.Text, "« invoice.update » sur F-2026-031")
		require.Contains(t, mail.Text, a.person.Name())
	})
}

// nightPasses makes the job due that sums the day of a client.
func (b bundle) nightPasses(t *testing.T, client string) {
	t.Helper()
	account, err := id.Parse("org", client)
	require.NoError(t, err)
	conn, err := pgx.Connect(t.Context(), b.stack.Database("consent").System)
	require.NoError(t, err)
	defer conn.Close(context.WithoutCancel(t.Context()))
	require.NoError(t, journey.Eventually(t.Context(), func(ctx context.Context) (bool, error) {
		moved, err := conn.Exec(ctx, `
UPDATE river.river_job
SET scheduled_at = now()
WHERE kind = 'sum_visits'
  AND args ->> 'client_id' = $1`, account.String())
		return moved.RowsAffected() == 1, err
	}))
}
