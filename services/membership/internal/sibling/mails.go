package sibling

import (
	"context"
	"fmt"

	"google.golang.org/grpc"

	notificationv1 "github.com/aval-access/aval/proto/gen/aval/notification/v1"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// maxMails are enough to tell what becomes of an invitation's mails.
const maxMails = 10

// Mails asks notification what became of mails.
type Mails struct {
	client notificationv1.DeliveryServiceClient
}

// NewMails asks over this connection.
func NewMails(notification grpc.ClientConnInterface) Mails {
	return Mails{client: notificationv1.NewDeliveryServiceClient(notification)}
}

// OfInvitation gives an invitation's mails, newest first. Never call it inside
// a transaction.
func (m Mails) OfInvitation(ctx context.Context, i domain.Invitation) ([]domain.Mail, error) {
	answer, err := m.client.ListDeliveries(ctx, &notificationv1.ListDeliveriesRequest{
		OrganizationId: i.OrganizationID.Text("org"), PageSize: maxMails, RecipientRefs: []string{i.ID.Text("inv")},
	})
	if err != nil {
		return nil, fmt.Errorf("asking notification for mails: %w", err)
	}
	var out []domain.Mail
	for _, d := range answer.GetDeliveries() {
		out = append(out, domain.Mail{
			ID: d.GetId(), State: domain.MailState(fields.Word(d.GetState(), "DELIVERY_STATE_")),
			Code: d.GetSmtpCode(), Tries: d.GetAttempts(),
			CreateTime: d.GetCreateTime().AsTime(), TryTime: fields.TimeOf(d.GetTryTime()),
			SentTime: fields.TimeOf(d.GetSentTime()), Next: fields.TimeOf(d.GetNextTryTime()),
		})
	}
	return out, nil
}
