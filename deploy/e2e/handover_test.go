package e2e

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/journey"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/mailbox"
)

// colleague is another collaborator of the partner, and the last mail that asked
// the client before anybody asks for them.
type colleague struct {
	journey.Person
	id, lastMail string
}

func (b bundle) colleague(t *testing.T, v visiting) colleague {
	t.Helper()
	last, err := b.ReadMail(t.Context(), v.client.Owner.Email, journey.ConsentSubject)
	require.NoError(t, err)
	p, c, err := b.AddCollaborator(t.Context(), v.partner, person("sofia"))
	require.NoError(t, err)
	return colleague{p, c.GetId(), last.ID}
}

// handOver passes the visited dossier on, once the successor is known to be
// ready.
func (b bundle) handOver(t *testing.T, v visiting, how *partnersupportv1.HandOver) *partnersupportv1.HandOverAssignmentResponse {
	t.Helper()
	var answer *partnersupportv1.HandOverAssignmentResponse
	require.NoError(t, journey.Eventually(t.Context(), func(ctx context.Context) (_ bool, err error) {
		answer, err = partnersupportv1.NewHandOverServiceClient(v.partner.Owner).HandOverAssignment(ctx, &partnersupportv1.HandOverAssignmentRequest{
			PartnerId: v.partner.ID, AssignmentId: v.assignment.GetId(), HandOver: how,
		})
		return !fault.Is(err, reasonv1.Reason_REASON_COLLABORATOR_NOT_READY), err
	}))
	return answer
}

// askedFor waits for the request that asks for the colleague.
func (b bundle) askedFor(t *testing.T, v visiting, c colleague) (string, mailbox.Message) {
	t.Helper()
	mail, err := b.ReadMailAfter(t.Context(), v.client.Owner.Email, journey.ConsentSubject, c.lastMail)
	require.NoError(t, err)
	token, err := journey.TokenOf(mail.Link("/c/"))
	require.NoError(t, err)
	return token, mail
}

// R36: the client is asked again for the successor; whoever is there stays until
// the yes, which lets one in and the other out at once.
func TestAHandOverSwapsAtTheYes(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		second := b.colleague(t, v)
		asked := b.handOver(t, v, &partnersupportv1.HandOver{SuccessorId: second.id})
		require.Equal(t, v.assignment.GetId(), asked.GetAssignment().GetPredecessorId())
		token, mail := b.askedFor(t, v, second)
		require.Contains(t, mail.Text, v.person.Name())
		require.True(t, b.allowed(t, v, "management/invoices"), "asking ends nothing")

		given, err := b.ApproveByLink(t.Context(), v.client.Owner.Email, token, consentv1.DurationChoice_DURATION_CHOICE_1_WEEK)
		require.NoError(t, err)
		require.Equal(t, v.person.Name(), given.GetPredecessorName())
		require.False(t, b.allowed(t, v, "management/invoices"))
		require.NoError(t, journey.Eventually(t.Context(), func(ctx context.Context) (bool, error) {
			_, err := b.EnterDossier(ctx, second.Person, v.partner.ID, v.dossier.GetId())
			return !fault.Is(err, reasonv1.Reason_REASON_CONSENT_PENDING), err
		}))
		_, err = b.EnterDossier(t.Context(), v.person, v.partner.ID, v.dossier.GetId())
		requireReason(t, reasonv1.Reason_REASON_NOT_ASSIGNED, err)
		_, err = b.ReadMail(t.Context(), v.person.Email, "suite")
		require.NoError(t, err, "whoever was there is told")
	})
}

// R36: a no leaves everything as it is.
func TestARefusedHandOverLeavesWhoIsThere(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		second := b.colleague(t, v)
		b.handOver(t, v, &partnersupportv1.HandOver{SuccessorId: second.id})
		token, _ := b.askedFor(t, v, second)
		device, err := b.ProveDevice(t.Context(), v.client.Owner.Email, token)
		require.NoError(t, err)
		_, err = consentv1.NewConsentServiceClient(b.Transport.Session("fr")).DeclineByLink(t.Context(), &consentv1.DeclineByLinkRequest{Token: token, Device: device})
		require.NoError(t, err)
		require.True(t, b.allowed(t, v, "management/invoices"))
	})
}

// R36 R81: with the word, whoever is there is detached before the client
// answers.
func TestAHandOverMayDetachAtOnce(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		second := b.colleague(t, v)
		done := b.handOver(t, v, &partnersupportv1.HandOver{SuccessorId: second.id, DetachNow: true, Confirm: "REMOVE"})
		require.EqualValues(t, 1, done.GetReceipt().GetGrants())
		require.False(t, b.allowed(t, v, "management/invoices"))
	})
}

// R34 R36: a removal asks every client for the successor, and a person's
// dossiers pass on in one call; never to somebody who left.
func TestALeaverNamesASuccessor(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		second := b.colleague(t, v)
		checked := &partnersupportv1.HandOverCollaboratorRequest{
			PartnerId: v.partner.ID, CollaboratorId: v.collaborator.GetId(), ValidateOnly: true,
			HandOver: &partnersupportv1.HandOver{SuccessorId: second.id},
		}
		handOvers := partnersupportv1.NewHandOverServiceClient(v.partner.Owner)
		require.NoError(t, journey.Eventually(t.Context(), func(ctx context.Context) (bool, error) {
			rows, err := handOvers.HandOverCollaborator(ctx, checked)
			return err != nil || rows.GetResults()[0].GetErrorReason() == "", err
		}))
		done, err := partnersupportv1.NewCollaboratorServiceClient(v.partner.Owner).RemoveCollaborator(t.Context(), &partnersupportv1.RemoveCollaboratorRequest{
			PartnerId: v.partner.ID, CollaboratorId: v.collaborator.GetId(), Confirm: "REMOVE", SuccessorId: second.id,
		})
		require.NoError(t, err)
		require.EqualValues(t, 1, done.GetHandOvers())
		require.False(t, b.allowed(t, v, "management/invoices"))
		_, mail := b.askedFor(t, v, second)
		require.Contains(t, mail.Text, "Sofia")

		checked.HandOver.SuccessorId, checked.ValidateOnly = v.collaborator.GetId(), false
		checked.CollaboratorId, checked.AssignmentIds = second.id, nil
		rows, err := handOvers.HandOverCollaborator(t.Context(), checked)
		require.NoError(t, err)
		require.Equal(t, "COLLABORATOR_LEFT", rows.GetResults()[0].GetErrorReason())
	})
}
