package rpc_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// R35, R81: many are detached in one call, each row for itself; validate_only
// changes nothing, and without the word nothing happens.
func TestManyAreDetachedEachForItself(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.collaborator(t, domain.Ready)
	made := b.assign(t, c, b.dossier(t, "A", domain.DossierActive), b.dossier(t, "B", domain.DossierActive))
	nobodys := id.New().Text("asg")
	req := &v1.BatchDetachAssignmentsRequest{
		PartnerId: b.partner.Text("org"), ValidateOnly: true, RequestId: "r1",
		AssignmentIds: []string{made[0].GetAssignment().GetId(), nobodys, made[1].GetAssignment().GetId()},
	}
	client := v1.NewAssignmentServiceClient(b.gateway(t))
	detach := func() ([]*v1.DetachResult, error) {
		answer, err := client.BatchDetachAssignments(b.as(t, b.admin), req)
		return answer.GetResults(), err
	}
	rows, err := detach()
	require.NoError(t, err)
	require.Empty(t, rows[0].GetErrorReason())
	require.Equal(t, "NOT_FOUND", rows[1].GetErrorReason())
	require.Nil(t, rows[2].GetAssignment())
	require.Zero(t, b.count(t, "SELECT count(*) FROM assignment WHERE state = 'ENDED'"))

	req.ValidateOnly, req.Confirm = false, "remove"
	_, err = detach()
	requireReason(t, reasonv1.Reason_REASON_CONFIRMATION_REQUIRED, err)
	req.Confirm = "REMOVE"
	first, err := detach()
	require.NoError(t, err)
	require.Equal(t, v1.AssignmentState_ASSIGNMENT_STATE_ENDED, first[0].GetAssignment().GetState())
	require.Equal(t, "NOT_FOUND", first[1].GetErrorReason())
	require.NotEmpty(t, first[1].GetErrorMessage())
	require.Equal(t, 2, b.count(t, "SELECT count(*) FROM assignment WHERE end_reason = 'CANCELLED'"))
	again, err := detach()
	require.NoError(t, err)
	require.Len(t, again, 3)
	require.Equal(t, 2, b.count(t, "SELECT count(*) FROM outbox WHERE subject = 'aval.partnersupport.v1.assignment.ended'"))
}

// A row whose access could not be ended is told, and the same request goes on
// with it: its answer is not kept.
func TestARowThatCannotBeEndedNowIsTold(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.collaborator(t, domain.Ready)
	made := b.assign(t, c, b.dossier(t, "A", domain.DossierActive), b.dossier(t, "B", domain.DossierActive))
	b.answered(t, made[0].GetAssignment(), domain.ConsentGiven)
	answer, err := v1.NewAssignmentServiceClient(b.gateway(t)).BatchDetachAssignments(b.as(t, b.admin), &v1.BatchDetachAssignmentsRequest{
		PartnerId: b.partner.Text("org"), Confirm: "REMOVE", RequestId: "r2",
		AssignmentIds: []string{made[0].GetAssignment().GetId(), made[1].GetAssignment().GetId()},
	})
	require.NoError(t, err)
	require.Equal(t, "UNAVAILABLE", answer.GetResults()[0].GetErrorReason())
	require.Empty(t, answer.GetResults()[1].GetErrorReason())
	require.Zero(t, b.count(t, "SELECT count(*) FROM idempotency WHERE request_id = 'r2'"))
}
