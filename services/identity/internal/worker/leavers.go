package worker

import (
	"context"
	"fmt"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/identity/internal/app"
	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
)

// LeaversConsumer hears who left an organisation or was suspended there.
const LeaversConsumer = "identity-leavers"

// Leavers ends the sessions of people in organisations where they may do
// nothing any more (R113). The decision has denied them already; hearing of it
// twice ends nothing that is not theirs.
func Leavers(do app.EndSessions) bus.Spec {
	return bus.Spec{
		Name:   LeaversConsumer,
		Stream: bus.StreamMembership,
		Subjects: []string{
			"aval.membership.v1.membership.suspended", "aval.membership.v1.membership.ended",
		},
		Handler: func(ctx context.Context, e bus.Event) error {
			user, organization, err := leaver(e)
			if err != nil {
				return bus.Permanent(err)
			}
			_, err = do.Do(ctx, user, []id.ID{organization})
			return err
		},
	}
}

func leaver(e bus.Event) (user, organization id.ID, err error) {
	var named interface {
		GetUserId() string
		GetOrganizationId() string
	}
	switch m := e.Message.(type) {
	case *membershipv1.MembershipSuspended:
		named = m
	case *membershipv1.MembershipEnded:
		named = m
	default:
		return user, organization, fmt.Errorf("no use for an event of %s", e.Subject)
	}
	var f fields.Reader
	return f.ID("usr", "user_id", named.GetUserId()), f.ID("org", "organization_id", named.GetOrganizationId()), f.Err()
}
