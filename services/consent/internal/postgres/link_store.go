package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// Link names a request and who it was sent to. It can be opened again and
// again, and is no proof of a person beyond the mailbox.
type Link struct {
	Hash                             []byte
	ClientID, ConsentID, RecipientID id.ID
	// DepartureID is set for a link that stands for several requests: which of
	// them is meant is said where it is opened.
	DepartureID            id.ID
	GivenName, Locale      string
	CreateTime, ExpireTime time.Time
}

// Proof is what codes are asked for: the request, or all of a departure.
func (l Link) Proof() id.ID { return cmp.Or(l.DepartureID, l.ConsentID) }

// Links keeps the hashes of mailed links, outside row-level security.
type Links struct{}

// Insert writes freshly minted links in one statement.
func (Links) Insert(ctx context.Context, tx pg.Tx, links []Link) error {
	batch := &pgx.Batch{}
	for _, l := range links {
		batch.Queue(`
INSERT INTO consent_link (hash, client_id, consent_id, departure_id, recipient_id, given_name, locale, create_time, expire_time)
VALUES (@hash, @client, @consent, @departure, @recipient, @given, @locale, @created, @expires)`, pgx.NamedArgs{
			"hash": l.Hash, "client": l.ClientID, "consent": l.ConsentID, "departure": l.DepartureID, "recipient": l.RecipientID,
			"given": l.GivenName, "locale": l.Locale, "created": l.CreateTime, "expires": l.ExpireTime,
		})
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("inserting links: %w", err)
	}
	return nil
}

// ByHash reads a link that is still valid: LINK_INVALID when it is unknown,
// LINK_EXPIRED after its end.
func (Links) ByHash(ctx context.Context, tx pg.Tx, hash []byte, now time.Time) (Link, error) {
	l := Link{Hash: hash}
	err := tx.QueryRow(ctx, `
SELECT client_id, consent_id, departure_id, recipient_id, given_name, locale, create_time, expire_time
FROM consent_link
WHERE hash = @hash
LIMIT 1`, pgx.NamedArgs{"hash": hash}).Scan(
		&l.ClientID, &l.ConsentID, &l.DepartureID, &l.RecipientID, &l.GivenName, &l.Locale, &l.CreateTime, &l.ExpireTime)
	if errors.Is(err, pg.ErrNoRows) {
		return Link{}, fault.New(reasonv1.Reason_REASON_LINK_INVALID)
	}
	if err != nil {
		return Link{}, fmt.Errorf("reading link: %w", err)
	}
	if !now.Before(l.ExpireTime) {
		return Link{}, fault.New(reasonv1.Reason_REASON_LINK_EXPIRED)
	}
	return l, nil
}

// Extend keeps the links to a request valid at least until a time.
func (Links) Extend(ctx context.Context, tx pg.Tx, consent id.ID, until time.Time) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "extending links", SQL: `
UPDATE consent_link
SET expire_time = @until
WHERE (consent_id = @consent OR departure_id IN (
    SELECT q.departure_id
    FROM mail_departure_request q
    WHERE q.consent_id = @consent))
  AND expire_time < @until`, Args: pgx.NamedArgs{"consent": consent, "until": until}})
	return err
}

// purgeBatch bounds one statement.
const purgeBatch = 5000

// Purge removes a batch of links that ended before the time; it answers how
// many.
func (Links) Purge(ctx context.Context, tx pg.Tx, before time.Time) (int64, error) {
	return pg.Exec(ctx, tx, pg.Statement{Doing: "purging links", SQL: `
DELETE FROM consent_link
WHERE hash IN (
  SELECT hash
  FROM consent_link
  WHERE expire_time < @before
  ORDER BY expire_time, hash
  LIMIT @batch
)`, Args: pgx.NamedArgs{"before": before, "batch": purgeBatch}})
}
