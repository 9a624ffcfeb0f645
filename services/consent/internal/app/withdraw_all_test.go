package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
)

// giveAnother lets another person in, of a partner.
func (b *bundle) giveAnother(t *testing.T, partner id.ID) id.ID {
	t.Helper()
	b.asked.PartnerID, b.asked.UserID, b.asked.AssignmentID = partner, id.New(), id.New()
	b.by.For.UserID = b.asked.UserID
	return b.give(t).Record.ID
}

func (b *bundle) sweep(partner id.ID, request string) app.Sweep {
	return app.Sweep{
		ClientID: b.asked.ClientID, PartnerID: partner, Actor: domain.Actor{Party: domain.ByClient, ID: id.New(), Name: "Anne Petit"},
		Key: idempotency.Key{Tenant: b.asked.ClientID, Principal: "anne", Method: "sweep", RequestID: request, BodyHash: partner[:]},
	}
}

// R41: one press stops everything, of one partner or of all; requests that
// wait are left alone.
func TestEverythingStopsAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	one, other := id.New(), id.New()
	first, second, third := b.giveAnother(t, one), b.giveAnother(t, one), b.giveAnother(t, other)
	b.asked.UserID, b.asked.AssignmentID = id.New(), id.New()
	waiting := b.ask(t)

	swept, err := app.WithdrawAll{Deps: b.Deps}.Decide(t.Context(), b.sweep(one, "1"))
	require.NoError(t, err)
	require.Equal(t, 2, swept.Consents)
	require.Equal(t, domain.Withdrawn, b.stored(t, first).State)
	require.Equal(t, domain.Withdrawn, b.stored(t, second).State)
	require.Equal(t, domain.Given, b.stored(t, third).State)

	_, err = app.WithdrawAll{Deps: b.Deps}.Do(t.Context(), b.sweep(id.ID{}, "2"))
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_REVOCATION_PENDING), "the decision cannot be reached")
	require.Equal(t, domain.Withdrawn, b.stored(t, third).State, "the end is durable all the same")
	require.Zero(t, b.count(t, "SELECT count(*) FROM access_grant WHERE state = 'ACTIVE'"))
	require.Equal(t, domain.Requested, b.stored(t, waiting).State)
}

// The press that comes again takes back nothing that was given since.
func TestStoppingAgainSparesWhatWasGivenSince(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.giveAnother(t, id.New())
	sweep := b.sweep(id.ID{}, "1")
	for range 2 {
		swept, err := app.WithdrawAll{Deps: b.Deps}.Decide(t.Context(), sweep)
		require.NoError(t, err)
		require.Equal(t, 1, swept.Consents)
	}
	since := b.giveAnother(t, id.New())
	_, err := app.WithdrawAll{Deps: b.Deps}.Decide(t.Context(), sweep)
	require.NoError(t, err)
	require.Equal(t, domain.Given, b.stored(t, since).State)
}
