package app

import (
	"context"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/inbox"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
	"github.com/aval-access/aval/services/peer"
)

// People is what concerns a person in every organisation: identity owns the
// person, membership what organisations say of them.
type People struct {
	Deps
	DB *pg.DB
}

// SoleOwnerships lists the organisations that nobody else owns.
func (p People) SoleOwnerships(ctx context.Context, user, after id.ID, limit int) ([]postgres.SoleOwnership, error) {
	return pg.InSystem(ctx, p.DB, "sole ownerships of a person", func(ctx context.Context, tx pg.Tx) ([]postgres.SoleOwnership, error) {
		return postgres.ListSoleOwnerships(ctx, tx, user, after, limit)
	})
}

// Names lists what organisations call a person, and what those are called.
func (p People) Names(ctx context.Context, user id.ID) ([]string, error) {
	return pg.InSystem(ctx, p.DB, "names of a person", func(ctx context.Context, tx pg.Tx) ([]string, error) {
		return postgres.ListPersonNames(ctx, tx, user)
	})
}

// Leave ends all memberships of a person, with the grants through them, and
// gives how many. domain.ErrLastOwner, and nothing changed, where an
// organisation would be left without an owner: its owners are locked, so that
// of two who leave at once the second is refused.
func (p People) Leave(ctx context.Context, user id.ID) (int, error) {
	return pg.InSystem(ctx, p.DB, "ending a person's memberships", func(ctx context.Context, tx pg.Tx) (int, error) {
		return p.leave(ctx, tx, user)
	})
}

func (p People) leave(ctx context.Context, tx pg.Tx, user id.ID) (int, error) {
	live, err := postgres.ListMemberships(ctx, tx, user)
	for _, m := range live {
		_, err := EndMembership{Deps: p.Deps}.Do(ctx, tx, MembershipEnding{OrganizationID: m.OrganizationID, UserID: user})
		if err != nil {
			return 0, err
		}
	}
	return len(live), err
}

// EmailChange is a change of address as identity tells it.
type EmailChange struct {
	// Person has the address of now.
	Person domain.Person
	// Keys are the two addresses of the change.
	Keys []string
}

// MoveConsumer is the name under which changes of address are applied once.
const MoveConsumer = "membership-identity"

// Move stores a person's new address wherever they are a member (R112).
// Invitations that wait for an address which they gave up are taken back.
func (p People) Move(ctx context.Context, event id.ID, change EmailChange) error {
	return p.DB.InSystem(ctx, "moving a person's address", func(ctx context.Context, tx pg.Tx) error {
		first, err := inbox.Once(ctx, tx, MoveConsumer, event)
		if err != nil || !first {
			return err
		}
		if err := postgres.MovePerson(ctx, tx, change.Person); err != nil {
			return err
		}
		var given []string
		for _, key := range change.Keys {
			if key != change.Person.EmailKey {
				given = append(given, key)
			}
		}
		return p.cancelPending(ctx, tx, given)
	})
}

// Forget ends a person's memberships, with the grants through them, and empties
// what is left. An organisation keeps its last owner: then nothing happens, and
// it is tried again.
func (p People) Forget(ctx context.Context, tx pg.Tx, user id.ID) error {
	if _, err := p.leave(ctx, tx, user); err != nil {
		return err
	}
	keys, err := postgres.ListKeys(ctx, tx, user)
	if err != nil {
		return err
	}
	if err := p.cancelPending(ctx, tx, keys); err != nil {
		return err
	}
	return postgres.ForgetPerson(ctx, tx, user, keys)
}

func (p People) cancelPending(ctx context.Context, tx pg.Tx, keys []string) error {
	pending, err := postgres.LockPendingOf(ctx, tx, keys)
	if err != nil {
		return err
	}
	now, err := postgres.Now(ctx, tx)
	if err != nil {
		return err
	}
	for _, i := range pending {
		if i = i.At(now); i.State != domain.Pending {
			continue
		}
		if err := cancel(ctx, tx, &i, now, id.ID{}); err != nil {
			return err
		}
	}
	return nil
}

// Data gathers what is held about a person.
func (p People) Data(ctx context.Context, user id.ID) (map[string]any, error) {
	out := map[string]any{}
	return out, p.DB.InSystem(ctx, "gathering a person's data", func(ctx context.Context, tx pg.Tx) error {
		for kind, statement := range map[string]pg.Statement{
			"memberships": postgres.MembershipsOf(user), "invitations": postgres.InvitationsOf(user),
		} {
			records, err := peer.Records(ctx, tx, statement)
			if err != nil {
				return err
			}
			out[kind] = records
		}
		return nil
	})
}
