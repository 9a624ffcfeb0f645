package e2e

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/journey"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/id"
)

// R24 R27 R76 R77: a partner asks for a dossier by the client's id or code; the
// client reads who asks, accepts, and nobody has access by that.
func TestAPartnerAsksForADossier(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		client, far, near := b.client(t), b.partner(t), b.partner(t)
		theirs := partnersupportv1.NewDossierRequestServiceClient(client.Owner)
		code, err := theirs.RenewClientCode(t.Context(), &partnersupportv1.RenewClientCodeRequest{ClientId: client.ID})
		require.NoError(t, err)
		ask := func(p journey.Organization, typed string) (*partnersupportv1.Dossier, error) {
			done, err := partnersupportv1.NewDossierRequestServiceClient(p.Owner).RequestDossier(t.Context(), &partnersupportv1.RequestDossierRequest{
				PartnerId: p.ID, Client: typed,
			})
			return done.GetDossier(), err
		}
		for _, typed := range []string{"no code", id.New().Text("org"), near.ID} {
			_, err := ask(far, typed)
			requireReason(t, reasonv1.Reason_REASON_CLIENT_UNKNOWN, err)
		}
		byID, err := ask(far, client.ID)
		require.NoError(t, err)
		require.Equal(t, partnersupportv1.DossierState_DOSSIER_STATE_PENDING, byID.GetState())
		_, err = ask(far, code.GetClientCode().GetCode())
		requireReason(t, reasonv1.Reason_REASON_DOSSIER_EXISTS, err)
		mail, err := b.ReadMail(t.Context(), client.Owner.Email, far.Name+" souhaite être en relation avec votre entreprise")
		require.NoError(t, err)
		require.Contains(t, mail.Text, "000 000 009")
		byCode, err := ask(near, strings.ToLower(code.GetClientCode().GetCode()))
		require.NoError(t, err)

		_, err = theirs.AcceptPartner(t.Context(), &partnersupportv1.AcceptPartnerRequest{ClientId: client.ID, DossierId: byID.GetId()})
		require.NoError(t, err)
		_, err = theirs.DeclinePartner(t.Context(), &partnersupportv1.DeclinePartnerRequest{ClientId: client.ID, DossierId: byCode.GetId()})
		require.NoError(t, err)
		_, err = b.ReadMail(t.Context(), far.Owner.Email, client.Name+" a accepté la mise en relation")
		require.NoError(t, err)
		_, err = b.ReadMail(t.Context(), near.Owner.Email, client.Name+" a refusé la mise en relation")
		require.NoError(t, err)
		_, err = ask(near, client.ID)
		requireReason(t, reasonv1.Reason_REASON_DOSSIER_NOT_ACTIVE, err)
	})
}

// R1 R9 R27: a partner makes a client: the owner is invited, the two are linked
// once, and the partner has no access.
func TestAPartnerCreatesAClient(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		p, owner := b.partner(t), person("claire")
		service, name := partnersupportv1.NewDossierRequestServiceClient(p.Owner), unique("Boulangerie ")
		req := &partnersupportv1.CreateClientRequest{
			PartnerId: p.ID, Identification: &membershipv1.Identification{LegalName: name}, OwnerEmail: owner.Email,
			OwnerGivenName: owner.GivenName, OwnerFamilyName: owner.FamilyName, RequestId: unique("create"),
		}
		first, err := service.CreateClient(t.Context(), req)
		require.NoError(t, err)
		again, err := service.CreateClient(t.Context(), req)
		require.NoError(t, err)
		require.Equal(t, first.GetDossier().GetClientId(), again.GetDossier().GetClientId())
		require.Equal(t, partnersupportv1.DossierState_DOSSIER_STATE_ACTIVE, first.GetDossier().GetState())
		joined, err := b.Join(t.Context(), owner, first.GetDossier().GetClientId())
		require.NoError(t, err)
		list, err := partnersupportv1.NewDossierEndServiceClient(joined).ListPartners(t.Context(), &partnersupportv1.ListPartnersRequest{
			ClientId: first.GetDossier().GetClientId(),
		})
		require.NoError(t, err)
		require.Len(t, list.GetPartners(), 1)
		require.Equal(t, p.Name, list.GetPartners()[0].GetPartnerName())
	})
}
