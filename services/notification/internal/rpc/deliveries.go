// Package rpc is the gRPC side of notification: it reads and converts.
package rpc

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	notificationv1 "github.com/aval-access/aval/proto/gen/aval/notification/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/page"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/notification/internal/domain"
	"github.com/aval-access/aval/services/notification/internal/postgres"
)

// Deliveries implements DeliveryService.
type Deliveries struct {
	notificationv1.UnimplementedDeliveryServiceServer
	DB    *pg.DB
	Store postgres.Deliveries
	Pages *page.Sealer
}

// ListDeliveries lists an organisation's mails, newest first.
func (s *Deliveries) ListDeliveries(ctx context.Context, req *notificationv1.ListDeliveriesRequest) (*notificationv1.ListDeliveriesResponse, error) {
	tenant, err := id.Parse("org", req.GetOrganizationId())
	if err != nil {
		return nil, fault.NotFound()
	}
	asked, err := s.Pages.List(ctx, req)
	if err != nil {
		return nil, err
	}
	before, err := asked.AfterID()
	if err != nil {
		return nil, err
	}
	found, err := pg.InTenant(ctx, s.DB, tenant, func(ctx context.Context, tx pg.Tx) ([]domain.Delivery, error) {
		return s.Store.List(ctx, tx, postgres.Wanted{Before: before, Recipients: req.GetRecipientRefs(), Limit: asked.Limit()})
	})
	if err != nil {
		return nil, err
	}
	found, next, err := page.Cut(asked, found, func(d domain.Delivery) []string { return page.KeyID(d.ID) })
	if err != nil {
		return nil, err
	}
	return &notificationv1.ListDeliveriesResponse{Deliveries: fields.Each(found, deliveryToProto), NextPageToken: next}, nil
}

func deliveryToProto(d domain.Delivery) *notificationv1.Delivery {
	return &notificationv1.Delivery{
		Id:             d.ID.Text(domain.Prefix),
		OrganizationId: d.Tenant.Text("org"),
		Template:       d.Template,
		RecipientRef:   d.RecipientRef,
		State:          stateToProto(d.State),
		Attempts:       int32(d.Attempts), // a handful
		SmtpCode:       int32(d.SMTPCode), // three digits
		CreateTime:     timestamppb.New(d.CreateTime),
		SentTime:       fields.Time(d.SentTime),
		TryTime:        fields.Time(d.TryTime),
		NextTryTime:    nextTry(d),
	}
}

// nextTry is the planned one of a mail that was put off.
func nextTry(d domain.Delivery) *timestamppb.Timestamp {
	if d.State != domain.Deferred && d.State != domain.Uncertain {
		return nil
	}
	return fields.Time(d.DueTime)
}

// stateToProto shows a mail in a worker's hands as waiting: it is, until there
// is an answer.
func stateToProto(s domain.State) notificationv1.DeliveryState {
	switch s {
	case domain.Queued, domain.Sending:
		return notificationv1.DeliveryState_DELIVERY_STATE_QUEUED
	case domain.Sent:
		return notificationv1.DeliveryState_DELIVERY_STATE_SENT
	case domain.Deferred:
		return notificationv1.DeliveryState_DELIVERY_STATE_DEFERRED
	case domain.Bounced:
		return notificationv1.DeliveryState_DELIVERY_STATE_BOUNCED
	case domain.Uncertain:
		return notificationv1.DeliveryState_DELIVERY_STATE_UNCERTAIN
	default:
		return notificationv1.DeliveryState_DELIVERY_STATE_UNSPECIFIED
	}
}
