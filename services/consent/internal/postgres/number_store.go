package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// Numbers keeps numbers, and the calls of those who typed one.
type Numbers struct{}

const numberColumns = `
SELECT number, client_id, consent_id, create_time, expire_time
FROM consent_number`

// Insert writes a number; false when another request has it, or had it a short
// while ago.
func (Numbers) Insert(ctx context.Context, tx pg.Tx, n domain.Number) (bool, error) {
	taken, err := pg.Exec(ctx, tx, pg.Statement{Doing: "inserting number", SQL: `
INSERT INTO consent_number (number, client_id, consent_id, create_time, expire_time)
VALUES (@number, @client, @consent, @created, @expires)
ON CONFLICT (number) DO UPDATE
SET client_id = excluded.client_id,
    consent_id = excluded.consent_id,
    create_time = excluded.create_time,
    expire_time = excluded.expire_time
WHERE consent_number.expire_time < @rested`, Args: pgx.NamedArgs{
		"number": n.Number, "client": n.ClientID, "consent": n.ConsentID, "created": n.CreateTime, "expires": n.ExpireTime,
		"rested": n.CreateTime.Add(-domain.NumberRest),
	}})
	return taken == 1, err
}

// Living reads the number of a request that lives; false when there is none.
func (Numbers) Living(ctx context.Context, tx pg.Tx, consent id.ID, now time.Time) (domain.Number, bool, error) {
	return maybeNumber(ctx, tx, `
WHERE consent_id = @consent
  AND expire_time > @now
ORDER BY expire_time DESC, number
LIMIT 1`, pgx.NamedArgs{"consent": consent, "now": now})
}

// Find reads a number that lives; false when there is none.
func (Numbers) Find(ctx context.Context, tx pg.Tx, number string, now time.Time) (domain.Number, bool, error) {
	return maybeNumber(ctx, tx, `
WHERE number = @number
  AND expire_time > @now
LIMIT 1`, pgx.NamedArgs{"number": number, "now": now})
}

func maybeNumber(ctx context.Context, tx pg.Tx, rest string, args pgx.NamedArgs) (domain.Number, bool, error) {
	found, err := pg.Many(ctx, tx, pg.Statement{Doing: "reading number", SQL: numberColumns + rest, Args: args},
		func(row pgx.CollectableRow) (n domain.Number, err error) {
			err = row.Scan(&n.Number, &n.ClientID, &n.ConsentID, &n.CreateTime, &n.ExpireTime)
			return n, err
		})
	if err != nil || len(found) == 0 {
		return domain.Number{}, false, err
	}
	return found[0], true, nil
}

// InsertCall writes a call that leads nowhere yet.
func (Numbers) InsertCall(ctx context.Context, tx pg.Tx, c domain.Call) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "inserting call", SQL: `
INSERT INTO consent_call (id, number, address, source, device, create_time, expire_time)
VALUES (@id, @number, @address, @source, @device, @created, @expires)`, Args: pgx.NamedArgs{
		"id": c.ID, "number": c.Number, "address": c.Address, "source": c.Source,
		"device": c.Device, "created": c.CreateTime, "expires": c.ExpireTime,
	}})
	return err
}

// CountCalls counts the calls with the same number, address and network, this
// one among them.
func (Numbers) CountCalls(ctx context.Context, tx pg.Tx, c domain.Call) (domain.CallCounts, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "counting calls", SQL: `
SELECT
  (SELECT count(*) FROM consent_call WHERE number = @number AND create_time > @since),
  (SELECT count(*) FROM consent_call WHERE address = @address AND create_time > @since),
  (SELECT count(*) FROM consent_call WHERE source = @source AND create_time > @recently)
LIMIT 1`, Args: pgx.NamedArgs{
		"number": c.Number, "address": c.Address, "source": c.Source,
		"since": c.CreateTime.Add(-domain.CallsWithin), "recently": c.CreateTime.Add(-domain.SourceWithin),
	}}, pgx.RowToStructByPos[domain.CallCounts])
}

// LeadCall notes which request a call is about.
func (Numbers) LeadCall(ctx context.Context, tx pg.Tx, c domain.Call) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "leading call", SQL: `
UPDATE consent_call
SET client_id = @client, consent_id = @consent
WHERE id = @id`, Args: pgx.NamedArgs{"id": c.ID, "client": c.ClientID, "consent": c.ConsentID}})
	return err
}

const callColumns = `
SELECT id, number, client_id, consent_id, address, source, device, tries, create_time, expire_time
FROM consent_call`

// Call reads a call.
func (Numbers) Call(ctx context.Context, tx pg.Tx, call id.ID) (domain.Call, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "reading call", SQL: callColumns + `
WHERE id = @id
LIMIT 1`, Args: pgx.NamedArgs{"id": call}}, callFromRow)
}

// LockCall holds the newest call of a device with a number; none is
// CodeRefused.
func (Numbers) LockCall(ctx context.Context, tx pg.Tx, number string, device []byte) (domain.Call, error) {
	found, err := pg.Many(ctx, tx, pg.Statement{Doing: "reading newest call", SQL: callColumns + `
WHERE number = @number
  AND device = @device
ORDER BY create_time DESC, id DESC
LIMIT 1
FOR UPDATE`, Args: pgx.NamedArgs{"number": number, "device": device}}, callFromRow)
	if err != nil {
		return domain.Call{}, err
	}
	if len(found) == 0 {
		return domain.Call{}, domain.CodeRefused
	}
	return found[0], nil
}

func callFromRow(row pgx.CollectableRow) (domain.Call, error) {
	var c domain.Call
	err := row.Scan(&c.ID, &c.Number, &c.ClientID, &c.ConsentID, &c.Address, &c.Source,
		&c.Device, &c.Tries, &c.CreateTime, &c.ExpireTime)
	return c, err
}

// CountTry writes how often digits were typed. The caller holds the row.
func (Numbers) CountTry(ctx context.Context, tx pg.Tx, c domain.Call) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "counting a typed code", SQL: `
UPDATE consent_call
SET tries = @tries
WHERE id = @id`, Args: pgx.NamedArgs{"id": c.ID, "tries": c.Tries}})
	return err
}

// Purge removes a batch of numbers and calls that ended before the time; it
// answers how many.
func (Numbers) Purge(ctx context.Context, tx pg.Tx, before time.Time) (int64, error) {
	args := pgx.NamedArgs{"before": before, "batch": purgeBatch}
	numbers, err := pg.Exec(ctx, tx, pg.Statement{Doing: "purging numbers", SQL: `
DELETE FROM consent_number
WHERE number IN (
  SELECT number
  FROM consent_number
  WHERE expire_time < @before
  ORDER BY expire_time, number
  LIMIT @batch
)`, Args: args})
	if err != nil {
		return 0, err
	}
	calls, err := pg.Exec(ctx, tx, pg.Statement{Doing: "purging calls", SQL: `
DELETE FROM consent_call
WHERE id IN (
  SELECT id
  FROM consent_call
  WHERE expire_time < @before
  ORDER BY expire_time, id
  LIMIT @batch
)`, Args: args})
	return numbers + calls, err
}
