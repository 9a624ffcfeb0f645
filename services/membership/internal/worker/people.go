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
	return []bus.Spec{erasure.Consumer(), moves(people, identity)}
}

// moves reads a person's address again when it changed. Somebody who was
// forgotten meanwhile has none.
func moves(people app.People, identity sibling.People) bus.Spec {
	return bus.Spec{
		Name:     app.MoveConsumer,
		Stream:   bus.StreamIdentity,
		Subjects: []string{"aval.identity.v1.user.email_changed"},
		Handler: func(ctx context.Context, e bus.Event) error {
			moved, ok := e.Message.(*identityv1.UserEmailChanged)
			if !ok {
				return bus.Permanent(fmt.Errorf("no use for an event of %s", e.Subject))
			}
			change, err := id.Parse("ech", moved.GetChangeId())
			if err != nil {
				return bus.Permanent(err)
			}
			told, err := identity.EmailChange(ctx, change)
			if fault.Is(err, reasonv1.Reason_REASON_NOT_FOUND) {
				return nil
			}
			if err != nil {
				return err
			}
			return people.Move(ctx, e.ID, told)
		},
	}
}
