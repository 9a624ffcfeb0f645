package rpc_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	notificationv1 "github.com/aval-access/aval/proto/gen/aval/notification/v1"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// R94 R101: a client's contact is told of the client area, not of a team.
func TestAContactsInvitationHasItsOwnMail(t *testing.T) {
	t.Parallel()
	b := setup(t)
	firm := b.create(partner).GetOrganization().GetId()
	owner, _ := b.member(firm, domain.Offer{Role: domain.Owner})
	org, err := id.Parse("org", firm)
	require.NoError(t, err)
	var pending domain.Invitation
	require.NoError(t, b.db.InSystem(t.Context(), "test", func(ctx context.Context, tx pg.Tx) (err error) {
		deps := app.Deps{Clock: clock.System{}, NewID: id.New, InvitationLife: time.Hour}
		_, err = app.KeepContact{Deps: deps}.Add(ctx, tx, app.ContactInput{ActorID: owner, Contact: domain.ClientContact{
			PartnerID: org, Email: "marie@example.com", GivenName: "Marie", Dossiers: []id.ID{id.New()},
		}})
		if err == nil {
			pending, err = postgres.FindLatest(ctx, tx, org, "marie@example.com")
		}
		return err
	}))
	payload, err := proto.Marshal(&membershipv1.InvitationCreated{InvitationId: pending.ID.Text("inv"), OrganizationId: firm})
	require.NoError(t, err)
	answer, err := notificationv1.NewMailSourceServiceClient(b.server.Client(t, "notification")).PrepareMail(t.Context(),
		&notificationv1.PrepareMailRequest{EventId: id.New().Text("evt"), Subject: "aval.membership.v1.invitation.created", Payload: payload})
	require.NoError(t, err)
	require.Equal(t, "contact_invitation", answer.GetMails()[0].GetTemplate())
}
