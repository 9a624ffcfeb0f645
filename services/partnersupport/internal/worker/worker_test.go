package worker_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/jobs"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgtest"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/job"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
	"github.com/aval-access/aval/services/partnersupport/internal/sibling"
	"github.com/aval-access/aval/services/partnersupport/internal/worker"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// nobody is a sibling that cannot be reached; it tells that it was asked.
type nobody struct{ asked chan string }

func (n nobody) Invoke(_ context.Context, method string, _, _ any, _ ...grpc.CallOption) error {
	select {
	case n.asked <- method:
	default:
	}
	return fault.New(reasonv1.Reason_REASON_UNAVAILABLE)
}

func (nobody) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	return nil, fault.New(reasonv1.Reason_REASON_UNAVAILABLE)
}

func setup(t *testing.T) (app.Deps, nobody) {
	t.Helper()
	db := pgtest.DB(t, "partnersupport", postgres.Migrations, jobs.Migrate)
	queue, err := jobs.New(jobs.Options{DB: db, Log: slog.New(slog.DiscardHandler), Periodic: worker.Periodic()})
	require.NoError(t, err)
	n := nobody{asked: make(chan string, 16)}
	deps := app.Deps{
		DB: db, Queue: queue, Clock: clock.System{}, NewID: id.New,
		Membership: sibling.NewMembership(n), Consent: sibling.NewConsent(n), Identity: sibling.NewIdentity(n),
	}
	worker.Handle(deps)
	return deps, n
}

func event(m proto.Message) bus.Event {
	subject, _ := bus.SubjectOf(m)
	return bus.Event{ID: id.New(), Subject: subject, Time: time.Now(), AggregateID: id.New(), Version: 1, Message: m}
}

// pending stores a collaborator with an assignment that waits for an answer.
func pending(t *testing.T, deps app.Deps) domain.Assignment {
	t.Helper()
	partner, now := id.New(), deps.Clock.Now()
	c := domain.Collaborator{
		PartnerID: partner, ID: id.New(), InvitationID: id.New(), UserID: id.New(), GivenName: "Karim",
		PartnerRole: domain.TechnicalSupport, State: domain.Ready, Version: 1, CreateTime: now,
	}
	d := domain.Dossier{PartnerID: partner, ID: id.New(), ClientID: id.New(), State: domain.DossierActive, Version: 1, CreateTime: now}
	a := domain.Assignment{
		PartnerID: partner, ID: id.New(), DossierID: d.ID, CollaboratorID: c.ID, RequesterID: id.New(),
		ProposedDuration: 7 * 24 * time.Hour, State: domain.PendingConsent, Version: 1, CreateTime: now,
	}
	require.NoError(t, deps.DB.InTenant(t.Context(), partner, func(ctx context.Context, tx pg.Tx) error {
		_, err := postgres.AddCollaborator(ctx, tx, c)
		require.NoError(t, err)
		require.NoError(t, postgres.AddDossier(ctx, tx, d))
		require.NoError(t, postgres.AddAssignments(ctx, tx, []domain.Assignment{a}))
		return deps.Queue.Insert(ctx, tx, job.RequestConsent{PartnerID: partner, AssignmentID: a.ID})
	}))
	return a
}

func stateOf(t *testing.T, deps app.Deps, a domain.Assignment) (out domain.Assignment) {
	t.Helper()
	require.NoError(t, deps.DB.InTenant(t.Context(), a.PartnerID, func(ctx context.Context, tx pg.Tx) (err error) {
		out, err = postgres.LockAssignment(ctx, tx, a.PartnerID, a.ID)
		return err
	}))
	return out
}

func ref(a domain.Assignment) *consentv1.ConsentRef {
	return &consentv1.ConsentRef{
		ConsentId: id.New().Text("cns"), AssignmentId: a.ID.Text("asg"), PartnerId: a.PartnerID.Text("org"), ClientId: id.New().Text("org"),
	}
}

func TestTheFactsOfConsentMoveTheAssignment(t *testing.T) {
	t.Parallel()
	deps, _ := setup(t)
	handle := worker.Consent(deps).Handler
	a := pending(t, deps)
	given := event(&consentv1.ConsentGiven{Consent: ref(a), ActorId: id.New().Text("usr")})
	require.NoError(t, handle(t.Context(), given))
	require.Equal(t, domain.Active, stateOf(t, deps, a).State)
	require.NoError(t, handle(t.Context(), event(&consentv1.ConsentEnded{Consent: ref(a), State: consentv1.ConsentState_CONSENT_STATE_WITHDRAWN})))
	require.NoError(t, handle(t.Context(), given), "delivered again")
	require.Equal(t, domain.Withdrawn, stateOf(t, deps, a).EndReason)

	b := pending(t, deps)
	require.NoError(t, handle(t.Context(), event(&consentv1.ConsentRefused{Consent: ref(b)})))
	require.Equal(t, domain.Declined, stateOf(t, deps, b).EndReason)

	c := pending(t, deps)
	require.NoError(t, handle(t.Context(), event(&consentv1.ConsentEnded{Consent: ref(c), State: consentv1.ConsentState_CONSENT_STATE_EXPIRED_UNANSWERED})))
	require.Equal(t, domain.Unanswered, stateOf(t, deps, c).EndReason)

	require.Error(t, handle(t.Context(), event(&consentv1.ConsentRefused{Consent: ref(domain.Assignment{PartnerID: id.New(), ID: id.New()})})))
	require.Error(t, handle(t.Context(), event(&consentv1.ConsentRefused{})))
	require.Error(t, handle(t.Context(), event(&consentv1.ConsentRequested{})))
}

