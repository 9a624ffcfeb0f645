package pg

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

// ErrOldSchema means that migrate has not run, or ran with an older version.
var ErrOldSchema = errors.New("the schema is older than this binary")

// Ready tells whether the database answers and has at least the schema of
// kit's files and of a context's own. A newer one will do: migrations only add.
func (d *DB) Ready(ctx context.Context, own fs.FS) error {
	if err := d.app.Ping(ctx); err != nil {
		return fmt.Errorf("asking database: %w", err)
	}
	if err := d.reached(ctx, kitTable, kitMigrations); err != nil {
		return err
	}
	if own == nil {
		return nil
	}
	return d.reached(ctx, ownTable, own)
}

func (d *DB) reached(ctx context.Context, table string, files fs.FS) error {
	wanted, err := lastVersion(files)
	if err != nil {
		return err
	}
	var seen int64
	err = d.app.QueryRow(ctx, fmt.Sprintf("SELECT coalesce(max(version_id), 0) FROM %s WHERE is_applied", quote(table))).Scan(&seen)
	if err != nil {
		return fmt.Errorf("reading the schema's version: %w", err)
	}
	if seen < wanted {
		return fmt.Errorf("%w: %s is at %d, not %d", ErrOldSchema, table, seen, wanted)
	}
	return nil
}

func lastVersion(files fs.FS) (int64, error) {
	root, err := migrationRoot(files)
	if err != nil {
		return 0, err
	}
	names, err := fs.Glob(root, "*.sql")
	if err != nil {
		return 0, fmt.Errorf("listing migrations: %w", err)
	}
	var last int64
	for _, name := range names {
		version, err := goose.NumericComponent(name)
		if err != nil {
			return 0, fmt.Errorf("reading the version of %s: %w", name, err)
		}
		last = max(last, version)
	}
	return last, nil
}
