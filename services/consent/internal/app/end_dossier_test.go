package app_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// R34, R41: the end of a dossier ends all between the two, as what it is to
// whoever ends it, and nothing of others.
func TestADossiersEndEndsAllBetweenTheTwo(t *testing.T) {
	t.Parallel()
	for party, want := range map[domain.Party]domain.State{domain.ByPartner: domain.Terminated, domain.ByClient: domain.Withdrawn} {
		t.Run(string(party), func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			given := b.give(t)
			open, elsewhere := b.asked, b.asked
			open.AssignmentID, open.UserID = id.New(), id.New()
			elsewhere.AssignmentID, elsewhere.ClientID = id.New(), id.New()
			for _, asked := range []domain.Record{open, elsewhere} {
				_, err := app.RequestConsent{Deps: b.Deps}.Record(t.Context(), asked)
				require.NoError(t, err)
			}
			link := app.Link{PartnerID: b.asked.PartnerID, ClientID: b.asked.ClientID, By: domain.Actor{Party: party, ID: id.New()}}
			for range 2 {
				_, err := app.TerminateDossier{Deps: b.Deps}.Do(t.Context(), link)
				require.True(t, fault.Is(err, reasonv1.Reason_REASON_REVOCATION_PENDING), "nobody has confirmed it; a repetition waits again")
			}
			require.Equal(t, want, b.stored(t, given.Record.ID).State)
			require.Equal(t, 1, b.count(t, "SELECT count(*) FROM consent WHERE state = 'CANCELLED'"))
			require.Equal(t, 1, b.count(t, "SELECT count(*) FROM consent WHERE state = 'REQUESTED'"), "other clients' stay")
		})
	}
}

// A link that ends is one mail to the client, which partner support sends: none
// for each access besides.
func TestWhatEndsWithItsLinkSendsNoMailOfItsOwn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	given := b.give(t)
	_, err := app.TerminateDossier{Deps: b.Deps}.Do(t.Context(), app.Link{
		PartnerID: b.asked.PartnerID, ClientID: b.asked.ClientID, By: domain.Actor{Party: domain.ByPartner, ID: id.New()},
	})
	require.Error(t, err, "membership is away: durable, not yet complete")
	var payload []byte
	require.NoError(t, b.DB.InSystem(t.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
		return tx.QueryRow(ctx, `SELECT payload FROM outbox WHERE subject = 'aval.consent.v1.consent.ended'`).Scan(&payload)
	}))
	ended := &consentv1.ConsentEnded{}
	require.NoError(t, proto.Unmarshal(payload, ended))
	require.Equal(t, given.Record.ID.Text("cns"), ended.GetConsent().GetConsentId())
	require.True(t, ended.GetWithLink())
	const partner, client = "karim@partner.example", "anne@client.example"
	b.in(village{approvers: []*membershipv1.Approver{approver(client)}})
	require.Equal(t, map[string]string{partner: "access_over_partner"}, b.told(t, ended), "who loses it; the client hears of the link")
	ended.WithLink = false
	require.Contains(t, b.told(t, ended), client)
}
