package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// Consents keeps consents and their timelines.
type Consents struct{}

// maxAtOnce bounds what one cascade or sweep handles in a transaction.
const maxAtOnce = 500

// Insert writes a new request.
func (Consents) Insert(ctx context.Context, tx pg.Tx, r domain.Record) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "inserting consent", SQL: `
INSERT INTO consent (client_id, id, partner_id, assignment_id, user_id, requester_id, client_name, client_locale,
  product_name, partner, given_name, family_name, partner_role, reason, proposed_seconds, lines, state,
  create_time, request_expire_time, last_mail_time, version, predecessor_id, predecessor_name, offered, extends)
VALUES (@client_id, @id, @partner_id, @assignment_id, @user_id, @requester_id, @client_name, @client_locale,
  @product_name, @partner, @given_name, @family_name, @partner_role, @reason, @proposed_seconds, @lines, @state,
  @create_time, @request_expire_time, @last_mail_time, @version, @predecessor_id, @predecessor_name, @offered, @extends)`, Args: askedArgs(r)})
	return err
}

// Update writes what a step changed. The caller holds the row.
func (Consents) Update(ctx context.Context, tx pg.Tx, r domain.Record) error {
	changed, err := pg.Exec(ctx, tx, pg.Statement{Doing: "updating consent", SQL: `
UPDATE consent
SET state = @state, choice = @choice, granted = @granted, last_mail_time = @last_mail_time,
    give_time = @give_time, start_time = @start_time, refuse_time = @refuse_time, expire_time = @expire_time, revoke_time = @revoke_time,
    approver_id = @approver_id, approver_name = @approver_name, assurance = @assurance,
    approver_of_partner = @of_partner, text_hash = @text_hash, text_version = @text_version, text_locale = @text_locale,
    network = @network, agent = @agent, final = @final,
    confirm_time = @confirm_time, lease_until = @lease_until, lease_end = @lease_end, paused = @paused,
    team = @team, team_consent_id = @team_consent_id, version = @version
WHERE client_id = @client_id
  AND id = @id
  AND version < @version`, Args: changedArgs(r)})
	if err == nil && changed != 1 {
		err = fmt.Errorf("updating consent %s: the row is not the one that was read", r.ID)
	}
	return err
}

// Append writes one step of the timeline.
func (Consents) Append(ctx context.Context, tx pg.Tx, r domain.Record, s domain.Step) error {
	_, err := pg.Exec(ctx, tx, appendingSteps([]End{{Record: r, Step: s}}))
	return err
}

// ByID reads a client's consent. A partner's tenant finds nothing here.
func (s Consents) ByID(ctx context.Context, tx pg.Tx, client, consent id.ID) (domain.Record, error) {
	return s.one(ctx, tx, `WHERE client_id = @client AND id = @id LIMIT 1`,
		pgx.NamedArgs{"client": client, "id": consent})
}

// Lock reads a client's consent and holds it until the transaction ends.
func (s Consents) Lock(ctx context.Context, tx pg.Tx, client, consent id.ID) (domain.Record, error) {
	return s.one(ctx, tx, `WHERE client_id = @client AND id = @id LIMIT 1 FOR UPDATE`,
		pgx.NamedArgs{"client": client, "id": consent})
}

// Find reads a consent by its id alone, in the system's transaction.
func (s Consents) Find(ctx context.Context, tx pg.Tx, consent id.ID) (domain.Record, error) {
	return s.one(ctx, tx, `WHERE id = @id ORDER BY client_id LIMIT 1`, pgx.NamedArgs{"id": consent})
}

// LockForPartner is Lock for the side that asked.
func (s Consents) LockForPartner(ctx context.Context, tx pg.Tx, partner, consent id.ID) (domain.Record, error) {
	return s.one(ctx, tx, `WHERE partner_id = @partner AND id = @id LIMIT 1 FOR UPDATE`,
		pgx.NamedArgs{"partner": partner, "id": consent})
}

// ByAssignment reads what an assignment asked; false when it asked nothing.
func (s Consents) ByAssignment(ctx context.Context, tx pg.Tx, client, assignment id.ID) (domain.Record, bool, error) {
	list, err := s.many(ctx, tx, `WHERE client_id = @client AND assignment_id = @assignment LIMIT 1`,
		pgx.NamedArgs{"client": client, "assignment": assignment})
	if err != nil || len(list) == 0 {
		return domain.Record{}, false, err
	}
	return list[0], true, nil
}

// LockReplaced holds a consent together with the yeses in force that its own
// would take the place of: the same person's for the same client, partner and
// role, and those of whoever hands over to them. They are held in the one order
// in which consents are locked.
func (s Consents) LockReplaced(ctx context.Context, tx pg.Tx, r domain.Record) ([]domain.Record, error) {
	return s.many(ctx, tx, `
WHERE client_id = @client
  AND partner_id = @partner
  AND partner_role = @role
  AND (id = @id OR state = 'GIVEN' AND (user_id = @user OR user_id = (
    SELECT p.user_id
    FROM consent p
    WHERE p.client_id = @client
      AND p.id = @predecessor)))
ORDER BY id
LIMIT @limit
FOR UPDATE`, pgx.NamedArgs{
		"client": r.ClientID, "partner": r.PartnerID, "user": r.UserID, "role": string(r.Role), "id": r.ID,
		"predecessor": r.PredecessorID, "limit": maxAtOnce,
	})
}

// TurnedDown reads the last answers by which the client turned this person of
// this partner down.
func (s Consents) TurnedDown(ctx context.Context, tx pg.Tx, r domain.Record) ([]domain.Record, error) {
	return s.many(ctx, tx, `
WHERE client_id = @client
  AND partner_id = @partner
  AND user_id = @user
  AND state IN ('REFUSED', 'WITHDRAWN')
ORDER BY coalesce(revoke_time, refuse_time) DESC, id DESC
LIMIT 1`, pgx.NamedArgs{"client": r.ClientID, "partner": r.PartnerID, "user": r.UserID})
}

