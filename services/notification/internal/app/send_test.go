package app_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/notification/internal/domain"
	"github.com/aval-access/aval/services/notification/internal/postgres"
)

func TestSentMailIsOneAndItsTextForgotten(t *testing.T) {
	t.Parallel()
	b := setup(t)
	each := b.composed(t)
	d := b.try(t, each)
	require.Equal(t, domain.Sent, d.State)
	require.True(t, d.Body.IsZero())
	b.try(t, each)
	require.Len(t, b.box.Messages(), 1)
	msg := b.box.Messages()[0]
	require.Equal(t, each.Text("dlv")+"@example.test", msg.MessageID)
	require.Equal(t, "https://aval.example/i/avl_inv1_x", msg.Link("/i/"))
	require.Equal(t, "Invitation à rejoindre Boulangerie Durand sur Aval", msg.Subject)
}

func TestServerThatRefusesForNowGetsItLater(t *testing.T) {
	t.Parallel()
	b := setup(t)
	each := b.composed(t)
	b.box.RefuseNext(2, 451)
	d := b.try(t, each)
	require.Equal(t, domain.Deferred, d.State)
	require.Equal(t, 451, d.SMTPCode)
	require.Equal(t, domain.Deferred, b.try(t, each).State)
	d = b.try(t, each)
	require.Equal(t, domain.Sent, d.State)
	require.Equal(t, 3, d.Attempts)
	require.Len(t, b.box.Messages(), 1)
}

func TestNothingIsSentBeforeItsTime(t *testing.T) {
	t.Parallel()
	b := setup(t)
	each := b.composed(t)
	b.box.RefuseNext(1, 451)
	next, err := b.send.Do(t.Context(), each)
	require.NoError(t, err)
	early, err := b.send.Do(t.Context(), each)
	require.NoError(t, err)
	require.Equal(t, next, early)
	require.Empty(t, b.box.Messages())
}

func TestRefusalForGoodBouncesAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	each := b.composed(t)
	b.box.RefuseNext(1, 550)
	d := b.try(t, each)
	require.Equal(t, domain.Bounced, d.State)
	require.Equal(t, 550, d.SMTPCode)
	require.True(t, d.Body.IsZero())
	require.Equal(t, domain.Bounced, b.try(t, each).State)
	require.Empty(t, b.box.Messages())
}

// Whose mail it was hears that nobody read it: once, and of nothing that is
// tried again or that nothing called for any more.
func TestABounceIsAFact(t *testing.T) {
	t.Parallel()
	b := setup(t)
	each := b.composed(t)
	b.box.RefuseNext(1, 451)
	b.try(t, each)
	require.Empty(t, b.facts(t))
	b.box.RefuseNext(1, 550)
	b.try(t, each)
	b.try(t, each)
	require.Equal(t, []string{"aval.notification.v1.mail.bounced"}, b.facts(t))

	unsendable := job(fact())
	b.owner.says(prepared("usr_1", "no address"))
	require.NoError(t, b.compose.Do(t.Context(), unsendable))
	require.NoError(t, b.compose.Do(t.Context(), unsendable))
	require.Len(t, b.facts(t), 2)
}

func TestLostAnswerIsRepeatedOnceUnderTheSameMessageID(t *testing.T) {
	t.Parallel()
	b := setup(t)
	each := b.composed(t)
	b.box.DropNext(1)
	require.Equal(t, domain.Uncertain, b.try(t, each).State)
	require.Equal(t, domain.Sent, b.try(t, each).State)
	all := b.box.Messages()
	require.Len(t, all, 2)
	require.Equal(t, all[0].MessageID, all[1].MessageID)
	require.Equal(t, all[0].Links, all[1].Links)
}

func TestAnswerLostTwiceIsNeverRepeatedAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	each := b.composed(t)
	b.box.DropNext(2)
	b.try(t, each)
	d := b.try(t, each)
	require.Equal(t, domain.Uncertain, d.State)
	require.True(t, d.Done())
	b.try(t, each)
	require.Len(t, b.box.Messages(), 2)
}

func TestCrashBetweenHandOverAndCommitIsUncertain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	each := b.composed(t)
	// A worker claims, and is never heard of again.
	b.query(t, func(ctx context.Context, tx pg.Tx) error {
		d, err := postgres.Deliveries{}.Lock(ctx, tx, each)
		require.NoError(t, err)
		require.NoError(t, d.Claim(b.clock.Now()))
		return postgres.Deliveries{}.Save(ctx, tx, d)
	})
	require.Equal(t, domain.Sending, b.try(t, each).State, "its lease runs")
	require.Equal(t, domain.Uncertain, b.try(t, each).State)
	require.Empty(t, b.box.Messages())
	require.Equal(t, domain.Sent, b.try(t, each).State)
}

func TestOutcomeIsNotedEvenWhenTheJobsTimeIsOver(t *testing.T) {
	t.Parallel()
	b := setup(t)
	each := b.composed(t)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		_, _ = b.box.Wait(t.Context(), anyMail)
		cancel()
	}()
	_, err := b.send.Do(ctx, each)
	require.NoError(t, err)
	require.Equal(t, domain.Sent, b.delivery(t, each).State)
	cancel()
}

func TestForgottenTextIsComposedAnew(t *testing.T) {
	t.Parallel()
	b := setup(t)
	each := b.composed(t)
	b.box.RefuseNext(1, 451)
	b.try(t, each)
	b.clock.Advance(domain.BodyLifetime + time.Second)
	require.NoError(t, b.purge.Do(t.Context()))
	require.True(t, b.delivery(t, each).Body.IsZero())

	require.False(t, b.try(t, each).Body.IsZero())
	require.Equal(t, domain.Sent, b.try(t, each).State)
	require.Equal(t, 2, b.owner.asked)
	require.Equal(t, each.Text("dlv")+"@example.test", b.box.Messages()[0].MessageID)
}

func TestMailThatNothingCallsForAnyMoreIsGivenUp(t *testing.T) {
	t.Parallel()
	b := setup(t)
	each := b.composed(t)
	b.clock.Advance(domain.BodyLifetime + time.Second)
	require.NoError(t, b.purge.Do(t.Context()))
	b.owner.says()
	d := b.try(t, each)
	require.Equal(t, domain.Bounced, d.State)
	require.True(t, d.Done())
	require.Empty(t, b.box.Messages())
}

func TestUnknownDeliveryIsAnError(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.send.Do(t.Context(), id.New())
	require.ErrorIs(t, err, pg.ErrNoRows)
}
