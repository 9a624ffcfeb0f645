package domain

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
)

func TestEveryPairOfCollaboratorStateAndEvent(t *testing.T) {
	t.Parallel()
	table := map[CollaboratorState]map[CollaboratorEvent]CollaboratorState{
		Invited: {MembershipStarted: Ready, Removed: Left, InvitationEnded: Left},
		Ready:   {MembershipEnded: Left, Removed: Left},
		Left:    {InvitedAgain: Invited},
	}
	for _, state := range []CollaboratorState{Invited, Ready, Left} {
		for _, event := range []CollaboratorEvent{MembershipStarted, MembershipEnded, Removed, InvitedAgain, InvitationEnded} {
			t.Run(string(state)+" "+string(event), func(t *testing.T) {
				t.Parallel()
				c := Collaborator{State: state, Version: 1}
				err := c.step(event)
				want, allowed := table[state][event]
				if !allowed {
					require.ErrorIs(t, err, TransitionRefused)
					require.Equal(t, Collaborator{State: state, Version: 1}, c)
					return
				}
				require.NoError(t, err)
				require.Equal(t, want, c.State)
				require.EqualValues(t, 2, c.Version)
			})
		}
	}
}

// R19: only who set their password can be assigned.
func TestOnlyReadyCollaboratorsAreAssignable(t *testing.T) {
	t.Parallel()
	require.ErrorIs(t, Collaborator{State: Invited}.Assignable(), CollaboratorNotReady)
	require.NoError(t, Collaborator{State: Ready}.Assignable())
	require.ErrorIs(t, Collaborator{State: Left}.Assignable(), CollaboratorGone)
}

func TestWhoCameOnceIsNotInvitedAgain(t *testing.T) {
	t.Parallel()
	now := moment()
	gone := Collaborator{State: Left, UserID: id.New(), LeaveTime: &now}
	require.ErrorIs(t, gone.InviteAgain(), TransitionRefused)
	never := Collaborator{State: Left, LeaveTime: &now}
	require.NoError(t, never.InviteAgain())
	require.Nil(t, never.LeaveTime)
}

func TestOnlyTechnicalSupportIsAskedForAReasonEachTime(t *testing.T) {
	t.Parallel()
	require.True(t, TechnicalSupport.AsksReason())
	require.False(t, Accountant.AsksReason())
}

// R81: the word itself, and nothing that looks like it.
func TestTheWordIsExactlyREMOVE(t *testing.T) {
	t.Parallel()
	require.NoError(t, Confirm("REMOVE"))
	for _, typed := range []string{"", "remove", "Remove", " REMOVE", "REMOVE ", "REMOVE\n", "REMOVED", "SUPPRIMER", "ＲＥＭＯＶＥ"} {
		require.ErrorIs(t, Confirm(typed), ConfirmationRequired, "%q", typed)
	}
}
