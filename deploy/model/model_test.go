package model

import (
	"testing"

	"github.com/stretchr/testify/require"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
)

// waits is a case of which the first person waits for an answer.
func waits() State {
	return State{}.wait(0, Past{}).ask(0, false)
}

func ofFirst(verbs ...Verb) (out []Answered) {
	for _, v := range verbs {
		out = append(out, Answered{Command: Command{Do: v}})
	}
	return out
}

// first reads what may be true of the first person.
func first(states []State) (out []Access) {
	for _, s := range states {
		out = append(out, s.Of[0])
	}
	return out
}

// after plays commands one after the other.
func after(s State, verbs ...Verb) []State {
	states := []State{s}
	for _, v := range verbs {
		states = After(states, ofFirst(v))
	}
	return states
}

// T-07: the model itself: what is answered rules orders out, and nothing but a
// yes lets anybody in.
func TestTheModelKnowsOrders(t *testing.T) {
	t.Parallel()
	round := append(ofFirst(Detach, Approve), Answered{Command{Do: Enter}, No})
	require.Equal(t, []Access{{Newest: terminated}}, first(After([]State{waits()}, round)), "who said yes was heard before it was taken back")
	require.Empty(t, After([]State{waits()}, ofFirst(Enter)), "nobody enters before the yes")
	require.Empty(t, After([]State{waits()}, []Answered{{Command{Do: Approve}, No}}), "an approver's yes is taken")
	require.Len(t, After([]State{waits()}, []Answered{{Command{Do: Approve}, Unknown}}), 2, "it was done or not")
}

// T-07 R36 R40: what one yes does to what runs.
func TestTheModelKnowsWhatAYesTakesThePlaceOf(t *testing.T) {
	t.Parallel()
	runs := after(waits(), Approve, Narrow, Enter)[0]
	require.Equal(t, Access{Running: true, Narrow: true, Newest: given, Visits: 1}, runs.Of[0])
	for _, c := range []struct {
		rule  string
		verbs []Verb
		want  Access
	}{
		{"asking for more changes nothing", []Verb{Extend}, Access{Running: true, Waiting: true, Narrow: true, Newest: requested, Visits: 1}},
		{"a yes to more is as wide as it was", []Verb{Extend, Approve}, Access{Running: true, Newest: given}},
		{"a no leaves what runs", []Verb{Extend, Refuse}, Access{Running: true, Narrow: true, Newest: refused, Visits: 1}},
		{"who takes the yes back takes the question along", []Verb{Extend, Withdraw}, Access{Newest: cancelled}},
		{"a suspension ends visits alone", []Verb{Suspend, Restore}, Access{Running: true, Narrow: true, Newest: given}},
		{"the platform's end is one", []Verb{Extend, Invalidate}, Access{Newest: cancelled}},
		{"a link takes everything with it", []Verb{End, Reopen}, Access{Newest: terminated}},
	} {
		require.Contains(t, first(after(runs, c.verbs...)), c.want, c.rule)
	}
	passed := after(runs, HandOver)
	require.True(t, passed[0].Of[0].Running && passed[0].Of[1].Waiting, "who is there stays")
	passed = After(passed, []Answered{{Command: Command{Do: Approve, Who: 1}}})
	require.Equal(t, Access{Newest: consentv1.ConsentState_CONSENT_STATE_SUPERSEDED}, passed[0].Of[0])
	require.Equal(t, Access{Running: true, Newest: given}, passed[0].Of[1])
}
