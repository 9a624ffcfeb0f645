package rpc_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/grpcclient"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// asClient gives a context of calls that the approver makes in the client.
func (b bundle) asClient(t *testing.T, client id.ID) context.Context {
	t.Helper()
	return grpcclient.WithPerson(t.Context(), b.server.Signer.Person(t, b.admin, client))
}

// R34, R35: the end of a link is true in our rows at once, and is not called
// done before the siblings have confirmed it.
func TestADossiersEndIsBegunAtOnceAndGoneOnWith(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c, d := b.collaborator(t, domain.Ready), b.dossier(t, "A", domain.DossierActive)
	b.assign(t, c, d)
	client := v1.NewDossierEndServiceClient(b.gateway(t))
	req := &v1.EndDossierRequest{PartnerId: b.partner.Text("org"), DossierId: d.ID.Text("dos"), Confirm: "remove"}
	_, err := client.EndDossier(b.as(t, b.admin), req)
	requireReason(t, reasonv1.Reason_REASON_CONFIRMATION_REQUIRED, err)
	require.Zero(t, b.count(t, "SELECT count(*) FROM dossier_ending"))

	req.Confirm = "REMOVE"
	_, err = client.EndDossier(b.as(t, b.admin), req)
	requireReason(t, reasonv1.Reason_REASON_UNAVAILABLE, err)
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM dossier WHERE state = 'ENDED'"))
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM assignment WHERE end_reason = 'DOSSIER_ENDED'"))
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM dossier_ending WHERE complete_time IS NULL AND assignments = 1 AND requests = 1"))
	require.Equal(t, "DOSSIER_NOT_ACTIVE", b.assign(t, c, d)[0].GetErrorReason(), "nobody is assigned any more")
	_, err = client.EndDossier(b.as(t, b.admin), req)
	requireReason(t, reasonv1.Reason_REASON_UNAVAILABLE, err)
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM dossier_ending"), "a repetition goes on with the same end")

	_, err = client.ReopenPartner(b.asClient(t, d.ClientID), &v1.ReopenPartnerRequest{
		ClientId: d.ClientID.Text("org"), DossierId: d.ID.Text("dos"),
	})
	requireReason(t, reasonv1.Reason_REASON_REQUEST_IN_FLIGHT, err)
	b.requireResumed(t)
}

// The client alone takes a link up again that was ended: neither the platform
// nor the partner links the two anew.
func TestTheClientAloneTakesALinkUpAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	d, over := b.dossier(t, "A", domain.DossierEnded), b.clock.Now()
	b.tenant(t, func(ctx context.Context, tx pg.Tx) error {
		e := domain.DossierEnding{
			PartnerID: b.partner, ID: id.New(), DossierID: d.ID, ClientID: d.ClientID, Side: domain.ClientSide, ActorID: b.admin, CreateTime: over,
		}
		if err := postgres.AddEnding(ctx, tx, e); err != nil {
			return err
		}
		e.Complete(domain.Receipt{}, over)
		return postgres.SaveEnding(ctx, tx, e)
	})
	client := v1.NewDossierEndServiceClient(b.gateway(t))
	req := &v1.ReopenPartnerRequest{ClientId: d.ClientID.Text("org"), DossierId: d.ID.Text("dos")}
	_, err := client.ReopenPartner(b.as(t, b.admin), req)
	requireReason(t, reasonv1.Reason_REASON_NOT_FOUND, err)
	stranger := id.New()
	_, err = client.ReopenPartner(b.asClient(t, stranger), &v1.ReopenPartnerRequest{ClientId: stranger.Text("org"), DossierId: d.ID.Text("dos")})
	requireReason(t, reasonv1.Reason_REASON_NOT_FOUND, err)

	again, err := client.ReopenPartner(b.asClient(t, d.ClientID), req)
	require.NoError(t, err)
	require.Equal(t, v1.DossierState_DOSSIER_STATE_ACTIVE, again.GetPartner().GetState())
	list, err := client.ListPartners(b.asClient(t, d.ClientID), &v1.ListPartnersRequest{ClientId: d.ClientID.Text("org")})
	require.NoError(t, err)
	require.Len(t, list.GetPartners(), 1)
	require.Equal(t, "Cabinet", list.GetPartners()[0].GetPartnerName())
	list, err = client.ListPartners(b.asClient(t, stranger), &v1.ListPartnersRequest{ClientId: stranger.Text("org")})
	require.NoError(t, err)
	require.Empty(t, list.GetPartners())
}

// Whoever resumes an end that is over leaves a link alone that was taken up
// again.
func TestALateDriverLeavesAReopenedLinkAlone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	d := b.dossier(t, "A", domain.DossierActive)
	b.tenant(t, func(ctx context.Context, tx pg.Tx) error {
		e := domain.DossierEnding{
			PartnerID: b.partner, ID: id.New(), DossierID: d.ID, ClientID: d.ClientID, Side: domain.PartnerSide, ActorID: b.admin, CreateTime: b.clock.Now(),
		}
		if err := postgres.AddEnding(ctx, tx, e); err != nil {
			return err
		}
		e.Complete(domain.Receipt{}, b.clock.Now())
		return postgres.SaveEnding(ctx, tx, e)
	})
	require.NoError(t, app.EndDossier{Deps: b.deps}.Resume(t.Context(), b.partner, d.ID), "no sibling is asked: none can be reached")
}
