package e2e

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/journey"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
)

// more asks the client for a longer or a wider access of who visits, and gives
// the token of the mail that asks.
func (b bundle) more(t *testing.T, v visiting) (*partnersupportv1.Assignment, string) {
	t.Helper()
	last, err := b.ReadMail(t.Context(), v.client.Owner.Email, journey.ConsentSubject)
	require.NoError(t, err)
	asked, err := partnersupportv1.NewAssignmentServiceClient(v.partner.Owner).ExtendAssignment(t.Context(), &partnersupportv1.ExtendAssignmentRequest{
		PartnerId: v.partner.ID, AssignmentId: v.assignment.GetId(), Reason: "clôture de l'exercice",
	})
	require.NoError(t, err)
	mail, err := b.ReadMailAfter(t.Context(), v.client.Owner.Email, journey.ConsentSubject, last.ID)
	require.NoError(t, err)
	require.Contains(t, mail.Text, "rien ne change")
	require.Contains(t, mail.Text, "clôture de l'exercice")
	token, err := journey.TokenOf(mail.Link("/c/"))
	require.NoError(t, err)
	return asked.GetAssignment(), token
}

// assignmentState waits until an assignment is in a state.
func (b bundle) assignmentState(t *testing.T, v visiting, assignment string, state partnersupportv1.AssignmentState) *partnersupportv1.Assignment {
	t.Helper()
	var found *partnersupportv1.Assignment
	require.NoError(t, journey.Eventually(t.Context(), func(ctx context.Context) (bool, error) {
		list, err := partnersupportv1.NewAssignmentServiceClient(v.partner.Owner).ListAssignments(ctx, &partnersupportv1.ListAssignmentsRequest{PartnerId: v.partner.ID})
		for _, a := range list.GetAssignments() {
			if a.GetId() == assignment && a.GetState() == state {
				found = a
			}
		}
		return found != nil, err
	}))
	return found
}

// R40: a longer or a wider access is a new consent; what runs goes on until the
// yes, which takes its place.
func TestAnAccessIsExtendedByANewYes(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		asked, token := b.more(t, v)
		require.Equal(t, v.assignment.GetId(), asked.GetPredecessorId())
		require.True(t, b.allowed(t, v, "management/invoices"), "asking ends nothing")

		given, err := b.ApproveByLink(t.Context(), v.client.Owner.Email, token, consentv1.DurationChoice_DURATION_CHOICE_1_YEAR)
		require.NoError(t, err)
		require.NotNil(t, given.GetExtends())
		require.Empty(t, given.GetPredecessorName())
		old := b.assignmentState(t, v, v.assignment.GetId(), partnersupportv1.AssignmentState_ASSIGNMENT_STATE_ENDED)
		require.Equal(t, partnersupportv1.AssignmentEndReason_ASSIGNMENT_END_REASON_EXTENDED, old.GetEndReason())
		b.assignmentState(t, v, asked.GetId(), partnersupportv1.AssignmentState_ASSIGNMENT_STATE_ACTIVE)
		_, err = b.EnterDossier(t.Context(), v.person, v.partner.ID, v.dossier.GetId())
		require.NoError(t, err)
	})
}

// R35, R40: whoever is detached is not asked for any more, and a no leaves what
// runs.
func TestARefusedExtensionLeavesTheAccess(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		asked, token := b.more(t, v)
		device, err := b.ProveDevice(t.Context(), v.client.Owner.Email, token)
		require.NoError(t, err)
		_, err = consentv1.NewConsentServiceClient(b.Transport.Session("fr")).DeclineByLink(t.Context(), &consentv1.DeclineByLinkRequest{Token: token, Device: device})
		require.NoError(t, err)
		b.assignmentState(t, v, asked.GetId(), partnersupportv1.AssignmentState_ASSIGNMENT_STATE_ENDED)
		require.True(t, b.allowed(t, v, "management/invoices"))
	})
}

// R35: detaching ends an access together with the request to extend it; a yes
// that races it leaves nobody in.
func TestDetachingRacesTheYesToAnExtension(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		_, token := b.more(t, v)
		said := make(chan error, 1)
		go func() {
			_, err := b.ApproveByLink(t.Context(), v.client.Owner.Email, token, consentv1.DurationChoice_DURATION_CHOICE_1_WEEK)
			said <- err
		}()
		_, err := partnersupportv1.NewAssignmentServiceClient(v.partner.Owner).DetachAssignment(t.Context(), &partnersupportv1.DetachAssignmentRequest{
			PartnerId: v.partner.ID, AssignmentId: v.assignment.GetId(), Confirm: "REMOVE",
		})
		require.NoError(t, err)
		<-said // either was first
		require.False(t, b.allowed(t, v, "management/invoices"))
	})
}
