package worker

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/sibling"
	"github.com/aval-access/aval/services/peer"
)

// Consumers follow what happens to people in identity.
func Consumers(people app.People, identity sibling.People) []bus.Spec {
	erasure := peer.Erasure{
		DB: people.DB, Context: "membership", Forget: people.Forget,
		Completed: func(user string) proto.Message { return &membershipv1.ErasureCompleted{UserId: user} },
	}
	return []bus.Spec{erasure.Consumer(), changes(people, identity)}
}

// changes reads a person again when their address or their language changed.
// Somebody who was forgotten meanwhile is nobody any more.
func changes(people app.People, identity sibling.People) bus.Spec {
	return bus.Spec{
		Name:     app.FollowConsumer,
		Stream:   bus.StreamIdentity,
		Subjects: []string{"aval.identity.v1.user.email_changed", "aval.identity.v1.user.locale_changed"},
		Handler: func(ctx context.Context, e bus.Event) error {
			change, err := changeOf(ctx, identity, e)
			if fault.Is(err, reasonv1.Reason_REASON_NOT_FOUND) || fault.Is(err, reasonv1.Reason_REASON_UNAUTHENTICATED) {
				return nil
			}
			if err != nil {
				return err
			}
			return people.Follow(ctx, e.ID, change)
		},
	}
}

func changeOf(ctx context.Context, identity sibling.People, e bus.Event) (app.PersonChange, error) {
	switch m := e.Message.(type) {
	case *identityv1.UserEmailChanged:
		change, err := id.Parse("ech", m.GetChangeId())
		if err != nil {
			return app.PersonChange{}, bus.Permanent(err)
		}
		return identity.EmailChange(ctx, change)
	case *identityv1.UserLocaleChanged:
		user, err := id.Parse("usr", m.GetUserId())
		if err != nil {
			return app.PersonChange{}, bus.Permanent(err)
		}
		person, err := identity.Find(ctx, user)
		return app.PersonChange{Person: person}, err
	default:
		return app.PersonChange{}, bus.Permanent(fmt.Errorf("no use for an event of %s", e.Subject))
	}
}
