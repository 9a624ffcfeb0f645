package pg

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Statement is what a store asks, and what for: Doing stands before its errors,
// such as "reading product".
type Statement struct {
	Doing string
	SQL   string
	Args  pgx.NamedArgs
}

// One gives the only row of a statement; an error is ErrNoRows when there is
// none.
func One[T any](ctx context.Context, tx Tx, s Statement, row pgx.RowToFunc[T]) (T, error) {
	return collected(ctx, tx, s, func(rows pgx.Rows) (T, error) { return pgx.CollectExactlyOneRow(rows, row) })
}

// Many gives all rows of a statement.
func Many[T any](ctx context.Context, tx Tx, s Statement, row pgx.RowToFunc[T]) ([]T, error) {
	return collected(ctx, tx, s, func(rows pgx.Rows) ([]T, error) { return pgx.CollectRows(rows, row) })
}

func collected[T any](ctx context.Context, tx Tx, s Statement, collect func(pgx.Rows) (T, error)) (T, error) {
	var out, none T
	rows, err := tx.Query(ctx, s.SQL, s.Args)
	if err == nil {
		out, err = collect(rows)
	}
	if err != nil {
		return none, fmt.Errorf("%s: %w", s.Doing, err)
	}
	return out, nil
}

// Exec runs a statement that gives no rows, and tells how many it changed.
func Exec(ctx context.Context, tx Tx, s Statement) (int64, error) {
	tag, err := tx.Exec(ctx, s.SQL, s.Args)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", s.Doing, err)
	}
	return tag.RowsAffected(), nil
}

// ExecAll runs statements that give no rows in one round trip, in their order,
// and tells how many each changed. Nothing may stand on what one of them would
// answer.
func ExecAll(ctx context.Context, tx Tx, all []Statement) ([]int64, error) {
	if len(all) == 0 {
		return nil, nil
	}
	batch := &pgx.Batch{}
	for _, s := range all {
		batch.Queue(s.SQL, s.Args)
	}
	results := tx.SendBatch(ctx, batch)
	changed := make([]int64, len(all))
	for i, s := range all {
		tag, err := results.Exec()
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", s.Doing, err), results.Close())
		}
		changed[i] = tag.RowsAffected()
	}
	return changed, results.Close()
}

// Total is how many rows ExecAll's statements changed together.
func Total(changed []int64, err error) (int64, error) {
	sum := int64(0)
	for _, n := range changed {
		sum += n
	}
	return sum, err
}