// LockOpenOfSubject holds what one person has asked or holds through one
// partner, over all clients, and the noes that could become yeses.
func (s Consents) LockOpenOfSubject(ctx context.Context, tx pg.Tx, partner, user id.ID) ([]domain.Record, error) {
	return s.many(ctx, tx, `
WHERE partner_id = @partner
  AND user_id = @user
  AND (state IN ('REQUESTED', 'GIVEN') OR state = 'REFUSED' AND NOT final)
ORDER BY id
LIMIT @limit
FOR UPDATE`, pgx.NamedArgs{"partner": partner, "user": user, "limit": maxAtOnce})
}

// LockGiven holds a batch of the yeses in force at a client, of one partner or,
// with a zero id, of all, and the requests for more than they give.
func (s Consents) LockGiven(ctx context.Context, tx pg.Tx, client, partner id.ID) ([]domain.Record, error) {
	return s.many(ctx, tx, `
WHERE client_id = @client
  AND (@partner::uuid IS NULL OR partner_id = @partner)
  AND (state = 'GIVEN' OR state = 'REQUESTED' AND extends IS NOT NULL)
ORDER BY id
LIMIT @limit
FOR UPDATE`, pgx.NamedArgs{"client": client, "partner": partner, "limit": maxAtOnce})
}

// AskedSince tells whether the client was asked for the same person again
// after this consent.
func (Consents) AskedSince(ctx context.Context, tx pg.Tx, r domain.Record) (bool, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "looking for a newer request", SQL: `
SELECT EXISTS (
  SELECT 1
  FROM consent
  WHERE client_id = @client
    AND partner_id = @partner
    AND user_id = @user
    AND partner_role = @role
    AND create_time > @created
)
LIMIT 1`, Args: pgx.NamedArgs{
		"client": r.ClientID, "partner": r.PartnerID, "user": r.UserID, "role": string(r.Role), "created": r.CreateTime,
	}}, pgx.RowTo[bool])
}

// TimesRefused reads when a client last said no to a partner, newest first.
func (Consents) TimesRefused(ctx context.Context, tx pg.Tx, r domain.Record, since time.Time) ([]time.Time, error) {
	return pg.Many(ctx, tx, pg.Statement{Doing: "reading refusals", SQL: `
SELECT refuse_time
FROM consent
WHERE client_id = @client
  AND partner_id = @partner
  AND state = 'REFUSED'
  AND refuse_time > @since
ORDER BY refuse_time DESC, id DESC
LIMIT @limit`, Args: pgx.NamedArgs{
		"client": r.ClientID, "partner": r.PartnerID, "since": since, "limit": domain.NoesThatCool,
	}}, pgx.RowTo[time.Time])
}

// LockDue holds a batch of those whose time is over, leaving what others hold.
func (s Consents) LockDue(ctx context.Context, tx pg.Tx, now time.Time) ([]domain.Record, error) {
	return s.many(ctx, tx, `
WHERE (state = 'REQUESTED' AND request_expire_time <= @now)
   OR (state = 'GIVEN' AND expire_time <= @now)
   OR (state = 'GIVEN' AND lease_until <= @now AND (NOT paused OR lease_end <= @now))
ORDER BY id
LIMIT @limit
FOR UPDATE SKIP LOCKED`, pgx.NamedArgs{"now": now, "limit": maxAtOnce})
}

// Timeline reads the steps of a consent, oldest first.
func (Consents) Timeline(ctx context.Context, tx pg.Tx, client, consent id.ID) ([]domain.Step, error) {
	return pg.Many(ctx, tx, pg.Statement{Doing: "reading timeline", SQL: `
SELECT event, from_state, to_state, party, actor_id, actor_name, time, reason
FROM transition
WHERE client_id = @client
  AND consent_id = @consent
ORDER BY version
LIMIT @limit`, Args: pgx.NamedArgs{"client": client, "consent": consent, "limit": maxAtOnce}}, stepFromRow)
}

func stepFromRow(row pgx.CollectableRow) (domain.Step, error) {
	var s domain.Step
	err := row.Scan(&s.Event, &s.From, &s.To, &s.Actor.Party, &s.Actor.ID, &s.Actor.Name, &s.Time, &s.Reason)
	s.Time = s.Time.UTC()
	return s, err
}

func (s Consents) one(ctx context.Context, tx pg.Tx, rest string, args pgx.NamedArgs) (domain.Record, error) {
	rows, err := tx.Query(ctx, "SELECT "+consentColumns+" FROM consent "+rest, args)
	if err != nil {
		return domain.Record{}, fmt.Errorf("reading consent: %w", err)
	}
	row, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[consentRow])
	if errors.Is(err, pg.ErrNoRows) {
		return domain.Record{}, fault.NotFound()
	}
	if err != nil {
		return domain.Record{}, fmt.Errorf("reading consent: %w", err)
	}
	return consentFromRow(row), nil
}

func (Consents) many(ctx context.Context, tx pg.Tx, rest string, args pgx.NamedArgs) ([]domain.Record, error) {
	rows, err := tx.Query(ctx, "SELECT "+consentColumns+" FROM consent "+rest, args)
	if err != nil {
		return nil, fmt.Errorf("reading consents: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[consentRow])
	if err != nil {
		return nil, fmt.Errorf("reading consents: %w", err)
	}
	out := make([]domain.Record, len(list))
	for i, row := range list {
		out[i] = consentFromRow(row)
	}
	return out, nil
}
