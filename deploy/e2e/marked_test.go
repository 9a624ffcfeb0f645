package e2e

import (
	"context"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/journey"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// marked is a tenant whose every text holds its mark, with one of each thing.
type marked struct {
	visiting
	mark       string
	invitation *membershipv1.Invitation
	grant      string
	// support is the token that the product got for the visit.
	support string
	// member belongs to the client and holds no right.
	member journey.Person
	// membership is the client owner's.
	membership string
	// staff is the partner owner's.
	staff string
	// change is the client owner's move to the address that they have.
	change string
	// entry is the newest of the client's history.
	entry string
}

func (b bundle) markedOrganization(t *testing.T, kind membershipv1.OrganizationKind, mark string) journey.Organization {
	t.Helper()
	o, err := b.FoundOrganization(t.Context(), &membershipv1.CreateOrganizationRequest{
		Kind: kind, Locale: "fr", Level1Support: kind == membershipv1.OrganizationKind_ORGANIZATION_KIND_PARTNER,
		OwnerEmail: unique("owner") + "@" + mark + ".example", OwnerGivenName: "Given " + mark, OwnerFamilyName: "Family " + mark,
		Identification: &membershipv1.Identification{
			LegalName: unique(mark + " "), RegistrationNumber: mark, PostalAddress: "9 rue " + mark,
			ContactEmail: "contact@" + mark + ".example", ContactPhone: mark,
		},
	})
	require.NoError(t, err)
	return o
}

// marked makes the tenant; its visit is running.
func (b bundle) marked(t *testing.T, mark string) marked {
	t.Helper()
	m := marked{mark: mark}
	m.partner = b.markedOrganization(t, membershipv1.OrganizationKind_ORGANIZATION_KIND_PARTNER, mark)
	m.client = b.markedOrganization(t, membershipv1.OrganizationKind_ORGANIZATION_KIND_CLIENT, mark)
	var err error
	m.person, m.collaborator, err = b.AddCollaborator(t.Context(), m.partner, journey.Person{
		Email: unique("karim") + "@" + mark + ".example", GivenName: "Karim " + mark, FamilyName: "Martin " + mark,
	})
	require.NoError(t, err)
	m.dossier, err = b.LinkDossier(t.Context(), m.partner, m.client)
	require.NoError(t, err)
	_, err = partnersupportv1.NewDossierRequestServiceClient(m.client.Owner).RenewClientCode(t.Context(), &partnersupportv1.RenewClientCodeRequest{
		ClientId: m.client.ID,
	})
	require.NoError(t, err)
	m.assignment = b.assignMarked(t, m)
	m.token, err = b.ConsentLink(t.Context(), m.client.Owner.Email)
	require.NoError(t, err)
	m.consent, err = b.ApproveByLink(t.Context(), m.client.Owner.Email, m.token, consentv1.DurationChoice_DURATION_CHOICE_1_WEEK)
	require.NoError(t, err)
	b.enterMarked(t, &m)
	m.membership = b.memberOf(t, m.client, m.client.Owner.UserID).GetId()
	m.staff = b.memberOf(t, m.partner, m.partner.Owner.UserID).GetId()
	m.entry = b.newestEntry(t, m.client)
	m.client.Owner, m.change = b.moved(t, m.client, unique("moved")+"@"+mark+".example")
	return m
}

func (b bundle) newestEntry(t *testing.T, client journey.Organization) (entry string) {
	t.Helper()
	require.NoError(t, journey.Eventually(t.Context(), func(ctx context.Context) (bool, error) {
		list, err := consentv1.NewHistoryServiceClient(client.Owner).ListHistory(ctx, &consentv1.ListHistoryRequest{OrganizationId: client.ID})
		if err == nil && len(list.GetEntries()) > 0 {
			entry = list.GetEntries()[0].GetId()
		}
		return entry != "" || err != nil, err
	}))
	return entry
}

// signed waits until a checkpoint, of which there is one a minute, holds the
// tenant's entry.
func (b bundle) signed(t *testing.T, m marked) {
	t.Helper()
	ctx := journey.WithPatience(t.Context(), 2*time.Minute)
	require.NoError(t, journey.Eventually(ctx, func(ctx context.Context) (bool, error) {
		_, err := consentv1.NewLedgerServiceClient(m.client.Owner).GetInclusionProof(ctx, &consentv1.GetInclusionProofRequest{EntryId: m.entry})
		return !fault.Is(err, reasonv1.Reason_REASON_NOT_FOUND), err
	}))
}

func (b bundle) assignMarked(t *testing.T, m marked) *partnersupportv1.Assignment {
	t.Helper()
	var answer *partnersupportv1.BatchCreateAssignmentsResponse
	err := journey.Eventually(t.Context(), func(ctx context.Context) (_ bool, err error) {
		answer, err = partnersupportv1.NewAssignmentServiceClient(m.partner.Owner).BatchCreateAssignments(ctx, &partnersupportv1.BatchCreateAssignmentsRequest{
			PartnerId: m.partner.ID, CollaboratorId: m.collaborator.GetId(), DossierIds: []string{m.dossier.GetId()}, Reason: "Raison " + m.mark,
		})
		return !fault.Is(err, reasonv1.Reason_REASON_COLLABORATOR_NOT_READY), err
	})
	require.NoError(t, err)
	return answer.GetResults()[0].GetAssignment()
}

func (b bundle) enterMarked(t *testing.T, m *marked) {
	t.Helper()
	var err error
	m.visit, err = partnersupportv1.NewDossierServiceClient(m.person).EnterDossier(t.Context(), &partnersupportv1.EnterDossierRequest{
		PartnerId: m.partner.ID, DossierId: m.dossier.GetId(), Reason: "Visite " + m.mark,
	})
	require.NoError(t, err)
	access, err := b.Check(t.Context(), m.person.UserID, m.client.ID, m.visit.GetSupportSession().GetId(), "management")
	require.NoError(t, err)
	m.grant = access.GetGrantId()
	entered, err := url.Parse(m.visit.GetRedirectUrl())
	require.NoError(t, err)
	token, err := b.Redeem(t.Context(), entered.Query().Get("code"))
	require.NoError(t, err)
	m.support = token.GetAccessToken()
	invited, err := membershipv1.NewInvitationServiceClient(m.client.Owner).CreateInvitation(t.Context(), &membershipv1.CreateInvitationRequest{
		OrganizationId: m.client.ID, Email: unique("guest") + "@" + m.mark + ".example", GivenName: "Invité " + m.mark, FamilyName: m.mark,
	})
	require.NoError(t, err)
	m.invitation = invited.GetInvitation()
}

// join has the client invite a member without rights, who enters.
func (b bundle) join(t *testing.T, m *marked) {
	t.Helper()
	m.member = journey.Person{Email: unique("member") + "@" + m.mark + ".example", Password: journey.NewPassword()}
	_, err := membershipv1.NewInvitationServiceClient(m.client.Owner).CreateInvitation(t.Context(), &membershipv1.CreateInvitationRequest{
		OrganizationId: m.client.ID, Email: m.member.Email, GivenName: "Membre", FamilyName: "Simple", Role: membershipv1.Role_ROLE_MEMBER,
	})
	require.NoError(t, err)
	m.member, err = b.Join(t.Context(), m.member, m.client.ID)
	require.NoError(t, err)
}

// end takes everything of a tenant to its end.
func (b bundle) end(t *testing.T, m marked) {
	t.Helper()
	_, err := b.Withdraw(t.Context(), m.client.Owner, m.consent.GetId())
	require.NoError(t, err)
	_, err = membershipv1.NewInvitationServiceClient(m.client.Owner).CancelInvitation(t.Context(), &membershipv1.CancelInvitationRequest{
		OrganizationId: m.client.ID, InvitationId: m.invitation.GetId(),
	})
	require.NoError(t, err)
	_, err = partnersupportv1.NewCollaboratorServiceClient(m.partner.Owner).RemoveCollaborator(t.Context(), &partnersupportv1.RemoveCollaboratorRequest{
		PartnerId: m.partner.ID, CollaboratorId: m.collaborator.GetId(), Confirm: "REMOVE",
	})
	require.NoError(t, err)
}

// ids are the ids of a tenant, as a request of somebody would name them;
// forPartner picks its partner where a field says "organization" alone.
func (m marked) ids(forPartner bool) map[string]string {
	organization, owner, membership := m.client.ID, m.client.Owner.UserID, m.membership
	if forPartner {
		organization, owner, membership = m.partner.ID, m.partner.Owner.UserID, m.staff
	}
	return map[string]string{
		"org": organization, "usr": m.person.UserID, "inv": m.invitation.GetId(), "mbr": membership, "col": m.collaborator.GetId(),
		"dos": m.dossier.GetId(), "asg": m.assignment.GetId(), "cns": m.consent.GetId(), "grt": m.grant, "ech": m.change, "act": m.entry,
		"sup":        m.visit.GetSupportSession().GetId(),
		"partner_id": m.partner.ID, "client_id": m.client.ID, "account_id": m.client.ID, "user_id": owner,
	}
}
