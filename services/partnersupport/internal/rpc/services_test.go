package rpc_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/grpctest"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
	"github.com/aval-access/aval/services/partnersupport/internal/sibling"
)

func (b bundle) product(t *testing.T, name string) *v1.Product {
	t.Helper()
	resp, err := v1.NewProductServiceClient(b.server.Client(t, "operator")).RegisterProduct(t.Context(), &v1.RegisterProductRequest{
		Name: name, EnterUrl: "http://demo.localhost:8080/enter", Audience: "https://" + name + ".example", SpiffeId: grpctest.ID(name),
	})
	require.NoError(t, err)
	return resp.GetProduct()
}

func TestTheOperatorRegistersProducts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.product(t, "zeta")
	b.product(t, "alpha")
	operator := v1.NewProductServiceClient(b.server.Client(t, "operator"))
	_, err := operator.RegisterProduct(t.Context(), &v1.RegisterProductRequest{
		Name: "other", EnterUrl: "https://a.example/", Audience: "https://alpha.example", SpiffeId: grpctest.ID("other"),
	})
	requireReason(t, reasonv1.Reason_REASON_PRODUCT_EXISTS, err)
	_, err = operator.RegisterProduct(t.Context(), &v1.RegisterProductRequest{
		Name: "other", EnterUrl: "http://a.example/", Audience: "https://o.example", SpiffeId: grpctest.ID("other"),
	})
	requireReason(t, reasonv1.Reason_REASON_INVALID_ARGUMENT, err)
	_, err = v1.NewProductServiceClient(b.gateway(t)).RegisterProduct(b.as(t, b.admin), &v1.RegisterProductRequest{
		Name: "other", EnterUrl: "https://a.example/", Audience: "https://o.example", SpiffeId: grpctest.ID("other"),
	})
	requireReason(t, reasonv1.Reason_REASON_PERMISSION_DENIED, err)
	list, err := v1.NewProductServiceClient(b.gateway(t)).ListProducts(b.as(t, b.admin), &v1.ListProductsRequest{PageSize: 1})
	require.NoError(t, err)
	require.Equal(t, "alpha", list.GetProducts()[0].GetName())
	list, err = v1.NewProductServiceClient(b.gateway(t)).ListProducts(b.as(t, b.admin), &v1.ListProductsRequest{PageSize: 1, PageToken: list.GetNextPageToken()})
	require.NoError(t, err)
	require.Equal(t, "zeta", list.GetProducts()[0].GetName())
	require.Empty(t, list.GetNextPageToken())
}

// R14: adding, listing and assigning are the administrators'.
func TestACollaboratorAdministersNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.collaborator(t, domain.Ready)
	ctx := b.as(t, c.UserID)
	_, err := v1.NewAssignmentServiceClient(b.gateway(t)).BatchCreateAssignments(ctx, b.batch(c, b.dossier(t, "A", domain.DossierActive)))
	requireReason(t, reasonv1.Reason_REASON_PERMISSION_DENIED, err)
	_, err = v1.NewCollaboratorServiceClient(b.gateway(t)).ListCollaborators(ctx, &v1.ListCollaboratorsRequest{PartnerId: b.partner.Text("org")})
	requireReason(t, reasonv1.Reason_REASON_PERMISSION_DENIED, err)
	_, err = v1.NewCollaboratorServiceClient(b.gateway(t)).ListCollaborators(b.as(t, b.admin), &v1.ListCollaboratorsRequest{PartnerId: id.New().Text("org")})
	requireReason(t, reasonv1.Reason_REASON_NOT_FOUND, err)
}

func TestCollaboratorsAreFilteredByState(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.collaborator(t, domain.Invited)
	ready := b.collaborator(t, domain.Ready)
	client := v1.NewCollaboratorServiceClient(b.gateway(t))
	all, err := client.ListCollaborators(b.as(t, b.admin), &v1.ListCollaboratorsRequest{PartnerId: b.partner.Text("org")})
	require.NoError(t, err)
	require.Len(t, all.GetCollaborators(), 2)
	some, err := client.ListCollaborators(b.as(t, b.admin), &v1.ListCollaboratorsRequest{
		PartnerId: b.partner.Text("org"), State: v1.CollaboratorState_COLLABORATOR_STATE_READY,
	})
	require.NoError(t, err)
	require.Len(t, some.GetCollaborators(), 1)
	require.Equal(t, ready.ID.Text("col"), some.GetCollaborators()[0].GetId())
}

