package rpc_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/durationpb"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// R19: step 3 needs steps 1 and 2.
func TestWhoHasNotSetAPasswordCannotBeAssigned(t *testing.T) {
	t.Parallel()
	b := setup(t)
	client := v1.NewAssignmentServiceClient(b.gateway(t))
	d := b.dossier(t, "Élan", domain.DossierActive)
	_, err := client.BatchCreateAssignments(b.as(t, b.admin), b.batch(b.collaborator(t, domain.Invited), d))
	requireReason(t, reasonv1.Reason_REASON_COLLABORATOR_NOT_READY, err)
	_, err = client.BatchCreateAssignments(b.as(t, b.admin), b.batch(b.collaborator(t, domain.Left), d))
	requireReason(t, reasonv1.Reason_REASON_COLLABORATOR_LEFT, err)
	_, err = client.BatchCreateAssignments(b.as(t, b.admin), b.batch(domain.Collaborator{ID: id.New()}, d))
	requireReason(t, reasonv1.Reason_REASON_NOT_FOUND, err)
	require.Zero(t, b.count(t, "SELECT count(*) FROM assignment"))
}

// A suspended person is put on no dossier; once restored, they are.
func TestWhoIsSuspendedCannotBeAssigned(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c, d := b.collaborator(t, domain.Ready), b.dossier(t, "Élan", domain.DossierActive)
	suspend := func(at *time.Time) {
		b.tenant(t, func(ctx context.Context, tx pg.Tx) error {
			c.SuspendTime = at
			c.Version++
			return postgres.SaveCollaborator(ctx, tx, c)
		})
	}
	now := b.clock.Now()
	suspend(&now)
	_, err := v1.NewAssignmentServiceClient(b.gateway(t)).BatchCreateAssignments(b.as(t, b.admin), b.batch(c, d))
	requireReason(t, reasonv1.Reason_REASON_COLLABORATOR_SUSPENDED, err)
	require.Zero(t, b.count(t, "SELECT count(*) FROM assignment"))
	suspend(nil)
	require.Empty(t, b.assign(t, c, d)[0].GetErrorReason())
}

// R20 R22: several dossiers at once, each with its own result and its own
// request; a dossier of somebody else is not found.
func TestEachDossierHasItsOwnResult(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.collaborator(t, domain.Ready)
	taken, free := b.dossier(t, "A", domain.DossierActive), b.dossier(t, "B", domain.DossierActive)
	pending := b.dossier(t, "C", domain.DossierPending)
	foreign := bundle{db: b.db, clock: b.clock, partner: id.New()}.dossier(t, "D", domain.DossierActive)
	require.Empty(t, b.assign(t, c, taken)[0].GetErrorReason())

	results := b.assign(t, c, taken, free, pending, foreign, domain.Dossier{ID: id.New()})
	reasons := []string{}
	for _, r := range results {
		reasons = append(reasons, r.GetErrorReason())
		require.Equal(t, r.GetErrorReason() == "", r.GetAssignment() != nil)
		require.Equal(t, r.GetErrorReason() == "", r.GetErrorMessage() == "")
	}
	require.Equal(t, []string{"ALREADY_ASSIGNED", "", "DOSSIER_NOT_ACTIVE", "NOT_FOUND", "NOT_FOUND"}, reasons)
	require.Equal(t, fault.Text(reasonv1.Reason_REASON_ALREADY_ASSIGNED, "fr"), results[0].GetErrorMessage())
	made := results[1].GetAssignment()
	require.Equal(t, v1.AssignmentState_ASSIGNMENT_STATE_PENDING_CONSENT, made.GetState())
	require.Equal(t, "Karim Benali", made.GetCollaboratorName())
	require.Equal(t, 2, b.count(t, "SELECT count(*) FROM assignment WHERE proposed_duration = '7 days'::interval OR proposed_duration = '168 hours'"))
	require.Equal(t, 2, b.count(t, "SELECT count(*) FROM river.river_job WHERE kind = 'request_consent'"), "each client is asked")
	require.Equal(t, 2, b.count(t, "SELECT count(*) FROM outbox WHERE subject = 'aval.partnersupport.v1.assignment.created'"))
}

func TestARepeatedRequestAssignsOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	client := v1.NewAssignmentServiceClient(b.gateway(t))
	req := b.batch(b.collaborator(t, domain.Ready), b.dossier(t, "A", domain.DossierActive))
	req.RequestId = "r1"
	first, err := client.BatchCreateAssignments(b.as(t, b.admin), req)
	require.NoError(t, err)
	second, err := client.BatchCreateAssignments(b.as(t, b.admin), req)
	require.NoError(t, err)
	require.Equal(t, first.GetResults()[0].GetAssignment().GetId(), second.GetResults()[0].GetAssignment().GetId())
	req.Reason = "another"
	_, err = client.BatchCreateAssignments(b.as(t, b.admin), req)
	requireReason(t, reasonv1.Reason_REASON_IDEMPOTENCY_KEY_REUSED, err)
}

func TestValidateOnlyChangesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	req := b.batch(b.collaborator(t, domain.Ready), b.dossier(t, "A", domain.DossierActive), domain.Dossier{ID: id.New()})
	req.ValidateOnly, req.RequestId = true, "r1"
	resp, err := v1.NewAssignmentServiceClient(b.gateway(t)).BatchCreateAssignments(b.as(t, b.admin), req)
	require.NoError(t, err)
	require.Empty(t, resp.GetResults()[0].GetErrorReason())
	require.Nil(t, resp.GetResults()[0].GetAssignment())
	require.Equal(t, "NOT_FOUND", resp.GetResults()[1].GetErrorReason())
	require.Zero(t, b.count(t, "SELECT count(*) FROM assignment")+b.count(t, "SELECT count(*) FROM outbox")+
		b.count(t, "SELECT count(*) FROM river.river_job")+b.count(t, "SELECT count(*) FROM idempotency"))
}

// R81: REMOVE, typed exactly; nothing happens otherwise.
func TestOnlyTheWordDetaches(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.assign(t, b.collaborator(t, domain.Ready), b.dossier(t, "A", domain.DossierActive))[0].GetAssignment()
	client := v1.NewAssignmentServiceClient(b.gateway(t))
	for _, word := range []string{"", "remove", " REMOVE", "REMOVE "} {
		_, err := client.DetachAssignment(b.as(t, b.admin), &v1.DetachAssignmentRequest{
			PartnerId: b.partner.Text("org"), AssignmentId: a.GetId(), Confirm: word,
		})
		requireReason(t, reasonv1.Reason_REASON_CONFIRMATION_REQUIRED, err)
		details, _ := fault.Details(err)
		require.Equal(t, "confirm", details.Fields()[0].Field)
	}
	require.Zero(t, b.count(t, "SELECT count(*) FROM assignment WHERE state = 'ENDED'"))
}

// R35: detaching ends one assignment; before the client was asked there is
// nothing else to end. A repetition is harmless.
func TestDetachingEndsTheAssignment(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.assign(t, b.collaborator(t, domain.Ready), b.dossier(t, "A", domain.DossierActive))[0].GetAssignment()
	client := v1.NewAssignmentServiceClient(b.gateway(t))
	req := &v1.DetachAssignmentRequest{PartnerId: b.partner.Text("org"), AssignmentId: a.GetId(), Confirm: "REMOVE", RequestId: "r1"}
	resp, err := client.DetachAssignment(b.as(t, b.admin), req)
	require.NoError(t, err)
	require.Equal(t, v1.AssignmentState_ASSIGNMENT_STATE_ENDED, resp.GetAssignment().GetState())
	require.EqualValues(t, 1, resp.GetReceipt().GetAssignments())
	require.EqualValues(t, 1, resp.GetReceipt().GetRequests())

	again, err := client.DetachAssignment(b.as(t, b.admin), req)
	require.NoError(t, err)
	require.EqualValues(t, 1, again.GetReceipt().GetAssignments(), "the stored answer")
	req.RequestId = ""
	third, err := client.DetachAssignment(b.as(t, b.admin), req)
	require.NoError(t, err)
	require.Zero(t, third.GetReceipt().GetAssignments(), "nothing was left to end")
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM outbox WHERE subject = 'aval.partnersupport.v1.assignment.ended'"))
}

// R35: our row ends only after the access did.
func TestDetachingWaitsForTheAccessToEnd(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.assign(t, b.collaborator(t, domain.Ready), b.dossier(t, "A", domain.DossierActive))[0].GetAssignment()
	b.answered(t, a, domain.ConsentGiven)
	_, err := v1.NewAssignmentServiceClient(b.gateway(t)).DetachAssignment(b.as(t, b.admin), &v1.DetachAssignmentRequest{
		PartnerId: b.partner.Text("org"), AssignmentId: a.GetId(), Confirm: "REMOVE",
	})
	requireReason(t, reasonv1.Reason_REASON_UNAVAILABLE, err)
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM assignment WHERE state = 'ACTIVE'"))
}

