package domain

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
)

// R1: level-1 support is a capability that a partner has, or has not.
func TestLinkingNeedsAPartnerOfLevelOneAndAClient(t *testing.T) {
	t.Parallel()
	partner := Organization{ID: id.New(), Kind: KindPartner, LegalName: "Cabinet A", Level1Support: true}
	client := Organization{ID: id.New(), Kind: KindClient, LegalName: "  Élan  Été SARL", RegistrationNumber: "552 100 554"}
	d, err := Link(id.New(), partner, client, moment())
	require.NoError(t, err)
	require.Equal(t, DossierActive, d.State)
	require.Equal(t, "elan ete sarl", d.SortName)
	require.Equal(t, "Cabinet A", d.PartnerName)

	weak := partner
	weak.Level1Support = false
	_, err = Link(id.New(), weak, client, moment())
	require.ErrorIs(t, err, SupportLevel1Missing)
	for _, sides := range [][2]Organization{{client, partner}, {partner, partner}, {client, client}, {partner, {}}} {
		_, err = Link(id.New(), sides[0], sides[1], moment())
		require.ErrorIs(t, err, KindWrong)
	}
}

// R20 R22: each dossier is judged by itself, and a foreign one is not found.
func TestADossierAdmitsACollaboratorOnce(t *testing.T) {
	t.Parallel()
	open, over, taken := id.New(), id.New(), id.New()
	all := map[id.ID]Dossier{open: {State: DossierActive}, over: {State: DossierEnded}, taken: {State: DossierActive}}
	assigned := map[id.ID]bool{taken: true}
	require.Empty(t, Admit(all, assigned, open))
	require.Equal(t, DossierNotActive, Admit(all, assigned, over))
	require.Equal(t, AlreadyAssigned, Admit(all, assigned, taken))
	require.Equal(t, NotFound, Admit(all, assigned, id.New()))
}

func TestABrowserIsSentToSafeAddressesOnly(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"https://invoices.example.com/enter": true, "http://demo.localhost:8080/enter": true,
		"http://localhost/": true, "http://127.0.0.1:9/x": true, "http://[::1]/x": true,
		"http://invoices.example.com/": false, "javascript:alert(1)": false, "https://a@b.example/": false,
		"https:///x": false, "https://a.example/#x": false, "/enter": false, "%": false,
	} {
		require.Equal(t, want, SafeURL(address), address)
	}
	url, err := Product{EnterURL: "https://a.example/enter?x=1"}.Redirect("avl_sup1_abc")
	require.NoError(t, err)
	require.Equal(t, "https://a.example/enter?code=avl_sup1_abc&x=1", url)
}
