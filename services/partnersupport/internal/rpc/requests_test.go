package rpc_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// R76: the client answers a link that was asked for, once, and nobody else
// does; until then nobody is assigned, and its yes gives no access.
func TestTheClientAnswersALinkThatWasAskedFor(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c, d := b.collaborator(t, domain.Ready), b.dossier(t, "Élan", domain.DossierPending)
	require.Equal(t, "DOSSIER_NOT_ACTIVE", b.assign(t, c, d)[0].GetErrorReason())
	client := v1.NewDossierRequestServiceClient(b.gateway(t))
	accept := &v1.AcceptPartnerRequest{ClientId: d.ClientID.Text("org"), DossierId: d.ID.Text("dos"), RequestId: "r1"}
	_, err := client.AcceptPartner(b.as(t, b.admin), accept)
	requireReason(t, reasonv1.Reason_REASON_NOT_FOUND, err)
	stranger := id.New()
	_, err = client.AcceptPartner(b.asClient(t, stranger), &v1.AcceptPartnerRequest{ClientId: stranger.Text("org"), DossierId: d.ID.Text("dos")})
	requireReason(t, reasonv1.Reason_REASON_NOT_FOUND, err)

	for range 2 {
		done, err := client.AcceptPartner(b.asClient(t, d.ClientID), accept)
		require.NoError(t, err)
		require.Equal(t, v1.DossierState_DOSSIER_STATE_ACTIVE, done.GetPartner().GetState())
	}
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM outbox WHERE subject = 'aval.partnersupport.v1.dossier.accepted'"))
	_, err = client.DeclinePartner(b.asClient(t, d.ClientID), &v1.DeclinePartnerRequest{ClientId: d.ClientID.Text("org"), DossierId: d.ID.Text("dos")})
	requireReason(t, reasonv1.Reason_REASON_STATE_TRANSITION_REFUSED, err)
	require.Empty(t, b.assign(t, c, d)[0].GetErrorReason())
}

// R76: after a no the client alone takes the link up.
func TestADeclinedLinkIsTheClientsToReopen(t *testing.T) {
	t.Parallel()
	b := setup(t)
	d := b.dossier(t, "Élan", domain.DossierPending)
	_, err := v1.NewDossierRequestServiceClient(b.gateway(t)).DeclinePartner(b.asClient(t, d.ClientID), &v1.DeclinePartnerRequest{
		ClientId: d.ClientID.Text("org"), DossierId: d.ID.Text("dos"),
	})
	require.NoError(t, err)
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM outbox WHERE subject = 'aval.partnersupport.v1.dossier.declined'"))
	_, err = v1.NewDossierEndServiceClient(b.gateway(t)).EndDossier(b.as(t, b.admin), &v1.EndDossierRequest{
		PartnerId: b.partner.Text("org"), DossierId: d.ID.Text("dos"), Confirm: "REMOVE",
	})
	requireReason(t, reasonv1.Reason_REASON_DOSSIER_NOT_ACTIVE, err)
	again, err := v1.NewDossierEndServiceClient(b.gateway(t)).ReopenPartner(b.asClient(t, d.ClientID), &v1.ReopenPartnerRequest{
		ClientId: d.ClientID.Text("org"), DossierId: d.ID.Text("dos"),
	})
	require.NoError(t, err)
	require.Equal(t, v1.DossierState_DOSSIER_STATE_ACTIVE, again.GetPartner().GetState())
}

// R76: a client is found by the code that it passed on, in whatever form it is
// typed, and by no code that it replaced; whoever is none is told so.
func TestAClientIsFoundByItsCodeAlone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	client, who := v1.NewDossierRequestServiceClient(b.gateway(t)), id.New()
	read := &v1.GetClientCodeRequest{ClientId: who.Text("org")}
	_, err := client.GetClientCode(b.asClient(t, who), read)
	requireReason(t, reasonv1.Reason_REASON_NOT_FOUND, err)
	renew := func() string {
		done, err := client.RenewClientCode(b.asClient(t, who), &v1.RenewClientCodeRequest{ClientId: who.Text("org")})
		require.NoError(t, err)
		return done.GetClientCode().GetCode()
	}
	ask := func(typed string) error {
		_, err := client.RequestDossier(b.as(t, b.admin), &v1.RequestDossierRequest{PartnerId: b.partner.Text("org"), Client: typed})
		return err
	}
	old := renew()
	fresh := renew()
	require.NotEqual(t, old, fresh)
	seen, err := client.GetClientCode(b.asClient(t, who), read)
	require.NoError(t, err)
	require.Equal(t, fresh, seen.GetClientCode().GetCode())

	requireReason(t, reasonv1.Reason_REASON_CLIENT_UNKNOWN, ask(old))
	requireReason(t, reasonv1.Reason_REASON_CLIENT_UNKNOWN, ask("nobody"))
	for _, typed := range []string{fresh, strings.ToLower(strings.ReplaceAll(fresh, "-", " "))} {
		requireReason(t, reasonv1.Reason_REASON_UNAVAILABLE, ask(typed)) // found: membership is asked, which cannot be reached here
	}
	require.Zero(t, b.count(t, "SELECT count(*) FROM dossier"))
}
