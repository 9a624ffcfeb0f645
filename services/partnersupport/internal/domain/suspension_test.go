package domain

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
)

func TestASuspensionIsTakenBack(t *testing.T) {
	t.Parallel()
	c, member := Collaborator{State: Ready, Version: 1}, id.New()
	changed, err := c.Suspend(member, moment())
	require.NoError(t, err)
	require.True(t, changed)
	require.Equal(t, member, c.MemberID)
	require.ErrorIs(t, c.Assignable(), CollaboratorSuspended, "nobody is put on a dossier who may not enter it")
	changed, err = c.Suspend(id.New(), moment())
	require.NoError(t, err)
	require.False(t, changed)
	require.True(t, c.Restore())
	require.NoError(t, c.Assignable())
	require.False(t, c.Restore())
	require.Equal(t, member, c.MemberID)
	require.EqualValues(t, 3, c.Version)
}

func TestOnlyWhoWorksHereIsSuspended(t *testing.T) {
	t.Parallel()
	for state, want := range map[CollaboratorState]Refusal{Invited: CollaboratorNotReady, Left: CollaboratorGone} {
		c := Collaborator{State: state}
		_, err := c.Suspend(id.New(), moment())
		require.ErrorIs(t, err, want)
	}
}
