// Package source asks the owners of facts, by gRPC, what their mails say.
package source

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/grpc"

	notificationv1 "github.com/aval-access/aval/proto/gen/aval/notification/v1"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/notification/internal/app"
	"github.com/aval-access/aval/services/notification/internal/domain"
	"github.com/aval-access/aval/services/notification/internal/letter"
)

// Owners answers from whichever context owns the fact.
type Owners struct {
	clients map[domain.Owner]notificationv1.MailSourceServiceClient
}

// New takes the connection to each owner.
func New(conn func(peer string) grpc.ClientConnInterface) Owners {
	o := Owners{clients: map[domain.Owner]notificationv1.MailSourceServiceClient{}}
	for _, owner := range domain.Owners() {
		o.clients[owner] = notificationv1.NewMailSourceServiceClient(conn(string(owner)))
	}
	return o
}

// PrepareMail implements app.Source.
func (o Owners) PrepareMail(ctx context.Context, fact domain.Fact) ([]app.Prepared, error) {
	owner, ok := domain.OwnerOf(fact.Subject)
	if !ok {
		return nil, errors.New("preparing mail: nobody owns the fact")
	}
	answer, err := o.clients[owner].PrepareMail(ctx, &notificationv1.PrepareMailRequest{
		EventId: fact.EventID.Text("evt"),
		Subject: fact.Subject,
		Payload: fact.Payload,
	})
	if err != nil {
		return nil, fmt.Errorf("preparing mail: %w", err)
	}
	var out []app.Prepared
	for _, mail := range answer.GetMails() {
		prepared, err := preparedFromProto(mail)
		if err != nil {
			return nil, err
		}
		out = append(out, prepared)
	}
	return out, nil
}

func preparedFromProto(m *notificationv1.PreparedMail) (app.Prepared, error) {
	var read fields.Reader
	tenant := read.Optional("org", "organization_id", m.GetOrganizationId())
	brand := read.Optional("org", "brand_partner_id", m.GetBrandPartnerId())
	if read.Err() != nil {
		return app.Prepared{}, fmt.Errorf("preparing mail: %w", read.Err())
	}
	return app.Prepared{
		Tenant:       tenant,
		Brand:        brand,
		RecipientRef: m.GetRecipientRef(),
		Address:      m.GetAddress(),
		Letter: letter.Letter{
			Template:   m.GetTemplate(),
			Locale:     m.GetLocale(),
			Variables:  m.GetVariables(),
			ActionPath: m.GetActionPath(),
			Reference:  m.GetReference(),
		},
	}, nil
}
