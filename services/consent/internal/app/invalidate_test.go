package app_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/pg"
)

const whyVoid = "Le oui venait d'une boîte aux lettres volée."

func (b *bundle) invalidate(t *testing.T, consent id.ID) (domain.Record, error) {
	t.Helper()
	out, _, err := app.Invalidate{Deps: b.Deps}.Do(t.Context(), app.Invalidation{
		ConsentID: consent, Reason: whyVoid, Key: idempotency.Key{Principal: "operator", Method: "invalidate", RequestID: "1", BodyHash: consent[:]},
	})
	return out, err
}

// The platform's end is a state of its own, kept with its reason, and ends the
// grant in the same transaction; both sides read why. It waits like every
// revocation, and a repetition changes nothing.
func TestThePlatformEndsAYesAndSaysWhy(t *testing.T) {
	t.Parallel()
	b := setup(t)
	given := b.give(t).Record
	for range 2 {
		_, err := b.invalidate(t, given.ID)
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_REVOCATION_PENDING), "%v", err)
	}
	b.in(village{approvers: []*membershipv1.Approver{approver("anne@client.example")}})
	again, err := b.invalidate(t, given.ID)
	require.NoError(t, err)
	require.Equal(t, domain.Invalidated, again.State)
	require.Equal(t, b.clock.Now(), again.RevokeTime)
	require.Equal(t, []string{"requested", "given", "ended"}, b.events(t))
	var steps []domain.Step
	require.NoError(t, b.DB.InTenant(t.Context(), given.ClientID, func(ctx context.Context, tx pg.Tx) error {
		var err error
		steps, err = postgres.Consents{}.Timeline(ctx, tx, given.ClientID, given.ID)
		return err
	}))
	last := steps[len(steps)-1]
	require.Equal(t, domain.Actor{Party: domain.ByPlatform}, last.Actor)
	require.Equal(t, whyVoid, last.Reason)

	mails, err := app.PrepareMail{Deps: b.Deps}.Do(t.Context(), &consentv1.ConsentEnded{
		Consent: b.refTo(given.ID), State: consentv1.ConsentState_CONSENT_STATE_INVALIDATED,
	})
	require.NoError(t, err)
	require.Len(t, mails, 2)
	for _, mail := range mails {
		require.Equal(t, whyVoid, mail.Variables["platform_reason"])
	}
}

// What was let in by a yes to the whole team goes with it, for the same reason.
func TestThePlatformEndsWhatFollowedFromAYes(t *testing.T) {
	t.Parallel()
	m := letIn(t)
	follower := m.next(t)
	m.in(village{})
	_, err := m.invalidate(t, m.first.Record.ID)
	require.NoError(t, err)
	require.Equal(t, domain.Invalidated, m.stored(t, follower.ID).State)
	require.Equal(t, domain.Invalidated, m.stored(t, m.first.Record.ID).State)
}

func TestThePlatformEndsNothingButAYes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.invalidate(t, b.ask(t))
	require.ErrorIs(t, err, domain.NotGiven)
	_, err = b.invalidate(t, id.New())
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_NOT_FOUND), "%v", err)
}
