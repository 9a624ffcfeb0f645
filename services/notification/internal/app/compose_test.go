package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/testsize"
	"github.com/aval-access/aval/services/notification/internal/domain"
	"github.com/aval-access/aval/services/notification/internal/letter"
)

func TestFactIsNotedOnce(t *testing.T) { // T-26
	t.Parallel()
	b := setup(t)
	f := fact()
	for range testsize.Of(t, 3, 10_000) {
		require.NoError(t, b.receive.Do(t.Context(), f))
	}
	require.Equal(t, 1, b.jobs(t, "compose"))
}

func TestFactThatCallsForNoMailIsNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f := fact()
	f.Subject = "aval.membership.v1.invitation.cancelled"
	require.NoError(t, b.receive.Do(t.Context(), f))
	require.Zero(t, b.jobs(t, "compose"))
}

func TestOneMailPerRecipientHoweverOftenComposed(t *testing.T) { // T-26
	t.Parallel()
	b := setup(t)
	b.owner.says(prepared("usr_1", "ana@client.test"), prepared("usr_2", "bob@client.test"))
	f := fact()
	for range testsize.Of(t, 3, 1000) {
		require.NoError(t, b.compose.Do(t.Context(), job(f)))
	}
	require.Equal(t, 2, b.jobs(t, "send"))
	for range testsize.Of(t, 3, 1000) {
		for _, d := range b.deliveries(t) {
			b.try(t, d)
		}
	}
	require.Len(t, b.box.Messages(), 2)
}

func TestForgedHeadersAreRefusedAndOthersStillGetTheirs(t *testing.T) {
	t.Parallel()
	b := setup(t)
	forged, wrong := prepared("usr_1", "ana@client.test"), prepared("usr_2", "bob@client.test\r\nBcc: eve@evil.test")
	forged.Letter.Variables["organization_name"] = "Durand\r\nBcc: eve@evil.test"
	b.owner.says(forged, wrong, prepared("usr_3", "eva@client.test"))
	require.NoError(t, b.compose.Do(t.Context(), job(fact())))
	require.Equal(t, 1, b.jobs(t, "send"))
	bounced := 0
	for _, each := range b.deliveries(t) {
		d := b.try(t, each)
		if d.State == domain.Bounced {
			bounced++
			require.True(t, d.Body.IsZero())
			require.Zero(t, d.Attempts)
		}
	}
	require.Equal(t, 2, bounced)
	require.Len(t, b.box.Messages(), 1)
	require.Equal(t, "eva@client.test", b.box.Messages()[0].To)
}

func TestUnknownTemplateIsTriedAgainLater(t *testing.T) {
	t.Parallel()
	b := setup(t)
	mail := prepared("usr_1", "ana@client.test")
	mail.Letter.Template = "of_tomorrow"
	b.owner.says(mail)
	require.ErrorIs(t, b.compose.Do(t.Context(), job(fact())), letter.ErrUnknown)
	require.Empty(t, b.deliveries(t))
}
