package rpc_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
	"github.com/aval-access/aval/services/partnersupport/internal/sibling"
)

// asker is a consent that takes every request, and a membership that knows every
// organisation.
type asker struct {
	nobody
	offered []bool
	made    id.ID
}

func (a *asker) Invoke(_ context.Context, _ string, req, reply any, _ ...grpc.CallOption) error {
	switch out := reply.(type) {
	case *consentv1.RequestConsentResponse:
		a.offered = append(a.offered, req.(*consentv1.RequestConsentRequest).GetOffered())
		out.ConsentId = a.made.Text("cns")
	case *membershipv1.GetOrganizationResponse:
		out.Organization = &membershipv1.Organization{Id: req.(*membershipv1.GetOrganizationRequest).GetOrganizationId()}
	default:
		return fault.NotFound()
	}
	return nil
}

func (b *bundle) offer(t *testing.T, d domain.Dossier, in app.OfferIn) (string, error) {
	t.Helper()
	in.ClientIn = app.ClientIn{Client: d.ClientID, Dossier: d.ID, Actor: id.New()}
	answer, err := app.OfferAccess{Deps: b.deps}.Do(t.Context(), in)
	return answer.GetConsentId(), err
}

// A client chooses somebody of a linked partner, unasked: a question for the
// client alone to answer, and no second one while it waits.
func TestAClientOffersAccess(t *testing.T) {
	t.Parallel()
	b := setup(t)
	consent := &asker{made: id.New()}
	b.deps.Consent, b.deps.Membership = sibling.NewConsent(consent), sibling.NewMembership(consent)
	d, c := b.dossier(t, "A", domain.DossierActive), b.collaborator(t, domain.Ready)
	for range 2 {
		made, err := b.offer(t, d, app.OfferIn{Collaborator: c.ID})
		require.NoError(t, err)
		require.Equal(t, consent.made.Text("cns"), made)
	}
	require.Equal(t, []bool{true}, consent.offered)
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM assignment WHERE offered AND state = 'PENDING_CONSENT'"))

	list, err := v1.NewAssignmentServiceClient(b.gateway(t)).ListAssignments(b.as(t, b.admin), &v1.ListAssignmentsRequest{PartnerId: b.partner.Text("org")})
	require.NoError(t, err)
	past := list.GetAssignments()[0]
	b.answered(t, past, domain.ConsentGiven)
	_, err = b.offer(t, d, app.OfferIn{Collaborator: c.ID})
	require.NoError(t, err)
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM assignment WHERE offered AND state = 'PENDING_CONSENT' AND predecessor_id IS NOT NULL"),
		"for longer, or wider, than what runs")
	b.answered(t, past, domain.ConsentWithdrawn)
	assignment, err := id.Parse("asg", past.GetId())
	require.NoError(t, err)
	_, err = b.offer(t, d, app.OfferIn{Assignment: assignment})
	require.NoError(t, err, "it is given again to who had it")
	_, err = b.offer(t, b.dossier(t, "B", domain.DossierActive), app.OfferIn{Assignment: assignment})
	require.ErrorIs(t, err, domain.NotFound, "another link's")
	_, err = b.offer(t, d, app.OfferIn{Collaborator: b.collaborator(t, domain.Left).ID})
	require.ErrorIs(t, err, domain.CollaboratorGone)
	_, err = b.offer(t, b.dossier(t, "C", domain.DossierEnded), app.OfferIn{Collaborator: c.ID})
	require.ErrorIs(t, err, domain.DossierNotActive)
}

// The client finds people by a part of their name: those who could help now.
func TestHelpersAreFoundByName(t *testing.T) {
	t.Parallel()
	b := setup(t)
	found := b.collaborator(t, domain.Ready) // Karim Benali
	b.collaborator(t, domain.Left)
	b.collaborator(t, domain.Invited)
	suspended := b.collaborator(t, domain.Ready)
	now := b.clock.Now()
	suspended.SuspendTime = &now
	b.tenant(t, func(ctx context.Context, tx pg.Tx) error { return postgres.SaveCollaborator(ctx, tx, suspended) })
	for name, want := range map[string]int{"Bénali": 1, "karim b": 1, "%%": 0, "xx": 0} {
		var helpers []domain.Collaborator
		b.tenant(t, func(ctx context.Context, tx pg.Tx) (err error) {
			helpers, err = postgres.Helpers(ctx, tx, postgres.HelperList{Partner: b.partner, Name: name, Limit: 10})
			return err
		})
		require.Len(t, helpers, want, name)
		if want == 1 {
			require.Equal(t, found.ID, helpers[0].ID)
		}
	}
}
