package app_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/consent/internal/wording"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/pg"
)

// visited lets the facts of a visit arrive, from its beginning to its end.
func (b *bundle) visited(t *testing.T, consent id.ID) (session id.ID) {
	t.Helper()
	session = id.New()
	client, partner, user := b.asked.ClientID.Text("org"), b.asked.PartnerID.Text("org"), b.asked.UserID.Text("usr")
	b.hear(t, id.New(), &partnersupportv1.SupportSessionStarted{
		ClientId: client, PartnerId: partner, UserId: user, ConsentId: consent.Text("cns"), SupportSessionId: session.Text("sup"),
	})
	b.hear(t, id.New(), &partnersupportv1.SupportSessionEnded{
		ClientId: client, PartnerId: partner, UserId: user, ActorId: user, SupportSessionId: session.Text("sup"),
	})
	return session
}

// silent lists the visits that ended and of which the history says that no
// product recorded anything.
func (b *bundle) silent(t *testing.T) (out []id.ID) {
	t.Helper()
	require.NoError(t, b.DB.InTenant(t.Context(), b.asked.ClientID, func(ctx context.Context, tx pg.Tx) error {
		list, err := postgres.History{}.List(ctx, tx, postgres.Range{AccountID: b.asked.ClientID, Limit: 100})
		for _, e := range list {
			if e.Silent {
				out = append(out, e.SupportSessionID)
			}
		}
		return err
	}))
	return out
}

// R6: of a visit of which no product recorded anything the history says so, at
// its end and in the mail about its day, until an act arrives, however late.
func TestAVisitOfWhichNothingWasRecordedSaysSo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	consent := b.give(t).Record.ID
	first, second := b.visited(t, consent), b.visited(t, consent)
	require.ElementsMatch(t, []id.ID{first, second}, b.silent(t))

	_, err := app.RecordActivity{Deps: b.Deps}.Do(t.Context(), idempotency.Key{}, []postgres.Entry{{
		ID: id.New(), AccountID: b.asked.ClientID, ActorID: b.asked.UserID, SupportSessionID: first, Time: b.clock.Now(),
		Action: "invoice.update", Feature: "management/invoices", Outcome: postgres.Done, Source: "product", RequestID: "1",
	}})
	require.NoError(t, err)
	require.Equal(t, []id.ID{second}, b.silent(t))

	b.in(village{approvers: []*membershipv1.Approver{approver("anne@client.example")}})
	mails, err := app.PrepareMail{Deps: b.Deps}.Do(t.Context(), &consentv1.VisitsSummed{
		ClientId: b.asked.ClientID.Text("org"), Day: wording.Day(b.clock.Now()),
	})
	require.NoError(t, err)
	require.Len(t, mails, 1)
	require.Contains(t, mails[0].Variables["activities"], "Le logiciel n'a rien noté de ce qui a été fait.")
}
