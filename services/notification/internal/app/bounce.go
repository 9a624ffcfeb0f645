package app

import (
	"context"

	notificationv1 "github.com/aval-access/aval/proto/gen/aval/notification/v1"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/notification/internal/domain"
)

// tellBounce publishes that a mail reached nobody, in the transaction that notes
// it: whose mail it was may have to find another way.
func tellBounce(ctx context.Context, tx pg.Tx, d domain.Delivery) error {
	if d.State != domain.Bounced {
		return nil
	}
	return outbox.Append(ctx, tx, outbox.Event{
		AggregateType: "mail", AggregateID: d.ID, Version: 1, Tenant: d.Tenant,
		Message: &notificationv1.MailBounced{
			DeliveryId: d.ID.Text(domain.Prefix), OrganizationId: d.Tenant.Text("org"),
			RecipientRef: d.RecipientRef, Template: d.Template,
		},
	})
}
