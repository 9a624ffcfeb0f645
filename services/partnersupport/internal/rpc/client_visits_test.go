package rpc_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/grpcclient"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// running stores a visit that goes on for an hour, idle after 30 minutes.
func (b bundle) running(t *testing.T, c domain.Collaborator, d domain.Dossier, p *v1.Product) domain.SupportSession {
	t.Helper()
	product, err := id.Parse("prd", p.GetId())
	require.NoError(t, err)
	now := b.clock.Now()
	a := domain.Assignment{
		PartnerID: b.partner, ID: id.New(), DossierID: d.ID, CollaboratorID: c.ID, RequesterID: b.admin,
		ProposedDuration: 7 * 24 * time.Hour, State: domain.Active, Version: 1, CreateTime: now,
	}
	s := domain.SupportSession{
		PartnerID: b.partner, ID: id.New(), AssignmentID: a.ID, DossierID: d.ID, CollaboratorID: c.ID, ProductID: product,
		UserID: c.UserID, ClientID: d.ClientID, GrantID: id.New(), ConsentID: id.New(), Reason: "ticket 7",
		StartTime: now, ExpireTime: now.Add(time.Hour), Idle: 30 * time.Minute, LastUseTime: now, Version: 1,
	}
	b.tenant(t, func(ctx context.Context, tx pg.Tx) error {
		require.NoError(t, postgres.AddAssignments(ctx, tx, []domain.Assignment{a}))
		return postgres.AddSession(ctx, tx, s)
	})
	return s
}

// A client reads the visits that run in its account, page by page, and none of
// another client's; one that idled out or is over is no longer shown. Whoever
// may not approve there, and while the decision cannot be told, ends none.
func TestAClientReadsItsRunningVisits(t *testing.T) {
	t.Parallel()
	b := setup(t)
	product, c, d := b.product(t, "alpha"), b.collaborator(t, domain.Ready), b.dossier(t, "A", domain.DossierActive)
	foreign := b.running(t, b.collaborator(t, domain.Ready), b.dossier(t, "B", domain.DossierActive), product)
	b.past(t, pastVisit{b.collaborator(t, domain.Ready), d, product.GetId()})
	first, second := b.running(t, c, d, product), b.running(t, b.collaborator(t, domain.Ready), d, product)

	visits := v1.NewClientVisitServiceClient(b.gateway(t))
	as := func(user id.ID) context.Context {
		return grpcclient.WithPerson(t.Context(), b.server.Signer.Person(t, user, d.ClientID))
	}
	list := func(token string) *v1.ListClientVisitsResponse {
		page, err := visits.ListClientVisits(as(b.admin), &v1.ListClientVisitsRequest{ClientId: d.ClientID.Text("org"), PageSize: 1, PageToken: token})
		require.NoError(t, err)
		return page
	}
	newest := list("")
	require.Equal(t, second.ID.Text("sup"), newest.GetVisits()[0].GetSupportSessionId())
	oldest := list(newest.GetNextPageToken())
	require.Empty(t, oldest.GetNextPageToken())
	require.Equal(t, []string{first.ID.Text("sup"), "Karim Benali", "Cabinet", "alpha"}, []string{
		oldest.GetVisits()[0].GetSupportSessionId(), oldest.GetVisits()[0].GetCollaboratorName(),
		oldest.GetVisits()[0].GetPartnerName(), oldest.GetVisits()[0].GetProductName(),
	})

	end := &v1.EndClientVisitRequest{ClientId: d.ClientID.Text("org"), SupportSessionId: first.ID.Text("sup")}
	_, err := visits.EndClientVisit(as(id.New()), end)
	requireReason(t, reasonv1.Reason_REASON_PERMISSION_DENIED, err)
	_, err = visits.EndClientVisit(as(b.admin), &v1.EndClientVisitRequest{ClientId: end.GetClientId(), SupportSessionId: foreign.ID.Text("sup")})
	requireReason(t, reasonv1.Reason_REASON_NOT_FOUND, err)
	_, err = visits.EndClientVisit(as(b.admin), end)
	requireReason(t, reasonv1.Reason_REASON_UNAVAILABLE, err)
	require.Len(t, list("").GetVisits(), 1, "what the decision was not told is not over")
	b.clock.Advance(30 * time.Minute)
	require.Empty(t, list("").GetVisits())
}
