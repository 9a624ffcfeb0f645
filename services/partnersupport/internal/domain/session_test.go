package domain

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
)

func begun(t *testing.T) SupportSession {
	t.Helper()
	s, err := Begin(Assignment{State: Active}, Collaborator{UserID: id.New()},
		Visit{SessionID: id.New(), Limits: SessionLimits{Life: time.Hour, Idle: 30 * time.Minute}}, moment())
	require.NoError(t, err)
	return s
}

// R27
func TestNoVisitBeginsWithoutAYes(t *testing.T) {
	t.Parallel()
	for _, state := range []AssignmentState{PendingConsent, Suspended, Ended} {
		_, err := Begin(Assignment{State: state}, Collaborator{}, Visit{}, moment())
		require.ErrorIs(t, err, NotAssigned)
	}
}

func TestAVisitRunsWithinItsLimits(t *testing.T) {
	t.Parallel()
	s := begun(t)
	require.True(t, s.Running(moment()))
	require.True(t, s.Running(moment().Add(30*time.Minute-1)))
	require.False(t, s.Running(moment().Add(30*time.Minute)), "idle for too long")
	s.LastUseTime = moment().Add(50 * time.Minute)
	require.True(t, s.Running(moment().Add(time.Hour-1)))
	require.False(t, s.Running(moment().Add(time.Hour)), "its absolute length is over")
}

func TestAVisitDoesNotOutliveItsGrant(t *testing.T) {
	t.Parallel()
	s := begun(t)
	until := moment().Add(10 * time.Minute)
	s.StandOn(Grant{ID: id.New(), ValidUntil: &until})
	require.Equal(t, until, s.ExpireTime)
	later := moment().Add(24 * time.Hour)
	s = begun(t)
	s.StandOn(Grant{ID: id.New(), ValidUntil: &later})
	require.Equal(t, moment().Add(time.Hour), s.ExpireTime)
}

func TestAVisitEndsOnce(t *testing.T) {
	t.Parallel()
	s, who := begun(t), id.New()
	require.True(t, s.End(VisitEnd{Actor: who, Time: moment()}))
	require.False(t, s.Running(moment()))
	require.False(t, s.End(VisitEnd{Actor: id.New(), Time: moment().Add(time.Minute)}))
	require.Equal(t, who, s.EndActorID)
}

// R34: a removal goes through every service, and counts what each ended.
func TestARemovalPassesEveryStage(t *testing.T) {
	t.Parallel()
	r := NewRemoval(id.New(), Collaborator{UserID: id.New()}, id.New(), moment())
	var stages []RemovalStage
	for r.Stage != RemovalDone {
		stages = append(stages, r.Stage)
		require.NoError(t, r.Advance(Receipt{Grants: 1, BrowserSessions: 2}, moment()))
	}
	require.Equal(t, []RemovalStage{RemoveVisits, RemoveConsents, RemoveSessions, RemoveMembership}, stages)
	require.Equal(t, Receipt{Grants: 4, BrowserSessions: 8}, r.Receipt)
	require.NotNil(t, r.CompleteTime)
	require.ErrorIs(t, r.Advance(Receipt{}, moment()), TransitionRefused)
	require.ErrorIs(t, r.Reopen(id.New()), TransitionRefused, "the person was sent away already")
}

func TestARemovalOfWhoNeverCameIsDoneAtOnceAndCanBeReopened(t *testing.T) {
	t.Parallel()
	r := NewRemoval(id.New(), Collaborator{}, id.New(), moment())
	require.Equal(t, RemovalDone, r.Stage)
	require.NotNil(t, r.CompleteTime)
	require.NoError(t, r.Reopen(id.New()))
	require.Equal(t, RemoveVisits, r.Stage)
	require.Nil(t, r.CompleteTime)
}
