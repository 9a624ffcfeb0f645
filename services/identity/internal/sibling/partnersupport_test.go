package sibling

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/timestamppb"

	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
)

func TestVisitFromProto(t *testing.T) {
	t.Parallel()
	want := domain.Visit{
		SessionID: id.New(), UserID: id.New(), PartnerID: id.New(), ClientID: id.New(),
		GrantID: id.New(), ConsentID: id.New(), ProductID: id.New(),
		Audience: "https://invoices.example.com", Reason: "ticket-4711",
		ClientName: "Boulangerie Dupain", CollaboratorName: "Camille Martin", PartnerName: "Cabinet Nord",
		ExpireTime: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC),
	}
	in := &partnersupportv1.CheckSessionResponse{
		SupportSession: &partnersupportv1.SupportSession{
			Id: want.SessionID.Text("sup"), PartnerId: want.PartnerID.Text("org"), ClientId: want.ClientID.Text("org"),
			Reason: want.Reason, ExpireTime: timestamppb.New(want.ExpireTime),
		},
		UserId: want.UserID.Text("usr"), GrantId: want.GrantID.Text("grt"), ConsentId: want.ConsentID.Text("cns"),
		CollaboratorName: want.CollaboratorName, PartnerName: want.PartnerName, ClientName: want.ClientName,
		Product: &partnersupportv1.Product{Id: want.ProductID.Text("prd"), Audience: want.Audience},
	}
	got, err := visitFromProto(in)
	require.NoError(t, err)
	require.Equal(t, want, got)

	in.GrantId = ""
	_, err = visitFromProto(in)
	require.ErrorIs(t, err, id.ErrMalformed, "a token without its grant is never made")
}
