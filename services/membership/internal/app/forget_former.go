package app

import (
	"context"
	"time"

	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// Keep says how long names of people are kept who are no members; 0: for ever.
type Keep struct {
	// Invitations is counted from the end of a link that was never accepted.
	Invitations time.Duration
	// Former is counted from the end of a membership.
	Former time.Duration
}

// ForgetFormer drops the names and addresses of who never came, and of who left,
// once their term is over. That there was somebody stays.
type ForgetFormer struct {
	Deps
	DB   *pg.DB
	Keep Keep
}

// Do goes on, batch by batch, until nobody is past their term.
func (f ForgetFormer) Do(ctx context.Context) error {
	for gone := int64(1); gone > 0; {
		err := f.DB.InSystem(ctx, "forgetting people past their term", func(ctx context.Context, tx pg.Tx) (err error) {
			gone, err = f.batch(ctx, tx)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (f ForgetFormer) batch(ctx context.Context, tx pg.Tx) (int64, error) {
	now, gone := f.Clock.Now(), int64(0)
	if f.Keep.Invitations > 0 {
		rows, err := postgres.ForgetInvitations(ctx, tx, now.Add(-f.Keep.Invitations))
		if err != nil {
			return 0, err
		}
		gone += rows
	}
	if f.Keep.Former > 0 {
		rows, err := postgres.ForgetFormer(ctx, tx, now.Add(-f.Keep.Former))
		if err != nil {
			return 0, err
		}
		gone += rows
	}
	return gone, nil
}
