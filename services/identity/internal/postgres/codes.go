package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/token"
)

const purgeBatch = 1000

// Codes keeps secrets that serve once, as hashes.
type Codes struct{}

// Code is what a secret stands for, and who alone may use it.
type Code struct {
	ID      id.ID
	Kind    token.Kind
	Subject id.ID
	Binding string
	Life    time.Duration
}

// Add stores a secret's hash and gives its end, on the database's clock.
func (Codes) Add(ctx context.Context, tx pg.Tx, c Code, hash []byte) (time.Time, error) {
	var expire time.Time
	err := tx.QueryRow(ctx, `
INSERT INTO one_time_token (id, hash, kind, subject_id, binding, expires_at)
VALUES (@id, @hash, @kind, @subject, @binding, now() + make_interval(secs => @life))
RETURNING expires_at`, pgx.NamedArgs{
		"id": c.ID, "hash": hash, "kind": string(c.Kind), "subject": c.Subject,
		"binding": c.Binding, "life": c.Life.Seconds(),
	}).Scan(&expire)
	if err != nil {
		return time.Time{}, fmt.Errorf("storing a code: %w", err)
	}
	return expire.UTC(), nil
}

// Consume uses a secret up, in one statement, and gives what it stands for.
// pg.ErrNoRows when it is unknown, used, revoked, too old or bound to somebody
// else: then nothing changed.
func (Codes) Consume(ctx context.Context, tx pg.Tx, t token.Token, by string) (id.ID, error) {
	var subject id.ID
	err := tx.QueryRow(ctx, `
UPDATE one_time_token
SET used_at = now(), used_by = @by
WHERE hash = @hash
  AND kind = @kind
  AND binding = @by
  AND used_at IS NULL
  AND revoked_at IS NULL
  AND expires_at > now()
RETURNING subject_id`, pgx.NamedArgs{"hash": t.Hash(), "kind": string(t.Kind()), "by": by}).Scan(&subject)
	if err != nil {
		return id.ID{}, fmt.Errorf("using a code: %w", err)
	}
	return subject, nil
}

// Purge removes a batch of codes that were over before the given moment.
func (Codes) Purge(ctx context.Context, tx pg.Tx, before time.Time) (int64, error) {
	tag, err := tx.Exec(ctx, `
DELETE FROM one_time_token
WHERE id IN (
  SELECT id
  FROM one_time_token
  WHERE expires_at < @before
  ORDER BY id
  LIMIT @batch
)`, pgx.NamedArgs{"before": before, "batch": purgeBatch})
	if err != nil {
		return 0, fmt.Errorf("removing old codes: %w", err)
	}
	return tag.RowsAffected(), nil
}
