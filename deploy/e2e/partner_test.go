package e2e

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/journey"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
)

func withTag(email, tag string) string { return strings.Replace(email, "@", "+"+tag+"@", 1) }

func (b bundle) add(t *testing.T, o journey.Organization, p journey.Person) *partnersupportv1.Collaborator {
	t.Helper()
	answer, err := partnersupportv1.NewCollaboratorServiceClient(o.Owner).AddCollaborator(t.Context(), &partnersupportv1.AddCollaboratorRequest{
		PartnerId: o.ID, Email: p.Email, GivenName: p.GivenName, FamilyName: p.FamilyName,
		PartnerRole: membershipv1.PartnerRole_PARTNER_ROLE_TECHNICAL_SUPPORT,
	})
	require.NoError(t, err)
	return answer.GetCollaborator()
}

func assign(t *testing.T, o journey.Organization, collaborator string, dossiers ...string) ([]*partnersupportv1.AssignmentResult, error) {
	t.Helper()
	answer, err := partnersupportv1.NewAssignmentServiceClient(o.Owner).BatchCreateAssignments(t.Context(), &partnersupportv1.BatchCreateAssignmentsRequest{
		PartnerId: o.ID, CollaboratorId: collaborator, DossierIds: dossiers, Reason: "assistance",
	})
	return answer.GetResults(), err
}

// R13 R15 R16: adding sends a mail that asks to set a password.
func TestAddingACollaboratorSendsTheMail(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		o, p := b.partner(t), person("karim")
		require.Equal(t, partnersupportv1.CollaboratorState_COLLABORATOR_STATE_INVITED, b.add(t, o, p).GetState())
		mail, err := b.ReadMail(t.Context(), p.Email, "")
		require.NoError(t, err)
		require.Contains(t, mail.Text, o.Name)
		require.Contains(t, mail.HTML, "Définir mon mot de passe")
	})
}

// R14: only administrators of the partner add and assign.
func TestACollaboratorAddsNobody(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		s := b.support(t)
		_, err := partnersupportv1.NewCollaboratorServiceClient(s.person).AddCollaborator(t.Context(), &partnersupportv1.AddCollaboratorRequest{
			PartnerId: s.partner.ID, Email: person("x").Email, GivenName: "X", FamilyName: "Y",
			PartnerRole: membershipv1.PartnerRole_PARTNER_ROLE_TECHNICAL_SUPPORT,
		})
		requireReason(t, reasonv1.Reason_REASON_PERMISSION_DENIED, err)
	})
}

// R19: assigning needs the password set.
func TestAssigningBeforeThePasswordIsRefused(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		o, client := b.partner(t), b.client(t)
		dossier, err := b.LinkDossier(t.Context(), o, client)
		require.NoError(t, err)
		_, err = assign(t, o, b.add(t, o, person("karim")).GetId(), dossier.GetId())
		requireReason(t, reasonv1.Reason_REASON_COLLABORATOR_NOT_READY, err)
	})
}

// R20 R22: several dossiers at once, one request each; every row has its result.
func TestAssigningSeveralDossiersAsksEachClient(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		s := b.asked(t) // already assigned to the first
		clients := []journey.Organization{b.client(t), b.client(t)}
		dossiers := []string{s.dossier.GetId()}
		for _, client := range clients {
			dossier, err := b.LinkDossier(t.Context(), s.partner, client)
			require.NoError(t, err)
			dossiers = append(dossiers, dossier.GetId())
		}
		foreign := b.support(t)
		dossiers = append(dossiers, foreign.dossier.GetId())
		results, err := assign(t, s.partner, s.collaborator.GetId(), dossiers...)
		require.NoError(t, err)
		require.Equal(t, "ALREADY_ASSIGNED", results[0].GetErrorReason())
		require.Empty(t, results[1].GetErrorReason())
		require.Empty(t, results[2].GetErrorReason())
		require.Equal(t, "NOT_FOUND", results[3].GetErrorReason(), "another partner's dossier looks like none")
		for _, client := range clients {
			_, err := b.ConsentLink(t.Context(), client.Owner.Email)
			require.NoError(t, err)
		}
		mails, err := b.Mails(t.Context(), url.Values{"to": {foreign.client.Owner.Email}, "subject": {journey.ConsentSubject}})
		require.NoError(t, err)
		require.Empty(t, mails)
	})
}

