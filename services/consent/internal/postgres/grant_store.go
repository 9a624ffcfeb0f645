package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// Grants keeps the rights under given consents.
type Grants struct{}

const grantColumns = `
client_id, id, consent_id, partner_id, user_id, partner_role, rights, state,
valid_from, valid_until, end_time, end_reason, scheduled, lease_until, version, settled`

type grantRow struct {
	ClientID   id.ID          `db:"client_id"`
	ID         id.ID          `db:"id"`
	ConsentID  id.ID          `db:"consent_id"`
	PartnerID  id.ID          `db:"partner_id"`
	UserID     id.ID          `db:"user_id"`
	Role       string         `db:"partner_role"`
	Rights     []domain.Right `db:"rights"`
	State      string         `db:"state"`
	ValidFrom  time.Time      `db:"valid_from"`
	ValidUntil *time.Time     `db:"valid_until"`
	EndTime    *time.Time     `db:"end_time"`
	EndReason  string         `db:"end_reason"`
	Scheduled  bool           `db:"scheduled"`
	LeaseUntil *time.Time     `db:"lease_until"`
	Version    int64          `db:"version"`
	Settled    int64          `db:"settled"`
}

func grantFromRow(row grantRow) domain.Grant {
	return domain.Grant{
		ID: row.ID, ConsentID: row.ConsentID, ClientID: row.ClientID, PartnerID: row.PartnerID, UserID: row.UserID,
		Role: domain.Role(row.Role), Rights: row.Rights, State: domain.GrantState(row.State),
		ValidFrom: row.ValidFrom.UTC(), ValidUntil: pg.TimeOf(row.ValidUntil),
		EndTime: pg.TimeOf(row.EndTime), EndReason: domain.State(row.EndReason),
		Scheduled: row.Scheduled, LeaseUntil: pg.TimeOf(row.LeaseUntil), Version: row.Version, Settled: row.Settled,
	}
}

func grantArgs(g domain.Grant) pgx.NamedArgs {
	return pgx.NamedArgs{
		"client_id": g.ClientID, "id": g.ID, "consent_id": g.ConsentID, "partner_id": g.PartnerID, "user_id": g.UserID,
		"partner_role": string(g.Role), "rights": present(g.Rights), "state": string(g.State),
		"valid_from": g.ValidFrom, "valid_until": pg.NullTime(g.ValidUntil), "end_time": pg.NullTime(g.EndTime),
		"end_reason": string(g.EndReason), "scheduled": g.Scheduled, "lease_until": pg.NullTime(g.LeaseUntil), "version": g.Version, "settled": g.Settled,
	}
}

// Insert writes a new grant.
func (Grants) Insert(ctx context.Context, tx pg.Tx, g domain.Grant) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "inserting grant", SQL: `
INSERT INTO access_grant (` + grantColumns + `)
VALUES (@client_id, @id, @consent_id, @partner_id, @user_id, @partner_role, @rights, @state,
  @valid_from, @valid_until, @end_time, @end_reason, @scheduled, @lease_until, @version, @settled)`, Args: grantArgs(g)})
	return err
}

// Update writes a lease, an end, or what is left of a narrowed grant. The caller
// holds the consent's row.
func (Grants) Update(ctx context.Context, tx pg.Tx, g domain.Grant) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "updating grant", SQL: `
UPDATE access_grant
SET state = @state, rights = @rights, valid_until = @valid_until, lease_until = @lease_until, end_time = @end_time, end_reason = @end_reason, version = @version
WHERE client_id = @client_id
  AND id = @id
  AND version < @version`, Args: grantArgs(g)})
	return err
}

// Settle notes that the decision has confirmed the grants' versions. What is lost
// with the machine is confirmed again: it waits for no disk.
func (Grants) Settle(ctx context.Context, db *pg.DB, grants []domain.Grant) error {
	n := len(grants)
	clients, ids, versions := make([]id.ID, n), make([]id.ID, n), make([]int64, n)
	for i, g := range grants {
		clients[i], ids[i], versions[i] = g.ClientID, g.ID, g.Version
	}
	return db.AtOnce(ctx, "settling grants", pg.Answered{Statement: pg.Statement{Doing: "settling grants", SQL: `
UPDATE access_grant g
SET settled = s.version
FROM (
  SELECT client, id, version
  FROM unnest(@clients::uuid[], @ids::uuid[], @versions::bigint[]) AS s (client, id, version)
  ORDER BY id
) s, set_config('synchronous_commit', 'off', true)
WHERE g.client_id = s.client
  AND g.id = s.id
  AND g.settled < s.version`, Args: pgx.NamedArgs{"clients": clients, "ids": ids, "versions": versions}}})
}

// ByConsent reads the grant under a consent; false when there is none.
func (s Grants) ByConsent(ctx context.Context, tx pg.Tx, client, consent id.ID) (domain.Grant, bool, error) {
	return s.maybe(ctx, tx, `WHERE client_id = @client AND consent_id = @id LIMIT 1`,
		pgx.NamedArgs{"client": client, "id": consent})
}

// ByID reads a grant; false when there is none.
func (s Grants) ByID(ctx context.Context, tx pg.Tx, client, grant id.ID) (domain.Grant, bool, error) {
	return s.maybe(ctx, tx, `WHERE client_id = @client AND id = @id LIMIT 1`,
		pgx.NamedArgs{"client": client, "id": grant})
}

// UnsettledEndsOfSubject reads the ends that the decision has not confirmed,
// of one person through one partner.
func (s Grants) UnsettledEndsOfSubject(ctx context.Context, tx pg.Tx, partner, user id.ID) ([]domain.Grant, error) {
	return s.many(ctx, tx, `
WHERE partner_id = @partner
  AND user_id = @user
  AND state <> 'ACTIVE'
  AND settled < version
ORDER BY id
LIMIT @limit`, pgx.NamedArgs{"partner": partner, "user": user, "limit": maxAtOnce})
}

// UnsettledEndsOfClient reads the ends that the decision has not confirmed, at
// one client, through one partner or, with a zero id, through all.
func (s Grants) UnsettledEndsOfClient(ctx context.Context, tx pg.Tx, client, partner id.ID) ([]domain.Grant, error) {
	return s.many(ctx, tx, `
WHERE client_id = @client
  AND (@partner::uuid IS NULL OR partner_id = @partner)
  AND state <> 'ACTIVE'
  AND settled < version
ORDER BY id
LIMIT @limit`, pgx.NamedArgs{"client": client, "partner": partner, "limit": maxAtOnce})
}

func (s Grants) maybe(ctx context.Context, tx pg.Tx, rest string, args pgx.NamedArgs) (domain.Grant, bool, error) {
	list, err := s.many(ctx, tx, rest, args)
	if err != nil || len(list) == 0 {
		return domain.Grant{}, false, err
	}
	return list[0], true, nil
}

func (Grants) many(ctx context.Context, tx pg.Tx, rest string, args pgx.NamedArgs) ([]domain.Grant, error) {
	rows, err := tx.Query(ctx, "SELECT "+grantColumns+" FROM access_grant "+rest, args)
	if err != nil {
		return nil, fmt.Errorf("reading grants: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[grantRow])
	if err != nil {
		return nil, fmt.Errorf("reading grants: %w", err)
	}
	out := make([]domain.Grant, len(list))
	for i, row := range list {
		out[i] = grantFromRow(row)
	}
	return out, nil
}
