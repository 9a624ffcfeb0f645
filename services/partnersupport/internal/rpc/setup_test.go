package rpc_test

import (
	"bytes"
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/authz"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/grpcclient"
	"github.com/aval-access/aval/services/kit/grpcserver"
	"github.com/aval-access/aval/services/kit/grpctest"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/jobs"
	"github.com/aval-access/aval/services/kit/page"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgtest"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
	"github.com/aval-access/aval/services/partnersupport/internal/rpc"
	"github.com/aval-access/aval/services/partnersupport/internal/sibling"
	"github.com/aval-access/aval/services/partnersupport/internal/worker"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// bundle is the service over its wire, with a partner whose administrator is
// known. No sibling can be reached: what needs one is the end-to-end suite's.
type bundle struct {
	server         *grpctest.Server
	db             *pg.DB
	clock          *clock.Manual
	deps           app.Deps
	partner, admin id.ID
}

func setup(t *testing.T) bundle {
	t.Helper()
	db := pgtest.DB(t, "partnersupport", postgres.Migrations, jobs.Migrate)
	b := bundle{db: db, clock: clock.NewManual(clock.System{}.Now()), partner: id.New(), admin: id.New()}
	queue, err := jobs.New(jobs.Options{DB: db, Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	b.deps = app.Deps{
		DB: db, Queue: queue, Clock: b.clock, NewID: id.New,
		Membership: sibling.NewMembership(nobody{}), Consent: sibling.NewConsent(nobody{}), Identity: sibling.NewIdentity(nobody{}),
		Decider:  authz.DeciderFunc(func(_ context.Context, q authz.Question) (bool, error) { return q.UserID == b.admin, nil }),
		Proposal: 7 * 24 * time.Hour,
		Limits: map[domain.PartnerRole]domain.SessionLimits{
			domain.TechnicalSupport: {Life: time.Hour, Idle: 30 * time.Minute},
			domain.Accountant:       {Life: 12 * time.Hour, Idle: time.Hour},
		},
	}
	worker.Handle(b.deps)
	pages, err := page.NewSealer(b.clock, bytes.Repeat([]byte{7}, 32))
	require.NoError(t, err)
	b.server = grpctest.Start(t, grpctest.Options{
		Register: func(s *grpc.Server) { rpc.Register(s, b.deps, pages) },
		Server:   grpcserver.Options{Name: "partnersupport", Decider: b.deps.Decider},
	})
	return b
}

// nobody is a sibling that cannot be reached.
type nobody struct{}

func (nobody) Invoke(context.Context, string, any, any, ...grpc.CallOption) error {
	return fault.New(reasonv1.Reason_REASON_UNAVAILABLE)
}

func (nobody) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	return nil, fault.New(reasonv1.Reason_REASON_UNAVAILABLE)
}

// as gives a context of calls that a person makes in the partner.
func (b bundle) as(t *testing.T, user id.ID) context.Context {
	t.Helper()
	return grpcclient.WithPerson(t.Context(), b.server.Signer.Person(t, user, b.partner))
}

func (b bundle) gateway(t *testing.T) *grpc.ClientConn {
	t.Helper()
	return b.server.Client(t, "gateway")
}

// collaborator stores one in a state.
func (b bundle) collaborator(t *testing.T, state domain.CollaboratorState) domain.Collaborator {
	t.Helper()
	c := domain.Collaborator{
		PartnerID: b.partner, ID: id.New(), InvitationID: id.New(), GivenName: "Karim", FamilyName: "Benali",
		Email: "karim@cabinet.example", PartnerRole: domain.TechnicalSupport, State: state, Version: 1, CreateTime: b.clock.Now(),
	}
	if state != domain.Invited {
		c.UserID = id.New()
	}
	b.tenant(t, func(ctx context.Context, tx pg.Tx) error {
		_, err := postgres.AddCollaborator(ctx, tx, c)
		return err
	})
	return c
}

func (b bundle) dossier(t *testing.T, name string, state domain.DossierState) domain.Dossier {
	t.Helper()
	d := domain.Dossier{
		PartnerID: b.partner, ID: id.New(), ClientID: id.New(), PartnerName: "Cabinet", ClientName: name,
		SortName: domain.Fold(name), State: state, Version: 1, CreateTime: b.clock.Now(),
	}
	b.tenant(t, func(ctx context.Context, tx pg.Tx) error { return postgres.AddDossier(ctx, tx, d) })
	return d
}

func (b bundle) tenant(t *testing.T, fn pg.Func) {
	t.Helper()
	require.NoError(t, b.db.InTenant(t.Context(), b.partner, fn))
}

// count counts what a statement finds, over all tenants.
func (b bundle) count(t *testing.T, sql string) (n int) {
	t.Helper()
	require.NoError(t, b.db.InSystem(t.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
		return tx.QueryRow(ctx, sql).Scan(&n)
	}))
	return n
}

func (b bundle) assign(t *testing.T, c domain.Collaborator, dossiers ...domain.Dossier) []*v1.AssignmentResult {
	t.Helper()
	req := b.batch(c, dossiers...)
	resp, err := v1.NewAssignmentServiceClient(b.gateway(t)).BatchCreateAssignments(b.as(t, b.admin), req)
	require.NoError(t, err)
	return resp.GetResults()
}

func (b bundle) batch(c domain.Collaborator, dossiers ...domain.Dossier) *v1.BatchCreateAssignmentsRequest {
	req := &v1.BatchCreateAssignmentsRequest{
		PartnerId: b.partner.Text("org"), CollaboratorId: c.ID.Text("col"), Reason: "assistance",
	}
	for _, d := range dossiers {
		req.DossierIds = append(req.DossierIds, d.ID.Text("dos"))
	}
	return req
}

func requireReason(t *testing.T, want reasonv1.Reason, err error) {
	t.Helper()
	require.Equal(t, want.String(), fault.ReasonOf(err).String(), "%v", err)
}
