package model

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// T-07: the model itself: what is answered rules orders out, and nothing but a
// yes lets anybody in.
func TestTheModelKnowsOrders(t *testing.T) {
	t.Parallel()
	asked := State{Seen: Seen{Assignment: pending, Consent: requested}}
	after := After([]State{asked}, []Answered{{Approve, OK}, {Withdraw, OK}, {Enter, No}})
	require.Equal(t, []State{{Seen: Seen{Consent: withdrawn}, Cooling: true}}, after)
	both := After([]State{asked}, []Answered{{Detach, OK}, {Approve, OK}})
	require.ElementsMatch(t, []State{{Seen: Seen{Consent: cancelled}}, {Seen: Seen{Consent: terminated}}}, both)
	require.Empty(t, After([]State{asked}, []Answered{{Enter, OK}}), "nobody enters before the yes")
	require.Empty(t, After([]State{asked}, []Answered{{Approve, No}}), "an approver's yes is taken")
	require.Len(t, After([]State{asked}, []Answered{{Approve, Unknown}}), 2, "it was done or not")
}
