package e2e

import (
	"testing"

	"github.com/stretchr/testify/require"

	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
)

// R35 R81: many are detached in one call, each with its own result, and what is
// accepted is over when it returns.
func TestManyAreDetachedInOneCall(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v, foreign := b.visiting(t), b.asked(t)
		req := &partnersupportv1.BatchDetachAssignmentsRequest{
			PartnerId: v.partner.ID, ValidateOnly: true,
			AssignmentIds: []string{v.assignment.GetId(), foreign.assignment.GetId()},
		}
		assignments := partnersupportv1.NewAssignmentServiceClient(v.partner.Owner)
		_, err := assignments.BatchDetachAssignments(t.Context(), req)
		require.NoError(t, err)
		require.True(t, b.allowed(t, v, "management/invoices"), "checking changes nothing")

		req.ValidateOnly, req.Confirm = false, "REMOVE"
		done, err := assignments.BatchDetachAssignments(t.Context(), req)
		require.NoError(t, err)
		require.False(t, b.allowed(t, v, "management/invoices"))
		require.EqualValues(t, 1, done.GetResults()[0].GetGrants())
		require.EqualValues(t, 1, done.GetResults()[0].GetSupportSessions())
		require.Equal(t, "NOT_FOUND", done.GetResults()[1].GetErrorReason(), "another partner's")
	})
}