func TestACollaboratorSeesTheirOwnDossiersAlone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	karim, sofia := b.collaborator(t, domain.Ready), b.collaborator(t, domain.Ready)
	one, two := b.dossier(t, "Zoé", domain.DossierActive), b.dossier(t, "Élan", domain.DossierActive)
	b.assign(t, karim, one, two)
	b.assign(t, sofia, two)
	client := v1.NewDossierServiceClient(b.gateway(t))
	req := &v1.ListDossiersRequest{PartnerId: b.partner.Text("org")}
	all, err := client.ListDossiers(b.as(t, b.admin), req)
	require.NoError(t, err)
	require.Equal(t, "Élan", all.GetDossiers()[0].GetClientName())
	require.Len(t, all.GetDossiers()[0].GetAssignments(), 2)
	require.Len(t, all.GetDossiers(), 2)
	theirs, err := client.ListDossiers(b.as(t, sofia.UserID), req)
	require.NoError(t, err)
	require.Len(t, theirs.GetDossiers(), 1)
	require.Len(t, theirs.GetDossiers()[0].GetAssignments(), 1, "not what others are assigned")
	nobodys, err := client.ListDossiers(b.as(t, id.New()), req)
	require.NoError(t, err)
	require.Empty(t, nobodys.GetDossiers())
	found, err := client.ListDossiers(b.as(t, b.admin), &v1.ListDossiersRequest{PartnerId: b.partner.Text("org"), Search: "elan"})
	require.NoError(t, err)
	require.Len(t, found.GetDossiers(), 1)
}

// R27: without an assignment nobody enters, administrators included.
func TestEnteringNeedsAnAssignmentAndAReason(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.product(t, "demo-product")
	c, d := b.collaborator(t, domain.Ready), b.dossier(t, "A", domain.DossierActive)
	client := v1.NewDossierServiceClient(b.gateway(t))
	enter := func(user id.ID, reason string, dossier id.ID) error {
		_, err := client.EnterDossier(b.as(t, user), &v1.EnterDossierRequest{
			PartnerId: b.partner.Text("org"), DossierId: dossier.Text("dos"), Reason: reason,
		})
		return err
	}
	requireReason(t, reasonv1.Reason_REASON_NOT_ASSIGNED, enter(b.admin, "ticket 7", d.ID))
	requireReason(t, reasonv1.Reason_REASON_NOT_ASSIGNED, enter(c.UserID, "ticket 7", d.ID))
	requireReason(t, reasonv1.Reason_REASON_NOT_FOUND, enter(c.UserID, "ticket 7", id.New()))
	err := enter(c.UserID, "", d.ID)
	requireReason(t, reasonv1.Reason_REASON_INVALID_ARGUMENT, err)
	details, _ := fault.Details(err)
	require.Equal(t, "reason", details.Fields()[0].Field)
}

// R28: when a request or a yes ran out, wanting to enter asks the client anew.
func TestEnteringAfterTheTimeIsOverAsksAnew(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.product(t, "demo-product")
	c, d := b.collaborator(t, domain.Ready), b.dossier(t, "A", domain.DossierActive)
	a := b.assign(t, c, d)[0].GetAssignment()
	b.answered(t, a, domain.ConsentUnanswered)
	_, err := v1.NewDossierServiceClient(b.gateway(t)).EnterDossier(b.as(t, c.UserID), &v1.EnterDossierRequest{
		PartnerId: b.partner.Text("org"), DossierId: d.ID.Text("dos"), Reason: "ticket 7",
	})
	requireReason(t, reasonv1.Reason_REASON_CONSENT_PENDING, err)
	details, _ := fault.Details(err)
	require.Equal(t, "true", details.Metadata()["reminded"])
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM assignment WHERE state = 'PENDING_CONSENT' AND reason = 'ticket 7'"))
	require.Equal(t, 2, b.count(t, "SELECT count(*) FROM river.river_job WHERE kind = 'request_consent'"))
}

// R81
func TestOnlyTheWordRemoves(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.collaborator(t, domain.Ready)
	_, err := v1.NewCollaboratorServiceClient(b.gateway(t)).RemoveCollaborator(b.as(t, b.admin), &v1.RemoveCollaboratorRequest{
		PartnerId: b.partner.Text("org"), CollaboratorId: c.ID.Text("col"), Confirm: "remove",
	})
	requireReason(t, reasonv1.Reason_REASON_CONFIRMATION_REQUIRED, err)
	require.Zero(t, b.count(t, "SELECT count(*) FROM removal"))
}

