// Package rpc is the gRPC side of notification: it reads and converts.
package rpc

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	notificationv1 "github.com/aval-access/aval/proto/gen/aval/notification/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fault"
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
func (s *Deliveries) ListDeliveries(ctx context.Context, in *notificationv1.ListDeliveriesRequest) (*notificationv1.ListDeliveriesResponse, error) {
	tenant, err := id.Parse("org", in.GetOrganizationId())
	if err != nil {
		return nil, fault.NotFound()
	}
	cursor := cursorOf(ctx, tenant)
	before, err := s.before(in.GetPageToken(), cursor)
	if err != nil {
		return nil, err
	}
	size := page.Size(in.GetPageSize())
	var found []domain.Delivery
	err = s.DB.InTenant(ctx, tenant, func(ctx context.Context, tx pg.Tx) (err error) {
		found, err = s.Store.List(ctx, tx, before, size+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := &notificationv1.ListDeliveriesResponse{}
	if len(found) > size {
		found = found[:size]
		cursor.Key = []string{found[size-1].ID.String()}
		if out.NextPageToken, err = s.Pages.Seal(cursor); err != nil {
			return nil, err
		}
	}
	for _, d := range found {
		out.Deliveries = append(out.Deliveries, deliveryToProto(d))
	}
	return out, nil
}

func cursorOf(ctx context.Context, tenant id.ID) page.Cursor {
	c := page.Cursor{Tenant: tenant, Filter: []byte("deliveries")}
	if person := authn.FromContext(ctx).Person; person != nil {
		c.User = person.UserID
	}
	return c
}

func (s *Deliveries) before(token string, asked page.Cursor) (before id.ID, err error) {
	key, err := s.Pages.Open(token, asked)
	if err != nil || len(key) == 0 {
		return before, err
	}
	if err := before.UnmarshalText([]byte(key[0])); err != nil {
		return before, fmt.Errorf("reading the page's key: %w", err)
	}
	return before, nil
}

func deliveryToProto(d domain.Delivery) *notificationv1.Delivery {
	return &notificationv1.Delivery{
		Id:             d.ID.Text(domain.Prefix),
		OrganizationId: d.Tenant.Text("org"),
		Template:       d.Template,
		RecipientRef:   d.RecipientRef,
		State:          stateToProto(d.State),
		Attempts:       int32(d.Attempts), //nolint:gosec // a handful
		SmtpCode:       int32(d.SMTPCode), //nolint:gosec // three digits
		CreateTime:     timestamppb.New(d.CreateTime),
		SentTime:       timeToProto(d.SentTime),
	}
}

func timeToProto(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
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
