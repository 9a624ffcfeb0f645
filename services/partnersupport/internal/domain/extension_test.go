package domain

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
)

func TestOnlyWhatRunsIsExtended(t *testing.T) {
	t.Parallel()
	for state, extends := range map[AssignmentState]bool{PendingConsent: false, Active: true, Suspended: true, Ended: false} {
		running := in(state)
		running.CollaboratorID, running.DossierID, running.RequesterID = id.New(), id.New(), id.New()
		running.Reason, running.ProposedDuration = "facture", time.Hour
		by := Passing{AssignmentID: id.New(), RequesterID: id.New(), Time: moment()}
		next, err := running.Extend(by)
		if !extends {
			require.ErrorIs(t, err, TransitionRefused)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, PendingConsent, next.State)
		require.Equal(t, by.RequesterID, next.RequesterID)
		require.True(t, running.IsExtendedBy(next))
		require.Equal(t, "facture", next.Reason)
		require.Equal(t, time.Hour, next.ProposedDuration)
		by.Reason, by.Duration = "clôture", 2*time.Hour
		next, err = running.Extend(by)
		require.NoError(t, err)
		require.Equal(t, "clôture", next.Reason)
		require.Equal(t, 2*time.Hour, next.ProposedDuration)
		next.CollaboratorID = id.New()
		require.False(t, running.IsExtendedBy(next), "a hand-over")
	}
}