// R34, T-03: what a removal began is durable, and gone on with when a sibling
// cannot be reached; nobody hears OK before all is over.
func TestARemovalThatCannotFinishIsResumed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.collaborator(t, domain.Ready)
	b.assign(t, c, b.dossier(t, "A", domain.DossierActive), b.dossier(t, "B", domain.DossierActive))
	client := v1.NewCollaboratorServiceClient(b.gateway(t))
	req := &v1.RemoveCollaboratorRequest{PartnerId: b.partner.Text("org"), CollaboratorId: c.ID.Text("col"), Confirm: "REMOVE"}
	for range 2 {
		_, err := client.RemoveCollaborator(b.as(t, b.admin), req)
		requireReason(t, reasonv1.Reason_REASON_UNAVAILABLE, err)
	}
	require.Equal(t, 2, b.count(t, "SELECT count(*) FROM assignment WHERE end_reason = 'COLLABORATOR_LEFT'"))
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM removal WHERE stage = 'CONSENTS' AND assignments = 2 AND requests = 2 AND lease_time IS NULL"))
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM outbox WHERE subject = 'aval.partnersupport.v1.collaborator.left'"))

	b.requireResumed(t)
}

// requireResumed finds that what is unfinished is gone on with, in vain: no
// sibling can be reached.
func (b bundle) requireResumed(t *testing.T) {
	t.Helper()
	require.NoError(t, app.ResumeEnds{Deps: b.deps}.Do(t.Context()), "the caller's own try has its time")
	b.clock.Advance(5 * time.Second)
	requireReason(t, reasonv1.Reason_REASON_UNAVAILABLE, app.ResumeEnds{Deps: b.deps}.Do(t.Context()))
}

func TestAMembershipThatEndsEndsTheAssignments(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.collaborator(t, domain.Ready)
	b.assign(t, c, b.dossier(t, "A", domain.DossierActive))
	event := app.Membership{EventID: id.New(), PartnerID: b.partner, UserID: c.UserID}
	people := members{c.UserID.Text("usr"): membershipv1.Role_ROLE_MEMBER}
	b.deps.Membership = sibling.NewMembership(people)
	require.NoError(t, app.FollowMembership{Deps: b.deps}.Ended(t.Context(), event))
	require.Zero(t, b.count(t, "SELECT count(*) FROM collaborator WHERE state = 'LEFT'"), "they are back by another membership")
	delete(people, c.UserID.Text("usr"))
	for range 2 {
		require.NoError(t, app.FollowMembership{Deps: b.deps}.Ended(t.Context(), event))
	}
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM collaborator WHERE state = 'LEFT'"))
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM assignment WHERE state = 'ENDED'"))
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM outbox WHERE subject = 'aval.partnersupport.v1.collaborator.left'"))
}

func TestTheEndOfAnAccessEndsItsVisits(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s, a := b.visit(t)
	b.answered(t, a, domain.ConsentWithdrawn)
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM support_session WHERE end_time IS NOT NULL"))
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM outbox WHERE subject = 'aval.partnersupport.v1.support_session.ended'"))
	_, err := v1.NewSupportSessionServiceClient(b.server.Client(t, "identity")).CheckSession(t.Context(), &v1.CheckSessionRequest{
		SupportSessionId: s.ID.Text("sup"), ProductSpiffeId: grpctest.ID("demo-product"),
	})
	requireReason(t, reasonv1.Reason_REASON_SUPPORT_SESSION_OVER, err)
}

// visit stores a running visit in the product "demo-product".
func (b bundle) visit(t *testing.T) (domain.SupportSession, *v1.Assignment) {
	t.Helper()
	c := b.collaborator(t, domain.Ready)
	product, err := id.Parse("prd", b.product(t, "demo-product").GetId())
	require.NoError(t, err)
	made := b.assign(t, c, b.dossier(t, "A", domain.DossierActive))[0].GetAssignment()
	b.answered(t, made, domain.ConsentGiven)
	assignment, err := id.Parse("asg", made.GetId())
	require.NoError(t, err)
	var s domain.SupportSession
	b.tenant(t, func(ctx context.Context, tx pg.Tx) error {
		a, err := postgres.LockAssignment(ctx, tx, b.partner, assignment)
		require.NoError(t, err)
		s, err = domain.Begin(a, c, domain.Visit{
			SessionID: id.New(), ClientID: id.New(), ProductID: product, Limits: b.deps.Limits[domain.TechnicalSupport],
		}, b.clock.Now())
		require.NoError(t, err)
		s.StandOn(domain.Grant{ID: id.New(), ConsentID: id.New()})
		return postgres.AddSession(ctx, tx, s)
	})
	return s, made
}

