// Package worker feeds the use cases: facts from the bus, and jobs from the
// queue. It converts and decides nothing.
package worker

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"

	// Linked so that the bus knows the messages of the owners' facts.
	_ "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	_ "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	_ "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	notificationv1 "github.com/aval-access/aval/proto/gen/aval/notification/v1"
	_ "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/notification/internal/app"
	"github.com/aval-access/aval/services/notification/internal/domain"
	"github.com/aval-access/aval/services/peer"
)

// Erasure forgets people.
func Erasure(held app.PersonData) peer.Erasure {
	return peer.Erasure{
		DB: held.DB, Context: "notification", Forget: held.Forget,
		Completed: func(user string) proto.Message { return &notificationv1.ErasureCompleted{UserId: user} },
	}
}

// Consumers describes one consumer per owner, for the facts that call for
// mails, and the one that forgets people.
func Consumers(receive app.Receive, held app.PersonData) []bus.Spec {
	streams := map[domain.Owner]string{
		domain.Identity: bus.StreamIdentity, domain.Membership: bus.StreamMembership, domain.Consent: bus.StreamConsent,
		domain.PartnerSupport: bus.StreamPartnerSupport,
	}
	var out []bus.Spec
	for _, owner := range domain.Owners() {
		out = append(out, bus.Spec{
			Name:     app.Consumer(owner),
			Stream:   streams[owner],
			Subjects: owner.Subjects(),
			Handler: func(ctx context.Context, e bus.Event) error {
				fact, err := factFromEvent(e)
				if err != nil {
					return bus.Permanent(err)
				}
				return receive.Do(ctx, fact)
			},
		})
	}
	return append(out, Erasure(held).Consumer())
}

func factFromEvent(e bus.Event) (domain.Fact, error) {
	payload, err := proto.MarshalOptions{Deterministic: true}.Marshal(e.Message)
	if err != nil {
		return domain.Fact{}, fmt.Errorf("writing payload of event: %w", err)
	}
	return domain.Fact{EventID: e.ID, Subject: e.Subject, Payload: payload}, nil
}
