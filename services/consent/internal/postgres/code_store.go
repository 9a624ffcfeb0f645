package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// Codes keeps codes, without their digits, and the devices on which they were
// typed.
type Codes struct{}

// Insert writes a code that is sent.
func (Codes) Insert(ctx context.Context, tx pg.Tx, c domain.Code) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "inserting code", SQL: `
INSERT INTO consent_code (id, client_id, consent_id, recipient_id, device, create_time, expire_time)
VALUES (@id, @client, @consent, @recipient, @device, @created, @expires)`, Args: pgx.NamedArgs{
		"id": c.ID, "client": c.ClientID, "consent": c.ConsentID, "recipient": c.RecipientID,
		"device": c.Device, "created": c.CreateTime, "expires": c.ExpireTime,
	}})
	return err
}

// Sent counts the codes sent to a recipient for one request since a time.
func (Codes) Sent(ctx context.Context, tx pg.Tx, c domain.Code, since time.Time) (int, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "counting codes", SQL: `
SELECT count(*)
FROM consent_code
WHERE consent_id = @consent
  AND recipient_id = @recipient
  AND create_time > @since
LIMIT 1`, Args: pgx.NamedArgs{"consent": c.ConsentID, "recipient": c.RecipientID, "since": since}}, pgx.RowTo[int])
}

const codeColumns = `
SELECT id, client_id, consent_id, recipient_id, device, tries, create_time, expire_time
FROM consent_code`

// ByID reads a code.
func (Codes) ByID(ctx context.Context, tx pg.Tx, code id.ID) (domain.Code, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "reading code", SQL: codeColumns + `
WHERE id = @id
LIMIT 1`, Args: pgx.NamedArgs{"id": code}}, codeFromRow)
}

// LockNewest holds the newest code that a device asked for; none is
// CodeRefused.
func (Codes) LockNewest(ctx context.Context, tx pg.Tx, c domain.Code) (domain.Code, error) {
	found, err := pg.Many(ctx, tx, pg.Statement{Doing: "reading newest code", SQL: codeColumns + `
WHERE consent_id = @consent
  AND recipient_id = @recipient
  AND device = @device
ORDER BY create_time DESC, id DESC
LIMIT 1
FOR UPDATE`, Args: pgx.NamedArgs{"consent": c.ConsentID, "recipient": c.RecipientID, "device": c.Device}}, codeFromRow)
	if err != nil {
		return domain.Code{}, err
	}
	if len(found) == 0 {
		return domain.Code{}, domain.CodeRefused
	}
	return found[0], nil
}

func codeFromRow(row pgx.CollectableRow) (domain.Code, error) {
	var c domain.Code
	err := row.Scan(&c.ID, &c.ClientID, &c.ConsentID, &c.RecipientID, &c.Device, &c.Tries, &c.CreateTime, &c.ExpireTime)
	return c, err
}

// Update writes what a try changed. The caller holds the row.
func (Codes) Update(ctx context.Context, tx pg.Tx, c domain.Code) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "updating code", SQL: `
UPDATE consent_code
SET tries = @tries, confirm_time = coalesce(@confirmed, confirm_time)
WHERE id = @id`, Args: pgx.NamedArgs{"id": c.ID, "tries": c.Tries, "confirmed": pg.NullTime(c.ConfirmTime)}})
	return err
}

// Remember knows the code's device for the recipient until a time.
func (Codes) Remember(ctx context.Context, tx pg.Tx, c domain.Code, until time.Time) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "remembering device", SQL: `
INSERT INTO known_device (hash, user_id, create_time, expire_time)
VALUES (@device, @user, @now, @until)
ON CONFLICT (user_id, hash) DO UPDATE
SET expire_time = excluded.expire_time`, Args: pgx.NamedArgs{
		"device": c.Device, "user": c.RecipientID, "now": c.ConfirmTime, "until": until,
	}})
	return err
}

// Known tells whether the device is the recipient's: it is remembered, or its
// code for this request was typed just now.
func (Codes) Known(ctx context.Context, tx pg.Tx, c domain.Code, now time.Time) (bool, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "looking for device", SQL: `
SELECT EXISTS (
  SELECT 1
  FROM known_device
  WHERE user_id = @recipient
    AND hash = @device
    AND expire_time > @now
) OR EXISTS (
  SELECT 1
  FROM consent_code
  WHERE consent_id = @consent
    AND recipient_id = @recipient
    AND device = @device
    AND confirm_time > @typed
)
LIMIT 1`, Args: pgx.NamedArgs{
		"recipient": c.RecipientID, "consent": c.ConsentID, "device": c.Device, "now": now, "typed": now.Add(-domain.CodeTerm),
	}}, pgx.RowTo[bool])
}

// Purge removes a batch of codes and devices that ended before the time; it
// answers how many.
func (Codes) Purge(ctx context.Context, tx pg.Tx, before time.Time) (int64, error) {
	args := pgx.NamedArgs{"before": before, "batch": purgeBatch}
	codes, err := pg.Exec(ctx, tx, pg.Statement{Doing: "purging codes", SQL: `
DELETE FROM consent_code
WHERE id IN (
  SELECT id
  FROM consent_code
  WHERE expire_time < @before
  ORDER BY expire_time, id
  LIMIT @batch
)`, Args: args})
	if err != nil {
		return 0, err
	}
	devices, err := pg.Exec(ctx, tx, pg.Statement{Doing: "purging devices", SQL: `
DELETE FROM known_device
WHERE (user_id, hash) IN (
  SELECT user_id, hash
  FROM known_device
  WHERE expire_time < @before
  ORDER BY expire_time, user_id, hash
  LIMIT @batch
)`, Args: args})
	return codes + devices, err
}
