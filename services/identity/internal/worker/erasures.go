package worker

import (
	"context"
	"fmt"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	notificationv1 "github.com/aval-access/aval/proto/gen/aval/notification/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/identity/internal/app"
	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/id"
)

// Consumers hear every sibling say that it forgot a person.
func Consumers(confirm app.ConfirmErasure) []bus.Spec {
	streams := map[string]string{
		"membership": bus.StreamMembership, "partnersupport": bus.StreamPartnerSupport,
		"consent": bus.StreamConsent, "notification": bus.StreamNotification,
	}
	var out []bus.Spec
	for _, service := range app.Erasers() {
		name := "identity-" + service
		out = append(out, bus.Spec{
			Name: name, Stream: streams[service], Subjects: []string{"aval." + service + ".v1.erasure.completed"},
			Handler: func(ctx context.Context, e bus.Event) error {
				user, err := erased(e)
				if err != nil {
					return bus.Permanent(err)
				}
				return confirm.Do(ctx, app.Done{Consumer: name, EventID: e.ID, Service: service, UserID: user})
			},
		})
	}
	return out
}

func erased(e bus.Event) (id.ID, error) {
	switch m := e.Message.(type) {
	case *membershipv1.ErasureCompleted:
		return id.Parse("usr", m.GetUserId())
	case *partnersupportv1.ErasureCompleted:
		return id.Parse("usr", m.GetUserId())
	case *consentv1.ErasureCompleted:
		return id.Parse("usr", m.GetUserId())
	case *notificationv1.ErasureCompleted:
		return id.Parse("usr", m.GetUserId())
	}
	return id.ID{}, fmt.Errorf("no use for an event of %s", e.Subject)
}
