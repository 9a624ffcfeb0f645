package rpc_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	notificationv1 "github.com/aval-access/aval/proto/gen/aval/notification/v1"
	"github.com/aval-access/aval/services/accessclient/engine"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/grpcserver"
	"github.com/aval-access/aval/services/kit/grpctest"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/lifecycle/lifecycletest"
	"github.com/aval-access/aval/services/kit/page"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgtest"
	"github.com/aval-access/aval/services/kit/telemetry"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/fence"
	"github.com/aval-access/aval/services/membership/internal/postgres"
	"github.com/aval-access/aval/services/membership/internal/replica"
	"github.com/aval-access/aval/services/membership/internal/rpc"
)

// invitationsPerDay is what the rows of the largest list, and an owner, fit
// into.
const invitationsPerDay = 600

// bundle is the whole service on a real server, without its siblings.
type bundle struct {
	*testing.T
	db     *pg.DB
	server *grpctest.Server
	fence  *fence.Fence
}

func setup(t *testing.T) *bundle {
	t.Helper()
	return setupOn(t, pgtest.DB(t, "membership", postgres.Migrations))
}

func setupOn(t *testing.T, db *pg.DB) *bundle {
	t.Helper()
	b := &bundle{T: t, db: db}
	var err error
	b.fence, err = fence.New(fence.Options{DB: db, Lease: engine.Lease + engine.Margin, Telemetry: telemetry.Discard()})
	require.NoError(t, err)
	decisions := b.replica()
	lifecycletest.Run(t, b.fence.Component())
	check := app.CheckAccess{Decisions: decisions}
	deps := app.Deps{
		Clock: clock.System{}, NewID: id.New, InvitationLife: time.Hour, Invitations: domain.Quota{Size: invitationsPerDay, Per: 24 * time.Hour},
	}
	pages, err := page.NewSealer(clock.System{}, bytes.Repeat([]byte{1}, 32))
	require.NoError(t, err)
	b.server = grpctest.Start(t, grpctest.Options{
		Server: grpcserver.Options{Decider: check, Around: []grpc.UnaryServerInterceptor{rpc.Settle(b.fence)}},
		Register: func(s *grpc.Server) {
			membershipv1.RegisterOrganizationServiceServer(s, &rpc.Organizations{
				DB: db, NewID: id.New, Create: app.CreateOrganization{Deps: deps},
			})
			membershipv1.RegisterMemberServiceServer(s, &rpc.Members{Deps: deps, DB: db, Pages: pages, End: app.EndMembership{Deps: deps}})
			membershipv1.RegisterInvitationServiceServer(s, &rpc.Invitations{
				DB: db, Pages: pages, Create: app.CreateInvitation{Deps: deps}, Many: app.InviteMany{Deps: deps},
				Change: app.ChangeInvitation{Deps: deps}, Links: app.FollowLink{Deps: deps, DB: db},
				Accept: app.AcceptInvitation{Deps: deps}, Over: app.EndOver{Deps: deps, DB: db}, Decline: app.DeclineInvitation{Deps: deps},
			})
			membershipv1.RegisterFeatureServiceServer(s, &rpc.Features{Deps: deps, DB: db, Pages: pages})
			membershipv1.RegisterContactServiceServer(s, &rpc.Contacts{Deps: deps, DB: db, Pages: pages})
			membershipv1.RegisterRightsServiceServer(s, &rpc.Rights{
				Deps: deps, DB: db, Pages: pages, Explain: app.ExplainAccess{DB: db, Decisions: check.Decisions},
			})
			membershipv1.RegisterAccessServiceServer(s, &rpc.Access{
				Questions: &rpc.Questions{Pages: pages, Check: check, Reaches: decisions}, DB: db,
			})
			membershipv1.RegisterReplicaServiceServer(s, rpc.Replicas{Replica: decisions})
			notificationv1.RegisterMailSourceServiceServer(s, &rpc.Mail{DB: db, Prepare: app.PrepareMail{Deps: deps}})
		},
	})
	return b
}

// replica follows the database until the test ends.
func (b *bundle) replica() *replica.Replica {
	b.Helper()
	r, err := replica.New(replica.Options{
		DB: b.db, Tables: postgres.NewDecisions(b.db), Telemetry: telemetry.Discard(), Now: time.Now,
	})
	require.NoError(b, err)
	lifecycletest.Run(b, r.Component())
	return r
}

// create makes an organisation as the operator does.
func (b *bundle) create(kind membershipv1.OrganizationKind) *membershipv1.CreateOrganizationResponse {
	b.Helper()
	resp, err := membershipv1.NewOrganizationServiceClient(b.server.Client(b, "operator")).
		CreateOrganization(b.Context(), newOrganization(kind))
	require.NoError(b, err)
	return resp
}

func newOrganization(kind membershipv1.OrganizationKind) *membershipv1.CreateOrganizationRequest {
	return &membershipv1.CreateOrganizationRequest{
		Kind: kind, OwnerEmail: "owner@example.com", RequestId: id.New().String(),
		Identification: &membershipv1.Identification{
			LegalName: "Cabinet Dupont", RegistrationNumber: "123 456 789", PostalAddress: "1 rue X\n75000 Paris",
			ContactEmail: "contact@example.com", ContactPhone: "+33 1 00 00 00 00",
		},
	}
}

// member puts a person into an organisation; accepting needs identity, which
// is not here.
func (b *bundle) member(organization string, offer domain.Offer) (user id.ID, as context.Context) {
	b.Helper()
	org, err := id.Parse("org", organization)
	require.NoError(b, err)
	user = id.New()
	if offer.Rights == nil {
		offer.Rights = domain.Rights{}
	}
	require.NoError(b, b.db.InTenant(b.Context(), org, func(ctx context.Context, tx pg.Tx) error {
		address := user.String() + "@example.com"
		return postgres.InsertMember(ctx, tx, domain.Membership{
			ID: id.New(), OrganizationID: org, GivenName: "Camille", FamilyName: "Martin", Offer: offer, Version: 1,
			Person:     domain.Person{UserID: user, Email: address, EmailKey: address, Locale: "fr"},
			CreateTime: clock.System{}.Now(),
		})
	}))
	require.NoError(b, b.fence.Wait(b.Context()))
	return user, authn.WithToken(b.Context(), b.server.Signer.Person(b, user, org))
}
