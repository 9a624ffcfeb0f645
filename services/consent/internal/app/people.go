package app

import (
	"context"

	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/peer"
)

// People is what consent holds about a person, over all accounts.
type People struct{ Deps }

// Forget restricts what is held: the proof of a consent keeps its names until
// its term, and so does the history. What the ledger holds of the person alone
// ends at once.
func (u People) Forget(ctx context.Context, tx pg.Tx, user id.ID) error {
	if err := postgres.RestrictPerson(ctx, tx, user, u.Clock.Now()); err != nil {
		return err
	}
	return u.ledger.EndOf(ctx, tx, user)
}

// Data gathers it.
func (u People) Data(ctx context.Context, user id.ID) (map[string]any, error) {
	out := map[string]any{}
	return out, u.DB.InSystem(ctx, "gathering a person's data", func(ctx context.Context, tx pg.Tx) error {
		for kind, statement := range map[string]pg.Statement{
			"consents": postgres.ConsentsOf(user), "history": postgres.HistoryOf(user),
			"devices": postgres.DevicesOf(user),
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
