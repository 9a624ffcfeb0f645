package pg

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var kitMigrations embed.FS

const (
	kitTable = "kit_goose_version"
	ownTable = "goose_db_version"
)

// Step is a migration that a library brings, such as the job queue's; it runs
// as the owner, after kit's schema and before the context's own.
type Step func(ctx context.Context, owner *pgxpool.Pool) error

// Migrate brings the database to this binary's schema: kit's tables and
// functions, the libraries' steps, then the context's own files (*.sql in the
// root or in "migrations"). The URL is of x_migrate; everything is made by
// x_owner. Several processes may call it at once.
func Migrate(ctx context.Context, migrateURL string, own fs.FS, steps ...Step) error {
	pc, err := ownerConfig(migrateURL)
	if err != nil {
		return err
	}
	pool, err := pgxpool.NewWithConfig(ctx, pc)
	if err != nil {
		return fmt.Errorf("connecting to migrate: %w", err)
	}
	defer pool.Close()
	db := stdlib.OpenDB(*pc.ConnConfig)
	err = migrateAll(ctx, db, pool, plan{own: own, steps: steps})
	return errors.Join(err, db.Close())
}

// ownerConfig acts as the owner from the first statement on.
func ownerConfig(migrateURL string) (*pgxpool.Config, error) {
	pc, err := pgxpool.ParseConfig(migrateURL)
	if err != nil {
		return nil, errors.New("parsing migration url: malformed")
	}
	name, ok := strings.CutSuffix(pc.ConnConfig.User, "_migrate")
	if !ok {
		return nil, errors.New("migrating: the url must be of the role <context>_migrate")
	}
	pc.ConnConfig.RuntimeParams["role"] = name + "_owner"
	pc.ConnConfig.RuntimeParams["search_path"] = "public"
	pc.ConnConfig.RuntimeParams["timezone"] = "UTC"
	pc.ConnConfig.RuntimeParams["lock_timeout"] = "10000"
	pc.MaxConns = 4
	return pc, nil
}

type plan struct {
	own   fs.FS
	steps []Step
}

func migrateAll(ctx context.Context, db *sql.DB, pool *pgxpool.Pool, p plan) error {
	if err := up(ctx, db, kitMigrations, kitTable); err != nil {
		return fmt.Errorf("migrating kit schema: %w", err)
	}
	for _, step := range p.steps {
		if err := step(ctx, pool); err != nil {
			return fmt.Errorf("migrating library schema: %w", err)
		}
	}
	if p.own == nil {
		return nil
	}
	if err := up(ctx, db, p.own, ownTable); err != nil {
		return fmt.Errorf("migrating own schema: %w", err)
	}
	return nil
}

func up(ctx context.Context, db *sql.DB, files fs.FS, table string) error {
	root, err := migrationRoot(files)
	if err != nil {
		return err
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 120))
	if err != nil {
		return fmt.Errorf("making migration lock: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, root, goose.WithTableName(table),
		goose.WithSessionLocker(locker), goose.WithDisableGlobalRegistry(true))
	if errors.Is(err, goose.ErrNoMigrations) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("applying migrations: %w", err)
	}
	return nil
}

// migrationRoot accepts files at the root, or in the folder that an embed
// directive keeps.
func migrationRoot(files fs.FS) (fs.FS, error) {
	if found, err := fs.Glob(files, "*.sql"); err == nil && len(found) > 0 {
		return files, nil
	}
	root, err := fs.Sub(files, "migrations")
	if err != nil {
		return nil, fmt.Errorf("opening migrations: %w", err)
	}
	return root, nil
}
