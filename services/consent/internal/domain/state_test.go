package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/consent/internal/domain"
)

// The whole table: every pair that is not named here is refused. R36: a not-now
// leaves the request open. R41: only a yes can be taken back.
func TestEveryPairOfStateAndEvent(t *testing.T) {
	t.Parallel()
	allowed := map[domain.State]map[domain.Event]domain.State{
		domain.Requested: {
			domain.Give: domain.Given, domain.Refuse: domain.Refused, domain.Postpone: domain.Requested,
			domain.Cancel: domain.Cancelled, domain.LapseAsked: domain.ExpiredUnanswered,
		},
		domain.Refused: {domain.Overturn: domain.Given},
		domain.Given: {
			domain.Withdraw: domain.Withdrawn, domain.Terminate: domain.Terminated, domain.Expire: domain.Expired,
			domain.Supersede: domain.Superseded, domain.Invalidate: domain.Invalidated,
		},
	}
	require.Len(t, domain.States(), 10)
	require.Len(t, domain.Events(), 11)
	for _, from := range domain.States() {
		for _, event := range domain.Events() {
			to, ok := domain.Next(from, event)
			want, wanted := allowed[from][event]
			require.Equal(t, wanted, ok, "%s + %s", from, event)
			require.Equal(t, want, to, "%s + %s", from, event)
		}
	}
}

func TestEveryEndHappensInEveryStateOrIsRefused(t *testing.T) {
	t.Parallel()
	now := start()
	for _, from := range domain.States() {
		for _, event := range domain.Events() {
			r := asked()
			r.State, r.RequestExpireTime = from, now.Add(1)
			c := domain.Restore(r)
			step, err := c.End(event, domain.Actor{}, now)
			to, ok := domain.Next(from, event)
			if !ok {
				require.ErrorIs(t, err, domain.TransitionRefused, "%s + %s", from, event)
				require.Equal(t, r, c.Record(), "a refused step changes nothing")
				continue
			}
			require.NoError(t, err)
			require.Equal(t, domain.Step{Event: event, From: from, To: to, Time: now}, step)
			require.Equal(t, r.Version+1, c.Record().Version)
		}
	}
}

func TestOnlyAnAnswerIsShownAgain(t *testing.T) {
	t.Parallel()
	for _, state := range []domain.State{domain.Requested, domain.Cancelled, domain.ExpiredUnanswered} {
		require.False(t, state.Answered(), state)
	}
	for _, state := range []domain.State{
		domain.Given, domain.Refused, domain.Withdrawn, domain.Terminated, domain.Expired, domain.Superseded, domain.Invalidated,
	} {
		require.True(t, state.Answered(), state)
	}
}
