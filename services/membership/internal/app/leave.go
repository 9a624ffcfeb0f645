package app

import (
	"context"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// Leave ends the person's own membership.
type Leave struct{ Deps }

// Do answers what ended; pg.ErrNoRows when the person is no member.
func (l Leave) Do(ctx context.Context, tx pg.Tx, organization, user id.ID) (MembershipEnd, error) {
	locked, err := postgres.LockMembers(ctx, tx, organization, []id.ID{user})
	if err != nil {
		return MembershipEnd{}, err
	}
	if locked.Of(user) == nil {
		return MembershipEnd{}, pg.ErrNoRows
	}
	return EndMembership(l).end(ctx, tx, locked, MembershipEnding{OrganizationID: organization, UserID: user, ActorID: user})
}