func TestTheClientsAnswerMovesTheAssignmentOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.collaborator(t, domain.Ready)
	a := b.assign(t, c, b.dossier(t, "A", domain.DossierActive))[0].GetAssignment()
	b.answered(t, a, domain.ConsentGiven)
	b.answered(t, a, domain.ConsentGiven)
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM assignment WHERE state = 'ACTIVE' AND expire_time IS NOT NULL AND consent_id IS NOT NULL"))
	b.answered(t, a, domain.ConsentWithdrawn)
	b.answered(t, a, domain.ConsentTerminated)
	b.answered(t, a, domain.ConsentGiven)
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM assignment WHERE state = 'ENDED' AND end_reason = 'WITHDRAWN'"))
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM outbox WHERE subject = 'aval.partnersupport.v1.assignment.ended'"))
}

// answered applies a client's answer as its event would.
func (b bundle) answered(t *testing.T, a *v1.Assignment, state domain.ConsentState) {
	t.Helper()
	assignment, err := id.Parse("asg", a.GetId())
	require.NoError(t, err)
	until := b.clock.Now().AddDate(0, 1, 0)
	require.NoError(t, app.FollowConsent{Deps: b.deps}.Do(t.Context(), app.Answer{
		EventID: id.New(), PartnerID: b.partner, Assignment: assignment, ConsentID: id.New(),
		State: state, ExpireTime: &until, Time: b.clock.Now(),
	}))
}

func TestAssignmentsAreListedNewestFirstInPages(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.collaborator(t, domain.Ready)
	for _, name := range []string{"A", "B", "C"} {
		b.assign(t, c, b.dossier(t, name, domain.DossierActive))
	}
	client := v1.NewAssignmentServiceClient(b.gateway(t))
	req := &v1.ListAssignmentsRequest{PartnerId: b.partner.Text("org"), PageSize: 2}
	first, err := client.ListAssignments(b.as(t, b.admin), req)
	require.NoError(t, err)
	require.Len(t, first.GetAssignments(), 2)
	req.PageToken = first.GetNextPageToken()
	second, err := client.ListAssignments(b.as(t, b.admin), req)
	require.NoError(t, err)
	require.Len(t, second.GetAssignments(), 1)
	require.Empty(t, second.GetNextPageToken())
	require.Greater(t, first.GetAssignments()[1].GetId(), second.GetAssignments()[0].GetId())
	req.CollaboratorId = id.New().Text("col")
	_, err = client.ListAssignments(b.as(t, b.admin), req)
	requireReason(t, reasonv1.Reason_REASON_PAGE_TOKEN_INVALID, err)
}

func TestAssigningAtTheSameTimeMakesOneAssignment(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c, d := b.collaborator(t, domain.Ready), b.dossier(t, "A", domain.DossierActive)
	client := v1.NewAssignmentServiceClient(b.gateway(t))
	ctx := b.as(t, b.admin)
	done := make(chan error, 8)
	for range cap(done) {
		go func() {
			_, err := client.BatchCreateAssignments(ctx, b.batch(c, d))
			done <- err
		}()
	}
	for range cap(done) {
		require.NoError(t, <-done)
	}
	b.tenant(t, func(ctx context.Context, tx pg.Tx) error {
		rows, err := postgres.Assignments(ctx, tx, postgres.AssignmentList{Partner: b.partner, Limit: 10})
		require.Len(t, rows, 1)
		return err
	})
}

// R4: a partner proposes a lasting access, or one of some length, and not both.
func TestALastingAccessIsProposed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	req := b.batch(b.collaborator(t, domain.Ready), b.dossier(t, "A", domain.DossierActive))
	req.ProposedLasting, req.ProposedDuration = true, durationpb.New(time.Hour)
	client := v1.NewAssignmentServiceClient(b.gateway(t))
	_, err := client.BatchCreateAssignments(b.as(t, b.admin), req)
	requireReason(t, reasonv1.Reason_REASON_INVALID_ARGUMENT, err)
	req.ProposedDuration = nil
	_, err = client.BatchCreateAssignments(b.as(t, b.admin), req)
	require.NoError(t, err)
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM assignment WHERE proposed_duration > '99 years'"))
}
