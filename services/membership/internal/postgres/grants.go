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

// EndGrants ends grants and the support sessions that stand on them, and tells how
// many of either were in force until now. An end holds whatever its version: no
// version makes an ended right come back. A grant that is not known yet gets an
// ended row, so that a late UpsertGrants cannot revive it; whoever is storing it
// right now is waited for. It is one transaction in one round trip: others wait for
// the answer.
func EndGrants(ctx context.Context, db *pg.DB, ends []domain.GrantEnd) (grants, sessions int, err error) {
	n := len(ends)
	ids, accounts, versions := make([]id.ID, n), make([]id.ID, n), make([]int64, n)
	for i, e := range ends {
		ids[i], accounts[i], versions[i] = e.GrantID, e.AccountID, e.Version
	}
	args := pgx.NamedArgs{"ids": ids, "accounts": accounts, "versions": versions}
	var ended []id.ID
	err = db.AtOnce(ctx, "grants.end",
		pg.Answered{Statement: pg.Statement{Doing: "storing ended grants", Args: args, SQL: `
INSERT INTO access_entry (id, account_id, source, version, end_time)
SELECT g.id, g.account, 'GRANT', g.version, now()
FROM unnest(@ids::uuid[], @accounts::uuid[], @versions::bigint[]) AS g (id, account, version)
ORDER BY g.id
ON CONFLICT (id) DO NOTHING`}},
		pg.Answered{Scan: inForce(&ended), Statement: endingEntries(args, `
WITH locked AS (
  SELECT e.id, g.version
  FROM access_entry e
  JOIN unnest(@ids::uuid[], @versions::bigint[]) AS g (id, version) ON g.id = e.id
  WHERE e.source = 'GRANT'
    AND e.end_time IS NULL
  ORDER BY e.id
  FOR UPDATE OF e
)`)},
		pg.Answered{Scan: counted(&sessions), Statement: closingSessions("grant_id = ANY(@ids::uuid[])", args)})
	return len(ended), sessions, err
}

// EndGrantsVia ends every grant that a person holds through a partner.
func EndGrantsVia(ctx context.Context, tx pg.Tx, partner, subject id.ID) ([]id.ID, error) {
	statement := endingEntries(pgx.NamedArgs{"partner": partner, "subject": subject}, `
WITH locked AS (
  SELECT e.id, e.version
  FROM access_entry e
  WHERE e.via_partner = @partner
    AND e.subject_id = @subject
    AND e.source = 'GRANT'
    AND e.end_time IS NULL
  ORDER BY e.id
  FOR UPDATE OF e
)`)
	var ended []id.ID
	rows, err := tx.Query(ctx, statement.SQL, statement.Args)
	if err == nil {
		err = inForce(&ended)(rows)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", statement.Doing, err)
	}
	return ended, nil
}

// endingEntries ends the rows that the statement's beginning locked.
func endingEntries(args pgx.NamedArgs, locked string) pg.Statement {
	return pg.Statement{Doing: "ending grants", Args: args, SQL: locked + `
UPDATE access_entry e
SET end_time = now(),
    version = greatest(e.version, locked.version)
FROM locked
WHERE e.id = locked.id
RETURNING e.id, e.valid_until IS NULL OR e.valid_until > now()`}
}

// inForce reads which of the ended were in force until now.
func inForce(ended *[]id.ID) func(pgx.Rows) error {
	return func(rows pgx.Rows) error {
		var grant id.ID
		var was bool
		_, err := pgx.ForEachRow(rows, []any{&grant, &was}, func() error {
			if was {
				*ended = append(*ended, grant)
			}
			return nil
		})
		return err
	}
}
