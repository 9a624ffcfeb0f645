package rpc_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

func (b bundle) handOver(t *testing.T, from *v1.Assignment, how *v1.HandOver) (*v1.HandOverAssignmentResponse, error) {
	t.Helper()
	return v1.NewHandOverServiceClient(b.gateway(t)).HandOverAssignment(b.as(t, b.admin), &v1.HandOverAssignmentRequest{
		PartnerId: b.partner.Text("org"), AssignmentId: from.GetId(), HandOver: how,
	})
}

// R36: the client is asked for the successor, whoever holds the access keeps it,
// and one such request waits at a time.
func TestAHandOverAsksAndTakesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first, second, third := b.collaborator(t, domain.Ready), b.collaborator(t, domain.Ready), b.collaborator(t, domain.Ready)
	made := b.assign(t, first, b.dossier(t, "A", domain.DossierActive))[0].GetAssignment()
	b.answered(t, made, domain.ConsentGiven)

	answer, err := b.handOver(t, made, &v1.HandOver{SuccessorId: second.ID.Text("col")})
	require.NoError(t, err)
	require.Equal(t, made.GetId(), answer.GetAssignment().GetPredecessorId())
	require.Nil(t, answer.GetReceipt())
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM assignment WHERE state = 'ACTIVE'"))
	require.Equal(t, 2, b.count(t, "SELECT count(*) FROM river.river_job WHERE kind = 'request_consent'"))

	again, err := b.handOver(t, made, &v1.HandOver{SuccessorId: second.ID.Text("col")})
	require.NoError(t, err)
	require.Equal(t, answer.GetAssignment().GetId(), again.GetAssignment().GetId(), "the same wish asks once")
	_, err = b.handOver(t, made, &v1.HandOver{SuccessorId: third.ID.Text("col")})
	requireReason(t, reasonv1.Reason_REASON_HAND_OVER_PENDING, err)

	b.answered(t, answer.GetAssignment(), domain.ConsentDeclined)
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM assignment WHERE state = 'ACTIVE'"), "a no leaves who is there")
	b.answered(t, made, domain.ConsentSuperseded)
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM assignment WHERE end_reason = 'HANDED_OVER'"))
	_, err = b.handOver(t, made, &v1.HandOver{SuccessorId: third.ID.Text("col")})
	requireReason(t, reasonv1.Reason_REASON_STATE_TRANSITION_REFUSED, err)
}

// R36, R81: nobody is asked for who left, is not there yet, or has the dossier;
// and nothing is taken away without the word.
func TestAHandOverIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first, other := b.collaborator(t, domain.Ready), b.collaborator(t, domain.Ready)
	made := b.assign(t, first, b.dossier(t, "A", domain.DossierActive))[0].GetAssignment()
	for state, reason := range map[domain.CollaboratorState]reasonv1.Reason{
		domain.Left:    reasonv1.Reason_REASON_COLLABORATOR_LEFT,
		domain.Invited: reasonv1.Reason_REASON_COLLABORATOR_NOT_READY,
	} {
		_, err := b.handOver(t, made, &v1.HandOver{SuccessorId: b.collaborator(t, state).ID.Text("col")})
		requireReason(t, reason, err)
	}
	_, err := b.handOver(t, made, &v1.HandOver{SuccessorId: first.ID.Text("col")})
	requireReason(t, reasonv1.Reason_REASON_ALREADY_ASSIGNED, err)
	for _, word := range []string{"", "remove"} {
		_, err := b.handOver(t, made, &v1.HandOver{SuccessorId: other.ID.Text("col"), DetachNow: true, Confirm: word})
		requireReason(t, reasonv1.Reason_REASON_CONFIRMATION_REQUIRED, err)
	}
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM assignment"))
}

// A request that nobody answered is taken back, and the client is asked for the
// successor alone.
func TestAnUnansweredRequestIsPassedOn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first, second := b.collaborator(t, domain.Ready), b.collaborator(t, domain.Ready)
	made := b.assign(t, first, b.dossier(t, "A", domain.DossierActive))[0].GetAssignment()
	answer, err := b.handOver(t, made, &v1.HandOver{SuccessorId: second.ID.Text("col"), Reason: "ticket 8"})
	require.NoError(t, err)
	require.EqualValues(t, 1, answer.GetReceipt().GetRequests())
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM assignment WHERE end_reason = 'CANCELLED'"))
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM assignment WHERE state = 'PENDING_CONSENT' AND reason = 'ticket 8'"))
}

