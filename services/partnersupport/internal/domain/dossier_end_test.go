package domain

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestALinkEndsOnceAndIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	d := Dossier{State: DossierActive, Version: 1}
	require.ErrorIs(t, d.Reopen(), TransitionRefused)
	require.NoError(t, d.End())
	require.Equal(t, DossierEnded, d.State)
	require.ErrorIs(t, d.End(), TransitionRefused)
	require.NoError(t, d.Reopen())
	require.Equal(t, DossierActive, d.State)
	require.EqualValues(t, 3, d.Version)
}

func TestTheLargerCountIsTheTrueOne(t *testing.T) {
	t.Parallel()
	e := DossierEnding{Receipt: Receipt{Assignments: 3, Requests: 1, Grants: 2}}
	e.Complete(Receipt{Grants: 3, SupportSessions: 1}, moment())
	require.Equal(t, Receipt{Assignments: 3, Requests: 1, Grants: 3, SupportSessions: 1}, e.Receipt)
	require.Equal(t, moment(), *e.CompleteTime)
}
