// Package postgres keeps deliveries. Workers write them on the system role;
// an organisation reads its own.
package postgres

import (
	"context"
	"embed"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/notification/internal/domain"
)

// Migrations of the context's schema.
//
//go:embed migrations/*.sql
var Migrations embed.FS

const purgeBatch = 1000

// Deliveries is the store.
type Deliveries struct{}

const columns = `
  id, tenant_id, event_id, event_subject, event_payload, recipient_ref, template, locale, create_time,
  address, subject_line, text_body, html_body, logo,
  state, attempts, refusals, repeated, smtp_code, due_time, sent_time, try_time`

// Insert adds a delivery unless the fact, recipient and template have one
// already; it tells whether it did.
func (Deliveries) Insert(ctx context.Context, tx pg.Tx, d domain.Delivery) (bool, error) {
	changed, err := pg.Exec(ctx, tx, pg.Statement{Doing: "inserting delivery", SQL: `
INSERT INTO delivery (` + columns + `, compose_time)
VALUES (
  @id, @tenant_id, @event_id, @event_subject, @event_payload, @recipient_ref, @template, @locale, @create_time,
  @address, @subject_line, @text_body, @html_body, @logo,
  @state, @attempts, @refusals, @repeated, @smtp_code, @due_time, @sent_time, @try_time, @create_time)
ON CONFLICT ON CONSTRAINT delivery_once DO NOTHING`, Args: arguments(d)})
	return changed == 1, err
}

// Lock reads a delivery for changing it in the same transaction.
func (Deliveries) Lock(ctx context.Context, tx pg.Tx, delivery id.ID) (domain.Delivery, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "locking delivery", SQL: `
SELECT ` + columns + `
FROM delivery
WHERE id = @id
FOR UPDATE`, Args: pgx.NamedArgs{"id": delivery}}, deliveryFromRow)
}

// Save writes what moved, and forgets the body where there is none.
func (Deliveries) Save(ctx context.Context, tx pg.Tx, d domain.Delivery) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "saving delivery", SQL: `
UPDATE delivery
SET state = @state,
    attempts = @attempts,
    refusals = @refusals,
    repeated = @repeated,
    smtp_code = @smtp_code,
    due_time = @due_time,
    sent_time = @sent_time,
    try_time = @try_time,
    address = @address,
    subject_line = @subject_line,
    text_body = @text_body,
    html_body = @html_body,
    logo = @logo
WHERE id = @id`, Args: arguments(d)})
	return err
}

// Recompose gives a waiting delivery a new body.
func (s Deliveries) Recompose(ctx context.Context, tx pg.Tx, d domain.Delivery, now time.Time) error {
	if err := s.Save(ctx, tx, d); err != nil {
		return err
	}
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "noting composition", SQL: `
UPDATE delivery
SET compose_time = @now
WHERE id = @id`, Args: pgx.NamedArgs{"id": d.ID, "now": now}})
	return err
}

// PurgeBodies forgets a batch of bodies composed before the moment; it answers
// how many.
func (Deliveries) PurgeBodies(ctx context.Context, tx pg.Tx, before time.Time) (int64, error) {
	return pg.Exec(ctx, tx, pg.Statement{Doing: "purging bodies", SQL: `
UPDATE delivery
SET address = '', subject_line = '', text_body = '', html_body = '', logo = ''
WHERE id IN (
  SELECT id
  FROM delivery
  WHERE compose_time < @before
    AND address <> ''
  ORDER BY compose_time, id
  LIMIT @batch
)`, Args: pgx.NamedArgs{"before": before, "batch": purgeBatch}})
}

// Wanted narrows a list of deliveries.
type Wanted struct {
	// Before is the last one of the page before; zero for the first page.
	Before id.ID
	// Recipients as the owners of facts name them; none means all.
	Recipients []string
	Limit      int
}

// List gives the tenant's deliveries, newest first.
func (Deliveries) List(ctx context.Context, tx pg.Tx, w Wanted) ([]domain.Delivery, error) {
	return pg.Many(ctx, tx, pg.Statement{Doing: "listing deliveries", SQL: `
SELECT ` + columns + `
FROM delivery
WHERE tenant_id = ctx_tenant()
  AND (@before::uuid IS NULL OR id < @before)
  AND (cardinality(@recipients::text[]) = 0 OR recipient_ref = ANY(@recipients))
ORDER BY id DESC
LIMIT @limit`, Args: pgx.NamedArgs{
		"before": w.Before, "recipients": append([]string{}, w.Recipients...), "limit": w.Limit,
	}}, deliveryFromRow)
}