func TestMembersWithoutAStaffRoleAreNobodysCollaborators(t *testing.T) {
	t.Parallel()
	deps, siblings := setup(t)
	handle := worker.Membership(deps).Handler
	started := &membershipv1.MembershipStarted{
		OrganizationId: id.New().Text("org"), UserId: id.New().Text("usr"), InvitationId: id.New().Text("inv"),
	}
	require.NoError(t, handle(t.Context(), event(started)))
	require.Empty(t, siblings.asked)
	started.PartnerRole = membershipv1.PartnerRole_PARTNER_ROLE_TECHNICAL_SUPPORT
	require.Error(t, handle(t.Context(), event(started)), "membership is asked, and cannot be reached")
	require.Len(t, siblings.asked, 1)
	require.NoError(t, handle(t.Context(), event(&membershipv1.MembershipEnded{
		OrganizationId: id.New().Text("org"), UserId: id.New().Text("usr"),
	})))
	require.Error(t, handle(t.Context(), event(&membershipv1.MembershipEnded{})))
}

// R22: the job asks the client, and stays until it could.
func TestTheJobsWorkAsTheSystemRole(t *testing.T) {
	t.Parallel()
	deps, siblings := setup(t)
	pending(t, deps)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- deps.Queue.Component().Run(ctx, func() {}) }()
	select {
	case method := <-siblings.asked:
		require.Equal(t, membershipv1.OrganizationService_GetOrganization_FullMethodName, method)
	case <-time.After(20 * time.Second):
		require.Fail(t, "the job did not run")
	}
	cancel()
	require.NoError(t, <-ended)
}

// R54: an invitation that is taken back on the members page, or declined, takes
// its collaborator along; who has come already stays.
func TestAnInvitationsEndReachesItsCollaborator(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(organization, invitation string) proto.Message{
		"cancelled": func(organization, invitation string) proto.Message {
			return &membershipv1.InvitationCancelled{OrganizationId: organization, InvitationId: invitation, ActorId: id.New().Text("usr")}
		},
		"declined": func(organization, invitation string) proto.Message {
			return &membershipv1.InvitationDeclined{OrganizationId: organization, InvitationId: invitation}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			deps, _ := setup(t)
			handle := worker.Membership(deps).Handler
			invited := domain.Collaborator{
				PartnerID: id.New(), ID: id.New(), InvitationID: id.New(), GivenName: "Karim", Email: "karim@example.com",
				PartnerRole: domain.TechnicalSupport, State: domain.Invited, Version: 1, CreateTime: deps.Clock.Now(),
			}
			came := invited
			came.ID, came.InvitationID, came.UserID, came.State = id.New(), id.New(), id.New(), domain.Ready
			add := func(c domain.Collaborator) {
				require.NoError(t, deps.DB.InTenant(t.Context(), c.PartnerID, func(ctx context.Context, tx pg.Tx) error {
					_, err := postgres.AddCollaborator(ctx, tx, c)
					return err
				}))
			}
			state := func(c domain.Collaborator) (found domain.Collaborator) {
				require.NoError(t, deps.DB.InTenant(t.Context(), c.PartnerID, func(ctx context.Context, tx pg.Tx) (err error) {
					found, err = postgres.Collaborator(ctx, tx, c.PartnerID, c.ID)
					return err
				}))
				return found
			}
			add(invited)
			add(came)
			for _, c := range []domain.Collaborator{invited, came} {
				fact := event(end(c.PartnerID.Text("org"), c.InvitationID.Text("inv")))
				require.NoError(t, handle(t.Context(), fact))
				require.NoError(t, handle(t.Context(), fact), "delivered again")
			}
			require.Equal(t, domain.Left, state(invited).State)
			require.NotNil(t, state(invited).LeaveTime)
			require.Equal(t, domain.Ready, state(came).State)
			require.NoError(t, handle(t.Context(), event(end(id.New().Text("org"), id.New().Text("inv")))), "an ordinary member's")
		})
	}
}
