package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// LockNamespace reads a namespace and its features, retired ones included, and
// keeps others from registering it until the transaction ends. It answers nil
// for a namespace that nobody registered.
func LockNamespace(ctx context.Context, tx pg.Tx, name string) (*domain.Namespace, domain.Catalogue, error) {
	args := pgx.NamedArgs{"name": name, "limit": maxFeatures}
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "locking namespace", SQL: `
SELECT pg_advisory_xact_lock(hashtextextended('feature_namespace ' || @name, 0))`, Args: args})
	if err != nil {
		return nil, nil, err
	}
	held, err := pg.One(ctx, tx, pg.Statement{Doing: "reading namespace", SQL: `
SELECT name, owner, version, register_time
FROM feature_namespace
WHERE name = @name`, Args: args}, pgx.RowToAddrOfStructByPos[domain.Namespace])
	if errors.Is(err, pg.ErrNoRows) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	features, err := pg.Many(ctx, tx, pg.Statement{Doing: "reading namespace", SQL: `
SELECT ` + featureColumns + `
FROM feature f
WHERE split_part(f.path, '/', 1) = @name
ORDER BY f.path
LIMIT @limit`, Args: args}, featureFromRow)
	return held, features, err
}

// StoreNamespace gives a part of the catalogue to its owner, and answers it as it
// is then.
func StoreNamespace(ctx context.Context, tx pg.Tx, n domain.Namespace) (domain.Namespace, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "storing namespace", SQL: `
INSERT INTO feature_namespace (name, owner, version)
VALUES (@name, @owner, 0)
ON CONFLICT (name) DO UPDATE
SET owner = excluded.owner
RETURNING name, owner, version, register_time`, Args: pgx.NamedArgs{
		"name": n.Name, "owner": n.Owner,
	}}, pgx.RowToStructByPos[domain.Namespace])
}

// ListNamespaces lists the parts of the catalogue by name.
func ListNamespaces(ctx context.Context, tx pg.Tx, after string, limit int) ([]domain.Namespace, error) {
	return pg.Many(ctx, tx, pg.Statement{Doing: "listing namespaces", SQL: `
SELECT name, owner, version, register_time
FROM feature_namespace
WHERE name > @after
ORDER BY name
LIMIT @limit`, Args: pgx.NamedArgs{"after": after, "limit": limit}}, pgx.RowToStructByPos[domain.Namespace])
}

// StoreRegistered stores a namespace's new version and what it changes.
func StoreRegistered(ctx context.Context, tx pg.Tx, r domain.Registration, changes domain.Registered) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "storing namespace", SQL: `
INSERT INTO feature_namespace (name, owner, version)
VALUES (@name, @owner, @version)
ON CONFLICT (name) DO UPDATE
SET version = excluded.version,
    register_time = now()`, Args: pgx.NamedArgs{"name": r.Namespace, "owner": r.Owner, "version": r.Version}})
	if err != nil {
		return err
	}
	for _, list := range []domain.Catalogue{changes.Added, changes.Changed, changes.Retired} {
		for _, f := range list {
			if err := storeFeature(ctx, tx, f); err != nil {
				return err
			}
		}
	}
	return nil
}

func storeFeature(ctx context.Context, tx pg.Tx, f domain.Feature) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "storing feature", SQL: `
INSERT INTO feature (path, label_fr, label_en, sensitive, excluded_from_grants, apart, since_version, retire_time)
VALUES (@path, @fr, @en, @sensitive, @excluded, @apart, @since, @retired)
ON CONFLICT (path) DO UPDATE
SET label_fr = excluded.label_fr,
    label_en = excluded.label_en,
    sensitive = excluded.sensitive,
    excluded_from_grants = excluded.excluded_from_grants,
    apart = excluded.apart,
    since_version = excluded.since_version,
    retire_time = excluded.retire_time`, Args: pgx.NamedArgs{
		"path": f.Path, "fr": f.LabelFR, "en": f.LabelEN, "sensitive": f.Sensitive, "excluded": f.Excluded,
		"apart": f.Apart, "since": f.SinceVersion, "retired": pg.NullTime(f.RetireTime),
	}})
	return err
}