func TestAVisitIsCheckedBeforeEachToken(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s, _ := b.visit(t)
	client := v1.NewSupportSessionServiceClient(b.server.Client(t, "identity"))
	check := func(session id.ID, product string) error {
		_, err := client.CheckSession(t.Context(), &v1.CheckSessionRequest{
			SupportSessionId: session.Text("sup"), ProductSpiffeId: grpctest.ID(product),
		})
		return err
	}
	requireReason(t, reasonv1.Reason_REASON_SUPPORT_SESSION_OVER, check(id.New(), "demo-product"))
	requireReason(t, reasonv1.Reason_REASON_SUPPORT_SESSION_OVER, check(s.ID, "other-product"))
	requireReason(t, reasonv1.Reason_REASON_UNAVAILABLE, check(s.ID, "demo-product")) // membership has the last word
	b.clock.Advance(30 * time.Minute)
	requireReason(t, reasonv1.Reason_REASON_SUPPORT_SESSION_OVER, check(s.ID, "demo-product"))
}

func TestOnlyItsProductStopsAVisitAndOnlyItsPeopleEndIt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s, _ := b.visit(t)
	product := v1.NewSupportSessionServiceClient(b.server.Client(t, "demo-product"))
	_, err := product.StopSupportSession(t.Context(), &v1.StopSupportSessionRequest{SupportSessionId: id.New().Text("sup")})
	requireReason(t, reasonv1.Reason_REASON_NOT_FOUND, err)
	people := v1.NewSupportSessionServiceClient(b.gateway(t))
	req := &v1.EndSupportSessionRequest{PartnerId: b.partner.Text("org"), SupportSessionId: s.ID.Text("sup")}
	_, err = people.EndSupportSession(b.as(t, id.New()), req)
	requireReason(t, reasonv1.Reason_REASON_NOT_FOUND, err)
	_, err = people.EndSupportSession(b.as(t, s.UserID), req)
	requireReason(t, reasonv1.Reason_REASON_UNAVAILABLE, err) // the decision must deny first
	require.Zero(t, b.count(t, "SELECT count(*) FROM support_session WHERE end_time IS NOT NULL"))
}

func TestVisitsAreListedByDossier(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s, _ := b.visit(t)
	client := v1.NewSupportSessionServiceClient(b.gateway(t))
	list := func(dossier string) ([]*v1.SupportSession, error) {
		resp, err := client.ListSupportSessions(b.as(t, b.admin), &v1.ListSupportSessionsRequest{PartnerId: b.partner.Text("org"), DossierId: dossier})
		return resp.GetSupportSessions(), err
	}
	its, err := list(s.DossierID.Text("dos"))
	require.NoError(t, err)
	require.Len(t, its, 1)
	others, err := list(id.New().Text("dos"))
	require.NoError(t, err)
	require.Empty(t, others)
	_, err = list("asg_" + id.New().Text("dos")[4:])
	requireReason(t, reasonv1.Reason_REASON_INVALID_ARGUMENT, err)
}

func TestVisitsAreListedToAdministratorsAndToWhoMadeThem(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s, _ := b.visit(t)
	client := v1.NewSupportSessionServiceClient(b.gateway(t))
	list := func(user id.ID, live bool) int {
		resp, err := client.ListSupportSessions(b.as(t, user), &v1.ListSupportSessionsRequest{PartnerId: b.partner.Text("org"), Live: live})
		require.NoError(t, err)
		return len(resp.GetSupportSessions())
	}
	require.Equal(t, 1, list(b.admin, true))
	require.Equal(t, 1, list(s.UserID, true))
	require.Zero(t, list(id.New(), false))
	b.clock.Advance(31 * time.Minute)
	require.Zero(t, list(b.admin, true))
	require.Equal(t, 1, list(b.admin, false))
}
