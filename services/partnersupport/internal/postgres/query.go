package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// query is one statement with what it is for, in words for the log.
type query struct {
	doing string
	sql   string
	args  pgx.NamedArgs
}

func collect[T any](ctx context.Context, tx pg.Tx, q query) ([]T, error) {
	rows, err := tx.Query(ctx, q.sql, q.args)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", q.doing, err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByName[T])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", q.doing, err)
	}
	return out, nil
}

// one gives the only row; without one the answer is domain.NotFound.
func one[T any](ctx context.Context, tx pg.Tx, q query) (T, error) {
	var none T
	rows, err := tx.Query(ctx, q.sql, q.args)
	if err != nil {
		return none, fmt.Errorf("%s: %w", q.doing, err)
	}
	out, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[T])
	if errors.Is(err, pg.ErrNoRows) {
		return none, domain.NotFound
	}
	if err != nil {
		return none, fmt.Errorf("%s: %w", q.doing, err)
	}
	return out, nil
}

// maybe gives the only row, or nil.
func maybe[T any](ctx context.Context, tx pg.Tx, q query) (*T, error) {
	out, err := one[T](ctx, tx, q)
	if errors.Is(err, domain.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &out, nil
}

func exec(ctx context.Context, tx pg.Tx, q query) (int64, error) {
	tag, err := tx.Exec(ctx, q.sql, q.args)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", q.doing, err)
	}
	return tag.RowsAffected(), nil
}

// update expects to find its row, which the caller has locked.
func update(ctx context.Context, tx pg.Tx, q query) error {
	changed, err := exec(ctx, tx, q)
	if err == nil && changed != 1 {
		return fmt.Errorf("%s: %d rows instead of one", q.doing, changed)
	}
	return err
}
