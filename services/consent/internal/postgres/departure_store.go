package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// Departures keeps the mails that wait for others of the same partner to the
// same approver, outside row-level security.
type Departures struct{}

const departureColumns = `id, partner_id, recipient_id, plan_time, leave_time`

// Join puts a request on the departure that waits for its partner and
// recipient, or on the one given where none waits; it answers which, held.
func (Departures) Join(ctx context.Context, tx pg.Tx, planned domain.Departure, r domain.Record) (domain.Departure, error) {
	waiting, err := pg.One(ctx, tx, pg.Statement{Doing: "planning a departure", SQL: `
INSERT INTO mail_departure (id, partner_id, recipient_id, plan_time)
VALUES (@id, @partner, @recipient, @plan)
ON CONFLICT (partner_id, recipient_id) WHERE leave_time IS NULL DO UPDATE
SET plan_time = mail_departure.plan_time
RETURNING ` + departureColumns, Args: pgx.NamedArgs{
		"id": planned.ID, "partner": planned.PartnerID, "recipient": planned.RecipientID, "plan": planned.PlanTime,
	}}, departureFromRow)
	if err != nil {
		return domain.Departure{}, err
	}
	_, err = pg.Exec(ctx, tx, pg.Statement{Doing: "joining a departure", SQL: `
INSERT INTO mail_departure_request (departure_id, client_id, consent_id)
VALUES (@departure, @client, @consent)
ON CONFLICT (departure_id, consent_id) DO NOTHING`, Args: pgx.NamedArgs{
		"departure": waiting.ID, "client": r.ClientID, "consent": r.ID,
	}})
	return waiting, err
}

// Left reads when the latest departures of a partner to a recipient left, newest
// first: as many as bound the next.
func (Departures) Left(ctx context.Context, tx pg.Tx, partner, recipient id.ID) ([]time.Time, error) {
	return pg.Many(ctx, tx, pg.Statement{Doing: "reading departures", SQL: `
SELECT leave_time
FROM mail_departure
WHERE partner_id = @partner
  AND recipient_id = @recipient
  AND leave_time IS NOT NULL
ORDER BY leave_time DESC, id DESC
LIMIT @limit`, Args: pgx.NamedArgs{
		"partner": partner, "recipient": recipient, "limit": domain.DeparturesCounted,
	}}, pgx.RowTo[time.Time])
}

// Lock reads a departure and holds it.
func (Departures) Lock(ctx context.Context, tx pg.Tx, departure id.ID) (domain.Departure, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "locking a departure", SQL: `
SELECT ` + departureColumns + `
FROM mail_departure
WHERE id = @id
FOR UPDATE`, Args: pgx.NamedArgs{"id": departure}}, departureFromRow)
}

// ByID reads a departure.
func (Departures) ByID(ctx context.Context, tx pg.Tx, departure id.ID) (domain.Departure, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "reading a departure", SQL: `
SELECT ` + departureColumns + `
FROM mail_departure
WHERE id = @id
LIMIT 1`, Args: pgx.NamedArgs{"id": departure}}, departureFromRow)
}

// Save writes when it may leave and when it left. The caller holds it.
func (Departures) Save(ctx context.Context, tx pg.Tx, d domain.Departure) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "saving a departure", SQL: `
UPDATE mail_departure
SET plan_time = @plan, leave_time = @left
WHERE id = @id`, Args: pgx.NamedArgs{"id": d.ID, "plan": d.PlanTime, "left": pg.NullTime(d.LeaveTime)}})
	return err
}

// Takes tells whether a departure took a request along.
func (Departures) Takes(ctx context.Context, tx pg.Tx, departure, consent id.ID) (client id.ID, ok bool, err error) {
	clients, err := pg.Many(ctx, tx, pg.Statement{Doing: "looking for a request of a departure", SQL: `
SELECT client_id
FROM mail_departure_request
WHERE departure_id = @departure
  AND consent_id = @consent
ORDER BY client_id
LIMIT 1`, Args: pgx.NamedArgs{"departure": departure, "consent": consent}}, pgx.RowTo[id.ID])
	if err != nil || len(clients) == 0 {
		return id.ID{}, false, err
	}
	return clients[0], true, nil
}

// NextOf reads when the first mail about a request leaves; zero: none waits.
func (Departures) NextOf(ctx context.Context, tx pg.Tx, consent id.ID) (time.Time, error) {
	next, err := pg.One(ctx, tx, pg.Statement{Doing: "reading a request's departure", SQL: `
SELECT min(d.plan_time)
FROM mail_departure_request q
JOIN mail_departure d ON d.id = q.departure_id
WHERE q.consent_id = @consent
  AND d.leave_time IS NULL
LIMIT 1`, Args: pgx.NamedArgs{"consent": consent}}, pgx.RowTo[*time.Time])
	return pg.TimeOf(next), err
}

// Overtake takes a request off the departures that wait, because its mail
// leaves now; it tells whether any did.
func (Departures) Overtake(ctx context.Context, tx pg.Tx, consent id.ID) (bool, error) {
	taken, err := pg.Exec(ctx, tx, pg.Statement{Doing: "overtaking a departure", SQL: `
WITH waiting AS (
  SELECT d.id
  FROM mail_departure d
  JOIN mail_departure_request q ON q.departure_id = d.id
  WHERE q.consent_id = @consent
    AND d.leave_time IS NULL
  ORDER BY d.id
  FOR UPDATE OF d
)
DELETE FROM mail_departure_request
WHERE consent_id = @consent
  AND departure_id IN (SELECT id FROM waiting)`, Args: pgx.NamedArgs{"consent": consent}})
	return taken > 0, err
}

// Purge removes a batch of departures that left before the time and that no
// link stands for any more; it answers how many.
func (Departures) Purge(ctx context.Context, tx pg.Tx, before time.Time) (int64, error) {
	return pg.Exec(ctx, tx, pg.Statement{Doing: "purging departures", SQL: `
DELETE FROM mail_departure
WHERE id IN (
  SELECT d.id
  FROM mail_departure d
  WHERE d.leave_time < @before
    AND NOT EXISTS (SELECT 1 FROM consent_link l WHERE l.departure_id = d.id)
  ORDER BY d.leave_time, d.id
  LIMIT @batch
)`, Args: pgx.NamedArgs{"before": before, "batch": purgeBatch}})
}

// OfDeparture reads the requests of a departure to the partner's side, those
// that wait first, the oldest first.
func (s Consents) OfDeparture(ctx context.Context, tx pg.Tx, d domain.Departure, limit int) ([]domain.Record, error) {
	return s.many(ctx, tx, `
WHERE partner_id = @partner
  AND id IN (SELECT q.consent_id FROM mail_departure_request q WHERE q.departure_id = @departure)
ORDER BY state <> 'REQUESTED', id
LIMIT @limit`, pgx.NamedArgs{"partner": d.PartnerID, "departure": d.ID, "limit": limit})
}

func departureFromRow(row pgx.CollectableRow) (domain.Departure, error) {
	var d domain.Departure
	var left *time.Time
	err := row.Scan(&d.ID, &d.PartnerID, &d.RecipientID, &d.PlanTime, &left)
	d.PlanTime, d.LeaveTime = d.PlanTime.UTC(), pg.TimeOf(left)
	return d, err
}