// R27 R28: no entry without a yes; the client is mailed again at most once a
// day, however often somebody tries.
func TestEnteringWithoutAYesRemindsOnceADay(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		a := b.asked(t)
		for range 4 {
			_, err := b.EnterDossier(t.Context(), a.person, a.partner.ID, a.dossier.GetId())
			requireReason(t, reasonv1.Reason_REASON_CONSENT_PENDING, err)
		}
		// A later mail to the same client proves that all earlier ones arrived.
		guest := person("guest")
		_, err := membershipv1.NewInvitationServiceClient(a.client.Owner).CreateInvitation(t.Context(), &membershipv1.CreateInvitationRequest{
			OrganizationId: a.client.ID, Email: guest.Email,
		})
		require.NoError(t, err)
		_, err = b.ReadMail(t.Context(), guest.Email, "")
		require.NoError(t, err)
		mails, err := b.Mails(t.Context(), url.Values{"to": {a.client.Owner.Email}, "subject": {journey.ConsentSubject}})
		require.NoError(t, err)
		require.LessOrEqual(t, len(mails), 2)
	})
}

// R27: entering without an assignment names the way out.
func TestEnteringUnassignedIsRefused(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		s := b.support(t)
		_, err := b.EnterDossier(t.Context(), s.person, s.partner.ID, s.dossier.GetId())
		requireReason(t, reasonv1.Reason_REASON_NOT_ASSIGNED, err)
	})
}

// R81: the word is REMOVE, and nothing happens otherwise.
func TestTheWordIsRemove(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		for _, word := range []string{"", "remove", "REMOVE ", "SUPPRIMER"} {
			_, err := partnersupportv1.NewAssignmentServiceClient(v.partner.Owner).DetachAssignment(t.Context(), &partnersupportv1.DetachAssignmentRequest{
				PartnerId: v.partner.ID, AssignmentId: v.assignment.GetId(), Confirm: word,
			})
			requireReason(t, reasonv1.Reason_REASON_CONFIRMATION_REQUIRED, err)
			_, err = partnersupportv1.NewCollaboratorServiceClient(v.partner.Owner).RemoveCollaborator(t.Context(), &partnersupportv1.RemoveCollaboratorRequest{
				PartnerId: v.partner.ID, CollaboratorId: v.collaborator.GetId(), Confirm: word,
			})
			requireReason(t, reasonv1.Reason_REASON_CONFIRMATION_REQUIRED, err)
		}
		require.True(t, b.allowed(t, v, "management/invoices"))
	})
}

// R35: detaching ends one dossier, and the person stays.
func TestDetachingEndsOneDossier(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		answer, err := partnersupportv1.NewAssignmentServiceClient(v.partner.Owner).DetachAssignment(t.Context(), &partnersupportv1.DetachAssignmentRequest{
			PartnerId: v.partner.ID, AssignmentId: v.assignment.GetId(), Confirm: "REMOVE",
		})
		require.NoError(t, err)
		require.False(t, b.allowed(t, v, "management/invoices"))
		require.Equal(t, partnersupportv1.AssignmentState_ASSIGNMENT_STATE_ENDED, answer.GetAssignment().GetState())
		require.EqualValues(t, 1, answer.GetReceipt().GetGrants())
		list, err := partnersupportv1.NewCollaboratorServiceClient(v.partner.Owner).ListCollaborators(t.Context(), &partnersupportv1.ListCollaboratorsRequest{PartnerId: v.partner.ID})
		require.NoError(t, err)
		require.Equal(t, partnersupportv1.CollaboratorState_COLLABORATOR_STATE_READY, list.GetCollaborators()[0].GetState())
	})
}

