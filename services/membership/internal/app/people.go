package app

import (
	"context"
	"errors"

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

// PersonChange is what identity tells of somebody who changed their address or
// their language.
type PersonChange struct {
	// Person is who they are now.
	Person domain.Person
	// Keys are the two addresses of a change of address.
	Keys []string
}

// FollowConsumer is the name under which changes of people are applied once.
const FollowConsumer = "membership-identity"

// Follow stores a person's address and language of now wherever they are a
// member (R112). Invitations that wait for an address which they gave up are
// taken back.
func (p People) Follow(ctx context.Context, event id.ID, change PersonChange) error {
	return p.DB.InSystem(ctx, "following a person's change", func(ctx context.Context, tx pg.Tx) error {
		first, err := inbox.Once(ctx, tx, FollowConsumer, event)
		if err != nil || !first {
			return err
		}
		if err := postgres.StorePerson(ctx, tx, change.Person); err != nil {
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
	if err := p.leaveFirms(ctx, tx, user, keys); err != nil {
		return err
	}
	return postgres.ForgetPerson(ctx, tx, user, keys)
}

// leaveFirms detaches a person from the firms that have them as a client's
// contact.
func (p People) leaveFirms(ctx context.Context, tx pg.Tx, user id.ID, keys []string) error {
	contacts, err := postgres.ListContactsOf(ctx, tx, user, keys)
	if err != nil {
		return err
	}
	for _, c := range contacts {
		if _, err := (KeepContact{Deps: p.Deps}).Remove(ctx, tx, id.ID{}, c, id.ID{}); err != nil && !errors.Is(err, pg.ErrNoRows) {
			return err
		}
	}
	return nil
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
			"firms": postgres.FirmsOf(user),
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
