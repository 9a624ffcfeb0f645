package domain

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// R27: nobody enters without an assignment that the client agreed to.
func TestEntryByTheLatestAssignment(t *testing.T) {
	t.Parallel()
	require.Equal(t, EntryNobody, EntryBy(nil))
	require.Equal(t, EntryOpen, EntryBy(&Assignment{State: Active})) // R29
	require.Equal(t, EntryConsult, EntryBy(&Assignment{State: PendingConsent}))
	require.Equal(t, EntryConsult, EntryBy(&Assignment{State: Suspended}))
	for reason, want := range map[EndReason]Entry{
		Declined: EntryConsult, Withdrawn: EntryConsult,
		Unanswered: EntryRenew, Expired: EntryRenew, // R28: asked anew
		Cancelled: EntryNobody, Detached: EntryNobody, CollaboratorLeft: EntryNobody,
		HandedOver: EntryNobody, DossierOver: EntryNobody, "": EntryNobody,
	} {
		require.Equal(t, want, EntryBy(&Assignment{State: Ended, EndReason: reason}), "%s", reason)
	}
	require.Equal(t, EntryNobody, EntryBy(&Assignment{State: "?"}))
}

func TestEntryByWhatConsentAnswers(t *testing.T) {
	t.Parallel()
	live, over := Assignment{State: PendingConsent}, Assignment{State: Ended}
	for _, c := range []struct {
		state  ConsentState
		latest Assignment
		cooled bool
		want   Entry
	}{
		{ConsentRequested, live, true, EntryWait}, // R28
		{ConsentGiven, live, true, EntryOpen},
		{ConsentGiven, over, true, EntryNobody},
		{ConsentDeclined, over, false, EntryRefuse},
		{ConsentDeclined, over, true, EntryRenew},
		{ConsentWithdrawn, over, false, EntryRefuse},
		{ConsentWithdrawn, over, true, EntryRenew},
		{ConsentInvalidated, over, false, EntryRefuse},
		{ConsentUnanswered, over, false, EntryRenew},
		{ConsentExpired, over, false, EntryRenew},
		{ConsentCancelled, over, true, EntryNobody},
		{ConsentTerminated, over, true, EntryNobody},
		{ConsentSuperseded, over, true, EntryNobody},
		{"UNSPECIFIED", live, true, EntryWait},
	} {
		require.Equal(t, c.want, EntryByConsent(c.latest, c.state, c.cooled), "%+v", c)
	}
}

func TestEveryAnswerButTheQuestionMovesTheAssignment(t *testing.T) {
	t.Parallel()
	_, ok := EventOf(ConsentRequested)
	require.False(t, ok)
	for state, want := range map[ConsentState]EndReason{
		ConsentDeclined: Declined, ConsentUnanswered: Unanswered, ConsentCancelled: Cancelled,
		ConsentWithdrawn: Withdrawn, ConsentTerminated: Cancelled, ConsentExpired: Expired,
		ConsentSuperseded: HandedOver, ConsentInvalidated: Withdrawn,
	} {
		event, ok := EventOf(state)
		require.True(t, ok, "%s", state)
		a := in(PendingConsent)
		require.NoError(t, a.CatchUp(Happening{Event: event, Time: moment()}), "%s", state)
		require.Equal(t, want, a.EndReason, "%s", state)
	}
	event, _ := EventOf(ConsentTerminated)
	a := in(Active)
	require.NoError(t, a.Apply(Happening{Event: event, Time: moment()}))
	require.Equal(t, Detached, a.EndReason) // R35
}
