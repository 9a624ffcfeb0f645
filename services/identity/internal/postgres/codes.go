package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/token"
)

const purgeBatch = 1000

// Code is what a secret that serves once stands for, and who alone may use it;
// the secret is kept as a hash.
type Code struct {
	ID      id.ID
	Kind    token.Kind
	Subject id.ID
	Binding string
	Life    time.Duration
}

// InsertCode stores a secret's hash and gives its end, on the database's clock.
func InsertCode(ctx context.Context, tx pg.Tx, c Code, hash []byte) (time.Time, error) {
	expire, err := pg.One(ctx, tx, pg.Statement{Doing: "storing a code", SQL: `
INSERT INTO one_time_token (id, hash, kind, subject_id, binding, expires_at)
VALUES (@id, @hash, @kind, @subject, @binding, now() + make_interval(secs => @life))
RETURNING expires_at`, Args: pgx.NamedArgs{
		"id": c.ID, "hash": hash, "kind": string(c.Kind), "subject": c.Subject,
		"binding": c.Binding, "life": c.Life.Seconds(),
	}}, pgx.RowTo[time.Time])
	return expire.UTC(), err
}

// ConsumeCode uses a secret up, in one statement, and gives what it stands for.
// pg.ErrNoRows when it is unknown, used, revoked, too old or bound to somebody
// else: then nothing changed.
func ConsumeCode(ctx context.Context, tx pg.Tx, t token.Token, by string) (id.ID, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "using a code", SQL: `
UPDATE one_time_token
SET used_at = now(), used_by = @by
WHERE hash = @hash
  AND kind = @kind
  AND binding = @by
  AND used_at IS NULL
  AND revoked_at IS NULL
  AND expires_at > now()
RETURNING subject_id`, Args: pgx.NamedArgs{"hash": t.Hash(), "kind": string(t.Kind()), "by": by}}, pgx.RowTo[id.ID])
}

// Held is a secret as it is stored.
type Held struct {
	Subject id.ID
	Binding string
	// Spent tells that it was used or revoked, Late that its time is over.
	Spent, Late bool
}

// FindCode gives a secret without using it up; pg.ErrNoRows for one that is
// unknown or of another kind.
func FindCode(ctx context.Context, tx pg.Tx, t token.Token) (Held, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "reading a code", SQL: `
SELECT subject_id, binding, used_at IS NOT NULL OR revoked_at IS NOT NULL, expires_at <= now()
FROM one_time_token
WHERE hash = @hash
  AND kind = @kind
LIMIT 1`, Args: pgx.NamedArgs{"hash": t.Hash(), "kind": string(t.Kind())}},
		func(row pgx.CollectableRow) (h Held, err error) {
			return h, row.Scan(&h.Subject, &h.Binding, &h.Spent, &h.Late)
		})
}

// RevokeCodes makes all secrets of a kind worthless that stand for a subject.
func RevokeCodes(ctx context.Context, tx pg.Tx, kind token.Kind, subject id.ID) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "revoking codes", SQL: `
UPDATE one_time_token
SET revoked_at = now()
WHERE subject_id = @subject
  AND kind = @kind
  AND used_at IS NULL
  AND revoked_at IS NULL`, Args: pgx.NamedArgs{"subject": subject, "kind": string(kind)}})
	return err
}

// PurgeCodes removes a batch of codes that were over before the given moment.
func PurgeCodes(ctx context.Context, tx pg.Tx, before time.Time) (int64, error) {
	return pg.Exec(ctx, tx, pg.Statement{Doing: "removing old codes", SQL: `
DELETE FROM one_time_token
WHERE id IN (
  SELECT id
  FROM one_time_token
  WHERE expires_at < @before
  ORDER BY id
  LIMIT @batch
)`, Args: pgx.NamedArgs{"before": before, "batch": purgeBatch}})
}
