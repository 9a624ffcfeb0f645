package app

import (
	"context"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// EndOver writes the ends of memberships whose date is past: the decision has
// denied since that instant, their grants end now.
type EndOver struct {
	Deps
	DB *pg.DB
}

// endOverAtOnce bounds one round.
const endOverAtOnce = 100

// Do ends up to a round of them, each by itself.
func (e EndOver) Do(ctx context.Context) (int, error) {
	over, err := pg.InSystem(ctx, e.DB, "memberships that are over", func(ctx context.Context, tx pg.Tx) ([]domain.Membership, error) {
		return postgres.ListOver(ctx, tx, endOverAtOnce)
	})
	if err != nil {
		return 0, err
	}
	for _, m := range over {
		if err := e.One(ctx, m.OrganizationID, m.Person.UserID); err != nil {
			return 0, err
		}
	}
	return len(over), nil
}

// One ends the membership of a person if its date is past.
func (e EndOver) One(ctx context.Context, organization, user id.ID) error {
	return e.DB.InSystem(ctx, "memberships that are over", func(ctx context.Context, tx pg.Tx) error {
		locked, err := postgres.LockMembers(ctx, tx, organization, []id.ID{user})
		if err != nil {
			return err
		}
		if m := locked.Of(user); m == nil || !m.EndTime.IsZero() || !m.Over(e.Clock.Now()) {
			return nil
		}
		_, err = EndMembership{Deps: e.Deps}.end(ctx, tx, locked, MembershipEnding{
			OrganizationID: organization, UserID: user, ByDate: true,
		})
		return err
	})
}
