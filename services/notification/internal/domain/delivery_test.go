package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/notification/internal/domain"
)

func noon() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }

func queued() domain.Delivery {
	return domain.New(domain.Delivery{ID: id.New(), Body: domain.Body{Text: "x"}}, noon())
}

func claimed(t *testing.T) domain.Delivery {
	t.Helper()
	d := queued()
	require.NoError(t, d.Claim(noon()))
	return d
}

func TestStateTable(t *testing.T) {
	t.Parallel()
	allowed := map[domain.State]map[domain.Event]domain.State{
		domain.Queued:    {domain.Claim: domain.Sending, domain.Reject: domain.Bounced},
		domain.Sending:   {domain.Accept: domain.Sent, domain.Defer: domain.Deferred, domain.Reject: domain.Bounced, domain.Lose: domain.Uncertain},
		domain.Deferred:  {domain.Claim: domain.Sending, domain.Reject: domain.Bounced},
		domain.Uncertain: {domain.Claim: domain.Sending},
	}
	for _, s := range domain.States() {
		for _, e := range domain.Events() {
			want, ok := allowed[s][e]
			got, is := s.Next(e)
			require.Equal(t, ok, is, "%s in %s", e, s)
			require.Equal(t, want, got, "%s in %s", e, s)
		}
	}
}

func TestAcceptedMailIsDoneAndForgotten(t *testing.T) {
	t.Parallel()
	d := claimed(t)
	require.NoError(t, d.Accepted(noon(), 250))
	require.Equal(t, domain.Sent, d.State)
	require.Equal(t, noon(), d.SentTime)
	require.True(t, d.Done())
	require.True(t, d.Body.IsZero())
	require.ErrorIs(t, d.Claim(noon().Add(time.Hour)), domain.ErrNotDue)
}

func TestRefusedMailIsTriedOnAFixedSchedule(t *testing.T) {
	t.Parallel()
	d := queued()
	now := noon()
	for _, delay := range []time.Duration{
		10 * time.Second, 20 * time.Second, 40 * time.Second, 5 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour, 12 * time.Hour, 24 * time.Hour,
	} {
		require.NoError(t, d.Claim(now))
		require.NoError(t, d.Refused(now, 451))
		require.Equal(t, domain.Deferred, d.State)
		require.Equal(t, now.Add(delay), d.DueTime)
		require.ErrorIs(t, d.Claim(d.DueTime.Add(-time.Second)), domain.ErrNotDue)
		now = d.DueTime
	}
	require.NoError(t, d.Claim(now))
	require.NoError(t, d.Refused(now, 451))
	require.Equal(t, domain.Bounced, d.State)
	require.True(t, d.Done())
	require.Equal(t, 10, d.Attempts)
}

func TestRejectedMailBouncesAtOnce(t *testing.T) {
	t.Parallel()
	d := claimed(t)
	require.NoError(t, d.Rejected(550))
	require.Equal(t, domain.Bounced, d.State)
	require.Equal(t, 550, d.SMTPCode)
	require.True(t, d.Done())
}

func TestLostAnswerIsRepeatedOnceAndNeverAgain(t *testing.T) {
	t.Parallel()
	d := claimed(t)
	require.NoError(t, d.Lost(noon()))
	require.Equal(t, domain.Uncertain, d.State)
	require.False(t, d.Body.IsZero())

	now := d.DueTime
	require.NoError(t, d.Claim(now))
	require.NoError(t, d.Lost(now))
	require.Equal(t, domain.Uncertain, d.State)
	require.True(t, d.Done())
	require.ErrorIs(t, d.Claim(now.Add(time.Hour)), domain.ErrNotDue)
}

func TestWorkerThatDiedLeavesAnUncertainMail(t *testing.T) {
	t.Parallel()
	d := claimed(t)
	require.ErrorIs(t, d.Claim(noon().Add(time.Second)), domain.ErrNotDue, "its lease runs")
	require.Equal(t, domain.Sending, d.State)

	ended := noon().Add(domain.Lease)
	require.ErrorIs(t, d.Claim(ended), domain.ErrNotDue)
	require.Equal(t, domain.Uncertain, d.State)
	require.NoError(t, d.Claim(ended), "the lease was wait enough")
	require.True(t, d.Repeated)
}

func TestMailThatNothingCallsForIsGivenUp(t *testing.T) {
	t.Parallel()
	deferred, uncertain := claimed(t), claimed(t)
	require.NoError(t, deferred.Refused(noon(), 451))
	deferred.GiveUp()
	require.Equal(t, domain.Bounced, deferred.State)
	require.True(t, deferred.Done())
	require.NoError(t, uncertain.Lost(noon()))
	uncertain.GiveUp()
	require.Equal(t, domain.Uncertain, uncertain.State)
	require.True(t, uncertain.Done())
}

func TestAnswerWithoutAClaimIsAMistake(t *testing.T) {
	t.Parallel()
	d := queued()
	require.Error(t, d.Accepted(noon(), 250))
	require.Error(t, d.Refused(noon(), 451))
	require.Error(t, d.Lost(noon()))
	require.Equal(t, domain.Queued, d.State)
}

func TestEverySubjectHasOneOwner(t *testing.T) {
	t.Parallel()
	for _, o := range domain.Owners() {
		for _, s := range o.Subjects() {
			got, ok := domain.OwnerOf(s)
			require.True(t, ok)
			require.Equal(t, o, got)
		}
	}
	_, ok := domain.OwnerOf("aval.consent.v1.consent.postponed")
	require.False(t, ok)
}
