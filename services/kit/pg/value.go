package pg

import (
	"context"

	"github.com/aval-access/aval/services/kit/id"
)

// Work is a Func that gives something.
type Work[T any] func(ctx context.Context, tx Tx) (T, error)

// InTenant is DB.InTenant for work that gives something: it is given once it is
// committed, else the zero value.
func InTenant[T any](ctx context.Context, db *DB, tenant id.ID, work Work[T]) (T, error) {
	return committed(work, func(fn Func) error { return db.InTenant(ctx, tenant, fn) })
}

// InUser is DB.InUser for work that gives something.
func InUser[T any](ctx context.Context, db *DB, user id.ID, work Work[T]) (T, error) {
	return committed(work, func(fn Func) error { return db.InUser(ctx, user, fn) })
}

// InApp is DB.InApp for work that gives something.
func InApp[T any](ctx context.Context, db *DB, work Work[T]) (T, error) {
	return committed(work, func(fn Func) error { return db.InApp(ctx, fn) })
}

// InSystem is DB.InSystem for work that gives something.
func InSystem[T any](ctx context.Context, db *DB, reason string, work Work[T]) (T, error) {
	return committed(work, func(fn Func) error { return db.InSystem(ctx, reason, fn) })
}

func committed[T any](work Work[T], run func(Func) error) (T, error) {
	var given, none T
	err := run(func(ctx context.Context, tx Tx) (err error) {
		given, err = work(ctx, tx)
		return err
	})
	if err != nil {
		return none, err
	}
	return given, nil
}