// With detach_now the access ends first: while it cannot, nobody is asked.
func TestDetachingNowComesBeforeAsking(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first, second := b.collaborator(t, domain.Ready), b.collaborator(t, domain.Ready)
	made := b.assign(t, first, b.dossier(t, "A", domain.DossierActive))[0].GetAssignment()
	b.answered(t, made, domain.ConsentGiven)
	_, err := b.handOver(t, made, &v1.HandOver{SuccessorId: second.ID.Text("col"), DetachNow: true, Confirm: "REMOVE"})
	requireReason(t, reasonv1.Reason_REASON_UNAVAILABLE, err) // consent cannot be reached
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM assignment"))
}

// A person's dossiers pass on in one call, each with its own result.
func TestAPersonsDossiersPassOn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first, second := b.collaborator(t, domain.Ready), b.collaborator(t, domain.Ready)
	shared := b.dossier(t, "A", domain.DossierActive)
	made := b.assign(t, first, shared, b.dossier(t, "B", domain.DossierActive))
	b.assign(t, second, shared)
	foreign := b.assign(t, second, b.dossier(t, "C", domain.DossierActive))[0].GetAssignment()
	for _, row := range made {
		b.answered(t, row.GetAssignment(), domain.ConsentGiven)
	}
	req := &v1.HandOverCollaboratorRequest{
		PartnerId: b.partner.Text("org"), CollaboratorId: first.ID.Text("col"), ValidateOnly: true, RequestId: "r1",
		HandOver: &v1.HandOver{SuccessorId: second.ID.Text("col")},
	}
	client := v1.NewHandOverServiceClient(b.gateway(t))
	checked, err := client.HandOverCollaborator(b.as(t, b.admin), req)
	require.NoError(t, err)
	require.Len(t, checked.GetResults(), 2)
	require.Empty(t, checked.GetResults()[0].GetErrorReason())
	require.Equal(t, "ALREADY_ASSIGNED", checked.GetResults()[1].GetErrorReason())
	require.Zero(t, b.count(t, "SELECT count(*) FROM assignment WHERE predecessor_id IS NOT NULL"))

	req.ValidateOnly = false
	req.AssignmentIds = []string{made[1].GetAssignment().GetId(), foreign.GetId()}
	for range 2 {
		done, err := client.HandOverCollaborator(b.as(t, b.admin), req)
		require.NoError(t, err)
		require.Equal(t, made[1].GetAssignment().GetId(), done.GetResults()[0].GetAssignment().GetPredecessorId())
		require.Equal(t, "NOT_FOUND", done.GetResults()[1].GetErrorReason(), "somebody else's")
	}
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM assignment WHERE predecessor_id IS NOT NULL"))
}

// R34, R36: who leaves may name a successor, for whom every client is asked in
// the same transaction.
func TestARemovalNamesASuccessor(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first, second, gone := b.collaborator(t, domain.Ready), b.collaborator(t, domain.Ready), b.collaborator(t, domain.Left)
	shared := b.dossier(t, "A", domain.DossierActive)
	b.assign(t, first, shared, b.dossier(t, "B", domain.DossierActive))
	b.assign(t, second, shared)
	client := v1.NewCollaboratorServiceClient(b.gateway(t))
	req := &v1.RemoveCollaboratorRequest{
		PartnerId: b.partner.Text("org"), CollaboratorId: first.ID.Text("col"), Confirm: "REMOVE", SuccessorId: gone.ID.Text("col"),
	}
	_, err := client.RemoveCollaborator(b.as(t, b.admin), req)
	requireReason(t, reasonv1.Reason_REASON_COLLABORATOR_LEFT, err)
	require.Zero(t, b.count(t, "SELECT count(*) FROM removal"), "nobody is removed for a successor who left")

	req.SuccessorId = second.ID.Text("col")
	_, err = client.RemoveCollaborator(b.as(t, b.admin), req)
	requireReason(t, reasonv1.Reason_REASON_UNAVAILABLE, err) // the siblings are away: a look goes on
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM removal WHERE hand_overs = 1"))
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM assignment WHERE predecessor_id IS NOT NULL AND state = 'PENDING_CONSENT'"))
	require.Equal(t, 2, b.count(t, "SELECT count(*) FROM assignment WHERE end_reason = 'COLLABORATOR_LEFT'"))
}
