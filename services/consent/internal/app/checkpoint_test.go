package app_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/pg"
)

const seal = "aval.example/ledger\n7\nqDZLfsMbpTsDTRMfsR0BoWNvTWeexCVO+vJrq3sD2Hc=\n\n— aval.example/ledger uKTDGw=="

// sealed keeps a checkpoint that was signed in October.
func (b *bundle) sealed(t *testing.T) {
	t.Helper()
	require.NoError(t, b.DB.InSystem(t.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
		return postgres.Ledger{}.AppendCheckpoint(ctx, tx, postgres.SignedTree{
			Size: 7, Note: seal, SignTime: time.Date(2026, time.October, 31, 22, 0, 0, 0, time.UTC),
		})
	}))
}

// T-17: the last checkpoint of a month leaves the house once, by the stream and
// to every client and partner that does not decline it, however often it is run.
func TestTheCheckpointOfAMonthLeavesOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.ask(t)
	spare := id.New()
	b.asked.ClientID, b.asked.AssignmentID = spare, id.New()
	b.ask(t)
	require.NoError(t, app.Policy{Deps: b.Deps}.Change(t.Context(), domain.Policy{ClientID: spare, NoLedgerMails: true}, id.New(), idempotency.Key{}))
	before := len(b.events(t))
	u := app.Checkpoints{Deps: b.Deps}
	require.NoError(t, u.Publish(t.Context()))
	require.Len(t, b.events(t), before, "nothing was signed yet")

	b.sealed(t)
	for range 2 {
		require.NoError(t, u.Publish(t.Context()))
		require.NoError(t, u.Send(t.Context(), app.SendCheckpoint{Month: "2026-10"}))
	}
	const published, sent = "aval.consent.v1.ledger_checkpoint.published", "aval.consent.v1.ledger_checkpoint.sent"
	require.Equal(t, []string{published, sent, sent}, b.events(t)[before:], "one client, one partner")

	b.clock.Advance(15 * 24 * time.Hour)
	require.NoError(t, u.Publish(t.Context()))
	require.Equal(t, published, b.events(t)[before+3], "another month")
}

// Whoever answers for the organisation gets the signed note itself, in their
// language.
func TestTheSealIsMailedAsItWasSigned(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.sealed(t)
	english := approver("paul@client.example")
	english.Locale = "en"
	b.in(village{approvers: []*membershipv1.Approver{approver("anne@client.example"), english}})
	mails, err := app.PrepareMail{Deps: b.Deps}.Do(t.Context(), &consentv1.LedgerCheckpointSent{OrganizationId: b.asked.ClientID.Text("org"), Month: "2026-10"})
	require.NoError(t, err)
	require.Len(t, mails, 2)
	require.Equal(t, "octobre 2026", mails[0].Variables["month"])
	require.Equal(t, "October 2026", mails[1].Variables["month"])
	for _, mail := range mails {
		require.Equal(t, seal, mail.Variables["seal"])
		require.Equal(t, "7", mail.Variables["leaves"])
	}
}
