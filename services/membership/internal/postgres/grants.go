package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// UpsertGrants stores grants, each id once. A row changes only to a newer
// version; one that ended stays ended, and the parties of a grant never change.
// It answers how many rows changed.
func UpsertGrants(ctx context.Context, tx pg.Tx, grants []domain.Grant) (int, error) {
	args, err := grantArgs(grants)
	if err != nil {
		return 0, err
	}
	tag, err := tx.Exec(ctx, `
INSERT INTO access_entry (id, account_id, subject_id, source, rights, valid_from, valid_until,
  via_partner, partner_role, consent_id, version)
SELECT g.id, g.account, g.subject, 'GRANT', g.rights::jsonb, coalesce(g.valid_from, '-infinity'), g.valid_until,
  g.partner, g.partner_role, g.consent, g.version
FROM unnest(@ids::uuid[], @accounts::uuid[], @subjects::uuid[], @rights::text[], @froms::timestamptz[],
  @untils::timestamptz[], @partners::uuid[], @roles::text[], @consents::uuid[], @versions::bigint[])
  AS g (id, account, subject, rights, valid_from, valid_until, partner, partner_role, consent, version)
ORDER BY g.id
ON CONFLICT (id) DO UPDATE
SET rights = excluded.rights,
    valid_from = excluded.valid_from,
    valid_until = excluded.valid_until,
    partner_role = excluded.partner_role,
    version = excluded.version
WHERE access_entry.source = 'GRANT'
  AND access_entry.end_time IS NULL
  AND access_entry.version < excluded.version
  AND access_entry.account_id = excluded.account_id
  AND access_entry.subject_id = excluded.subject_id
  AND access_entry.via_partner = excluded.via_partner
  AND access_entry.consent_id = excluded.consent_id`, args)
	if err != nil {
		return 0, fmt.Errorf("storing grants: %w", err)
	}
	return int(tag.RowsAffected()), nil
}

// grantArgs turns rows into columns.
func grantArgs(grants []domain.Grant) (pgx.NamedArgs, error) {
	n := len(grants)
	ids, accounts, subjects := make([]id.ID, n), make([]id.ID, n), make([]id.ID, n)
	partners, consents := make([]id.ID, n), make([]id.ID, n)
	rights, roles := make([]string, n), make([]string, n)
	froms, untils := make([]*time.Time, n), make([]*time.Time, n)
	versions := make([]int64, n)
	for i, g := range grants {
		encoded, err := json.Marshal(g.Rights)
		if err != nil {
			return nil, fmt.Errorf("encoding rights: %w", err)
		}
		ids[i], accounts[i], subjects[i], partners[i], consents[i] = g.ID, g.AccountID, g.SubjectID, g.PartnerID, g.ConsentID
		rights[i], roles[i], versions[i] = string(encoded), string(g.PartnerRole), g.Version
		froms[i], untils[i] = pg.NullTime(g.ValidFrom), pg.NullTime(g.ValidUntil)
	}
	return pgx.NamedArgs{
		"ids": ids, "accounts": accounts, "subjects": subjects, "rights": rights, "froms": froms, "untils": untils,
		"partners": partners, "roles": roles, "consents": consents, "versions": versions,
	}, nil
}

// InsertTombstones makes an ended row of every grant that is not known yet, so
// that a late UpsertGrants cannot revive it. It waits for whoever is storing
// the same grant right now.
func InsertTombstones(ctx context.Context, tx pg.Tx, ends []domain.GrantEnd) error {
	n := len(ends)
	ids, accounts, versions := make([]id.ID, n), make([]id.ID, n), make([]int64, n)
	for i, e := range ends {
		ids[i], accounts[i], versions[i] = e.GrantID, e.AccountID, e.Version
	}
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "storing ended grants", SQL: `
INSERT INTO access_entry (id, account_id, source, version, end_time)
SELECT g.id, g.account, 'GRANT', g.version, now()
FROM unnest(@ids::uuid[], @accounts::uuid[], @versions::bigint[]) AS g (id, account, version)
ORDER BY g.id
ON CONFLICT (id) DO NOTHING`, Args: pgx.NamedArgs{"ids": ids, "accounts": accounts, "versions": versions}})
	return err
}

// EndGrants ends live grants and answers which were in force until now. An end
// holds whatever its version: no version makes an ended right come back.
func EndGrants(ctx context.Context, tx pg.Tx, ends []domain.GrantEnd) ([]id.ID, error) {
	n := len(ends)
	ids, versions := make([]id.ID, n), make([]int64, n)
	for i, e := range ends {
		ids[i], versions[i] = e.GrantID, e.Version
	}
	return endEntries(ctx, tx, `
WITH locked AS (
  SELECT e.id, g.version
  FROM access_entry e
  JOIN unnest(@ids::uuid[], @versions::bigint[]) AS g (id, version) ON g.id = e.id
  WHERE e.source = 'GRANT'
    AND e.end_time IS NULL
  ORDER BY e.id
  FOR UPDATE OF e
)`, pgx.NamedArgs{"ids": ids, "versions": versions})
}

// EndGrantsVia ends every grant that a person holds through a partner.
func EndGrantsVia(ctx context.Context, tx pg.Tx, partner, subject id.ID) ([]id.ID, error) {
	return endEntries(ctx, tx, `
WITH locked AS (
  SELECT e.id, e.version
  FROM access_entry e
  WHERE e.via_partner = @partner
    AND e.subject_id = @subject
    AND e.source = 'GRANT'
    AND e.end_time IS NULL
  ORDER BY e.id
  FOR UPDATE OF e
)`, pgx.NamedArgs{"partner": partner, "subject": subject})
}

// endEntries ends the rows that the statement's beginning locked.
func endEntries(ctx context.Context, tx pg.Tx, locked string, args pgx.NamedArgs) ([]id.ID, error) {
	rows, err := tx.Query(ctx, locked+`
UPDATE access_entry e
SET end_time = now(),
    version = greatest(e.version, locked.version)
FROM locked
WHERE e.id = locked.id
RETURNING e.id, e.valid_until IS NULL OR e.valid_until > now()`, args)
	if err != nil {
		return nil, fmt.Errorf("ending grants: %w", err)
	}
	var ended []id.ID
	var grant id.ID
	var inForce bool
	_, err = pgx.ForEachRow(rows, []any{&grant, &inForce}, func() error {
		if inForce {
			ended = append(ended, grant)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("ending grants: %w", err)
	}
	return ended, nil
}
