package rpc_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
	"github.com/aval-access/aval/services/partnersupport/internal/sibling"
)

// members is a membership that knows the people of the partner, and cannot be
// reached for more.
type members map[string]membershipv1.Role

func (m members) Invoke(_ context.Context, method string, req, reply any, _ ...grpc.CallOption) error {
	if method != membershipv1.MemberService_ResolveContext_FullMethodName {
		return fault.New(reasonv1.Reason_REASON_UNAVAILABLE)
	}
	role, ok := m[req.(*membershipv1.ResolveContextRequest).GetUserId()]
	if !ok {
		return fault.New(reasonv1.Reason_REASON_NOT_A_MEMBER)
	}
	reply.(*membershipv1.ResolveContextResponse).Context = &membershipv1.Context{Role: role}
	return nil
}

func (members) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	return nil, fault.New(reasonv1.Reason_REASON_UNAVAILABLE)
}

// An administrator has no power over owners, and membership keeps the last one:
// a removal of theirs would stop half way for ever.
func TestOnlyAnotherOwnerRemovesAnOwner(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.collaborator(t, domain.Ready)
	people := members{c.UserID.Text("usr"): membershipv1.Role_ROLE_OWNER, b.admin.Text("usr"): membershipv1.Role_ROLE_ADMIN}
	b.deps.Membership = sibling.NewMembership(people)
	remove := func(actor id.ID) error {
		_, err := app.RemoveCollaborator{Deps: b.deps}.Do(t.Context(), app.RemoveIn{
			Partner: b.partner, Collaborator: c.ID, Actor: actor, Confirm: "REMOVE", Key: idempotency.Key{},
		})
		return err
	}
	requireReason(t, reasonv1.Reason_REASON_PERMISSION_DENIED, remove(b.admin))
	requireReason(t, reasonv1.Reason_REASON_PERMISSION_DENIED, remove(c.UserID))
	require.Zero(t, b.count(t, "SELECT count(*) FROM removal"))
	people[b.admin.Text("usr")] = membershipv1.Role_ROLE_OWNER
	requireReason(t, reasonv1.Reason_REASON_UNAVAILABLE, remove(b.admin))
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM removal"), "it has begun")
}

// R34: a removal that comes to its end late does not take somebody away who was
// invited again and came.
func TestALateRemovalSparesWhoIsBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	gone := b.collaborator(t, domain.Ready)
	removal := domain.NewRemoval(id.New(), gone, b.admin, b.clock.Now())
	removal.Stage = domain.RemoveMembership
	b.tenant(t, func(ctx context.Context, tx pg.Tx) error {
		require.NoError(t, gone.Leave(domain.Removed, b.clock.Now()))
		require.NoError(t, postgres.SaveCollaborator(ctx, tx, gone))
		_, err := postgres.AddRemoval(ctx, tx, removal)
		return err
	})
	drive := app.DriveRemoval{Deps: b.deps}
	_, err := drive.Do(t.Context(), b.partner, removal.ID)
	requireReason(t, reasonv1.Reason_REASON_UNAVAILABLE, err)
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM removal WHERE stage = 'MEMBERSHIP'"), "membership is asked, and cannot be reached")
	again := b.collaborator(t, domain.Invited)
	b.tenant(t, func(ctx context.Context, tx pg.Tx) error {
		require.NoError(t, again.Start(gone.UserID))
		return postgres.SaveCollaborator(ctx, tx, again)
	})
	done, err := drive.Do(t.Context(), b.partner, removal.ID)
	require.NoError(t, err, "membership is not asked any more")
	require.Equal(t, domain.RemovalDone, done.Stage)
}

// cooling is a consent of a client who said no a short while ago.
type cooling struct {
	grpc.ClientConnInterface
	until time.Time
}

func (c cooling) Invoke(_ context.Context, _ string, _, reply any, _ ...grpc.CallOption) error {
	if remind, ok := reply.(*consentv1.RemindResponse); ok {
		remind.State, remind.RetryTime = consentv1.ConsentState_CONSENT_STATE_REFUSED, timestamppb.New(c.until)
		return nil
	}
	return fault.New(reasonv1.Reason_REASON_CONSENT_REFUSED)
}

// anything answers every call with nothing in it.
type anything struct{ grpc.ClientConnInterface }

func (anything) Invoke(context.Context, string, any, any, ...grpc.CallOption) error { return nil }

// R28: an assignment that was never asked for, because the client had just said
// no, does not hide that no.
func TestEnteringRemembersANoBeforeTheLatestAssignment(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.product(t, "demo-product")
	c, d := b.collaborator(t, domain.Ready), b.dossier(t, "A", domain.DossierActive)
	b.answered(t, b.assign(t, c, d)[0].GetAssignment(), domain.ConsentDeclined)
	second, err := id.Parse("asg", b.assign(t, c, d)[0].GetAssignment().GetId())
	require.NoError(t, err)
	b.deps.Consent = sibling.NewConsent(cooling{until: b.clock.Now().AddDate(0, 0, 7)})
	b.deps.Membership = sibling.NewMembership(anything{})
	require.Error(t, app.RequestConsent{Deps: b.deps}.Do(t.Context(), b.partner, second))
	for range 3 {
		_, err := app.EnterDossier{Deps: b.deps}.Do(t.Context(), app.EnterIn{
			Partner: b.partner, User: c.UserID, Dossier: d.ID, Reason: "ticket 7",
		})
		requireReason(t, reasonv1.Reason_REASON_CONSENT_REFUSED, err)
	}
	require.Equal(t, 2, b.count(t, "SELECT count(*) FROM assignment"), "nothing is asked anew")
}

// Marks that turn the direction of writing would deceive the client, and no mail
// may hold them.
func TestAReasonThatDeceivesIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c, d := b.collaborator(t, domain.Ready), b.dossier(t, "A", domain.DossierActive)
	req := b.batch(c, d)
	req.Reason = "facture\u202etxt.exe"
	_, err := v1.NewAssignmentServiceClient(b.gateway(t)).BatchCreateAssignments(b.as(t, b.admin), req)
	requireReason(t, reasonv1.Reason_REASON_INVALID_ARGUMENT, err)
	require.Zero(t, b.count(t, "SELECT count(*) FROM assignment"))
}
