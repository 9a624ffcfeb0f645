package domain

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
)

var allAssignmentStates = []AssignmentState{PendingConsent, Active, Suspended, Ended}

var allAssignmentEvents = []AssignmentEvent{
	ClientAgreed, ClientRefused, ClientSilent, RequestTaken, ClientWithdrew, PartnerDetached,
	PersonLeft, TimeOver, TakenOver, GivenAnew, LinkEnded, LeftUnused, UsedAgain,
}

// assignmentTable is the machine of the product page, written out a second
// time: rows are states, and what is not named is refused.
var assignmentTable = map[AssignmentState]map[AssignmentEvent]string{
	PendingConsent: {
		ClientAgreed: "ACTIVE", ClientRefused: "ENDED DECLINED", ClientSilent: "ENDED UNANSWERED",
		RequestTaken: "ENDED CANCELLED", PartnerDetached: "ENDED CANCELLED",
		PersonLeft: "ENDED COLLABORATOR_LEFT", LinkEnded: "ENDED DOSSIER_ENDED",
	},
	Active: {
		ClientWithdrew: "ENDED WITHDRAWN", PartnerDetached: "ENDED DETACHED", PersonLeft: "ENDED COLLABORATOR_LEFT",
		TimeOver: "ENDED EXPIRED", TakenOver: "ENDED HANDED_OVER", GivenAnew: "ENDED EXTENDED", LinkEnded: "ENDED DOSSIER_ENDED", LeftUnused: "SUSPENDED",
	},
	Suspended: {
		ClientWithdrew: "ENDED WITHDRAWN", PartnerDetached: "ENDED DETACHED", PersonLeft: "ENDED COLLABORATOR_LEFT",
		TimeOver: "ENDED EXPIRED", TakenOver: "ENDED HANDED_OVER", GivenAnew: "ENDED EXTENDED", LinkEnded: "ENDED DOSSIER_ENDED", UsedAgain: "ACTIVE",
	},
	Ended: {},
}

func moment() time.Time { return time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC) }

func in(state AssignmentState) Assignment {
	a := Assignment{PartnerID: id.New(), ID: id.New(), State: state, Version: 4}
	if state == Ended {
		now := moment()
		a.EndReason, a.EndTime = Declined, &now
	}
	return a
}

func TestEveryPairOfAssignmentStateAndEvent(t *testing.T) {
	t.Parallel()
	for _, state := range allAssignmentStates {
		for _, event := range allAssignmentEvents {
			t.Run(string(state)+" "+string(event), func(t *testing.T) {
				t.Parallel()
				before := in(state)
				a := before
				actor, now := id.New(), moment().Add(time.Hour)
				err := a.Apply(Happening{Event: event, Actor: actor, Time: now})
				want, allowed := assignmentTable[state][event]
				if !allowed {
					require.ErrorIs(t, err, TransitionRefused)
					require.Equal(t, before, a, "a refused event changes nothing")
					return
				}
				require.NoError(t, err)
				require.Equal(t, before.Version+1, a.Version)
				got := string(a.State)
				if a.State == Ended {
					got += " " + string(a.EndReason)
					require.Equal(t, now, *a.EndTime)
					require.Equal(t, actor, a.EndActorID)
				} else {
					require.Empty(t, a.EndReason)
					require.Nil(t, a.EndTime)
				}
				require.Equal(t, want, got)
			})
		}
	}
}

func TestNewsOfAYesThatCameLateIsCaughtUpWith(t *testing.T) {
	t.Parallel()
	a := in(PendingConsent)
	require.NoError(t, a.CatchUp(Happening{Event: ClientWithdrew, Time: moment()}))
	require.Equal(t, Withdrawn, a.EndReason)
	require.EqualValues(t, 6, a.Version)

	over := in(Ended)
	require.ErrorIs(t, over.CatchUp(Happening{Event: ClientWithdrew, Time: moment()}), TransitionRefused)

	asked := in(PendingConsent)
	require.NoError(t, asked.CatchUp(Happening{Event: ClientRefused, Time: moment()}))
	require.Equal(t, Declined, asked.EndReason)
	require.EqualValues(t, 5, asked.Version, "nothing to catch up with")
}

func TestAskingAgainStartsAfresh(t *testing.T) {
	t.Parallel()
	old := in(Ended)
	old.Reason, old.RequesterID, old.ConsentID = "facture", id.New(), id.New()
	next := old.Again(id.New(), "", moment())
	require.Equal(t, PendingConsent, next.State)
	require.Equal(t, old.RequesterID, next.RequesterID)
	require.Equal(t, "facture", next.Reason)
	require.True(t, next.ConsentID.IsZero())
	require.Empty(t, next.EndReason)
	require.Equal(t, "ticket 7", old.Again(id.New(), "ticket 7", moment()).Reason)
}