// R34 R82: removing a person ends all that they hold, at once, with a receipt.
func TestRemovingACollaboratorEndsEverything(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		answer, err := partnersupportv1.NewCollaboratorServiceClient(v.partner.Owner).RemoveCollaborator(t.Context(), &partnersupportv1.RemoveCollaboratorRequest{
			PartnerId: v.partner.ID, CollaboratorId: v.collaborator.GetId(), Confirm: "REMOVE",
		})
		require.NoError(t, err)
		require.EqualValues(t, 1, answer.GetReceipt().GetAssignments())
		require.EqualValues(t, 1, answer.GetReceipt().GetGrants())
		require.False(t, b.allowed(t, v, "management/invoices"))
		_, err = b.EnterDossier(t.Context(), v.person, v.partner.ID, v.dossier.GetId())
		require.Error(t, err, "the session at the partner ended too")
	})
}

// R36 R126: somebody else who takes over is asked for again: a yes names one
// person.
func TestATakeoverAsksAgain(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		first, err := b.ReadMail(t.Context(), v.client.Owner.Email, journey.ConsentSubject)
		require.NoError(t, err)
		second, collaborator, err := b.AddCollaborator(t.Context(), v.partner, person("sofia"))
		require.NoError(t, err)
		_, err = b.EnterDossier(t.Context(), second, v.partner.ID, v.dossier.GetId())
		requireReason(t, reasonv1.Reason_REASON_NOT_ASSIGNED, err)
		_, err = b.Assign(t.Context(), v.partner, collaborator.GetId(), v.dossier.GetId())
		require.NoError(t, err)
		mail, err := b.ReadMailAfter(t.Context(), v.client.Owner.Email, journey.ConsentSubject, first.ID)
		require.NoError(t, err)
		require.Contains(t, mail.Text, second.Name())
	})
}

// R1: a partner without the capability of level-1 support gets no dossier.
func TestLevelOneSupportIsACapability(t *testing.T) {
	t.Parallel()
	b := setup(t, shared.edge)
	owner := person("owner")
	o, err := b.FoundOrganization(t.Context(), &membershipv1.CreateOrganizationRequest{
		Kind: membershipv1.OrganizationKind_ORGANIZATION_KIND_PARTNER, OwnerEmail: owner.Email,
		Identification: &membershipv1.Identification{LegalName: unique("Cabinet ")},
	})
	require.NoError(t, err)
	_, err = b.LinkDossier(t.Context(), o, b.client(t))
	requireReason(t, reasonv1.Reason_REASON_SUPPORT_LEVEL1_MISSING, err)
}

// R17: setting the password makes the link; the fact arrives by event.
func TestSettingThePasswordMakesTheCollaboratorReady(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		s := b.support(t)
		err := journey.Eventually(t.Context(), func(ctx context.Context) (bool, error) {
			list, err := partnersupportv1.NewCollaboratorServiceClient(s.partner.Owner).ListCollaborators(ctx, &partnersupportv1.ListCollaboratorsRequest{
				PartnerId: s.partner.ID, State: partnersupportv1.CollaboratorState_COLLABORATOR_STATE_READY,
			})
			return err != nil || len(list.GetCollaborators()) == 1, err
		})
		require.NoError(t, err)
	})
}

// R9: one account is one dossier; linking the same two again is refused.
func TestOneAccountIsOneDossier(t *testing.T) {
	t.Parallel()
	b := setup(t, shared.edge)
	s := b.support(t)
	_, err := b.LinkDossier(t.Context(), s.partner, s.client)
	requireReason(t, reasonv1.Reason_REASON_DOSSIER_EXISTS, err)
}
