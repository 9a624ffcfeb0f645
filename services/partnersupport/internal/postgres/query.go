package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// collect gives all rows, their columns named like T's fields.
func collect[T any](ctx context.Context, tx pg.Tx, s pg.Statement) ([]T, error) {
	return pg.Many(ctx, tx, s, pgx.RowToStructByName[T])
}

// one gives the only row; without one the answer is domain.NotFound.
func one[T any](ctx context.Context, tx pg.Tx, s pg.Statement) (T, error) {
	out, err := pg.One(ctx, tx, s, pgx.RowToStructByName[T])
	if errors.Is(err, pg.ErrNoRows) {
		return out, domain.NotFound
	}
	return out, err
}

// maybe gives the only row, or nil.
func maybe[T any](ctx context.Context, tx pg.Tx, s pg.Statement) (*T, error) {
	out, err := one[T](ctx, tx, s)
	if errors.Is(err, domain.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &out, nil
}

// update expects to find its row, which the caller has locked.
func update(ctx context.Context, tx pg.Tx, s pg.Statement) error {
	changed, err := pg.Exec(ctx, tx, s)
	if err == nil && changed != 1 {
		err = fmt.Errorf("%s: %d rows instead of one", s.Doing, changed)
	}
	return err
}
