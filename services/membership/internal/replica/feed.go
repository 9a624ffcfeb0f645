package replica

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/accessclient/engine"
)

// kind says which table a row of the feed is of.
type kind int32

const (
	snapshotRow kind = iota
	entryRow
	sessionRow
	organizationRow
	featureRow
	presetRow
)

// feed gives the rows of the decision, and the snapshot they were read in, in
// one statement (8c). Sensitive features are marked S, those that no grant
// reaches X.
func feed(entries, sessions, organizations, others string) string {
	return `
SELECT 1 AS kind, e.end_time IS NOT NULL OR e.suspended AS over, e.id, e.account_id, e.subject_id,
  e.via_partner, e.consent_id, e.valid_from, e.valid_until, e.rights::text AS rights, e.partner_role AS word
FROM access_entry e
WHERE e.subject_id IS NOT NULL
  AND ` + entries + `
UNION ALL
SELECT 2, s.close_time IS NOT NULL, s.id, s.account_id, s.subject_id, NULL, s.grant_id, NULL, s.expire_time, NULL, NULL
FROM support_session s
WHERE ` + sessions + `
UNION ALL
SELECT 3, o.state <> 'ACTIVE', o.id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM organization o
WHERE ` + organizations + `
UNION ALL
SELECT 4, f.retire_time IS NOT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
  CASE WHEN f.sensitive THEN 'S' ELSE '' END || CASE WHEN f.excluded_from_grants THEN 'X' ELSE '' END, f.path
FROM feature f
WHERE ` + others + `
UNION ALL
SELECT 5, false, NULL, NULL, NULL, NULL, NULL, NULL, NULL, p.rights::text, p.partner_role
FROM partner_role_preset p
WHERE ` + others + `
UNION ALL
SELECT 0, false, NULL, NULL, NULL, NULL, NULL, NULL, NULL, pg_current_snapshot()::text, NULL`
}

// everything is what a new memory begins with (10); changes is what older
// transactions than the bound did not write (9). Of the memberships of a person
// in an account, which follow each other, the one that lasts is all there is to
// say: who began it may be an older transaction than who ended the one before.
func everything() string {
	return feed("e.end_time IS NULL AND NOT e.suspended", "s.close_time IS NULL AND s.expire_time > now()", "o.state <> 'ACTIVE'", "true")
}

func changes() string {
	const since = "changed >= $1::text::xid8"
	const last = `(e.end_time IS NULL OR e.source = 'GRANT' OR NOT EXISTS (
    SELECT
    FROM access_entry n
    WHERE n.account_id = e.account_id
      AND n.subject_id = e.subject_id
      AND n.source = 'MEMBERSHIP'
      AND n.end_time IS NULL
  ))`
	return feed("e."+since+"\n  AND "+last, "s."+since, "o."+since, since)
}

type query struct {
	sql  string
	args []any
}

// read gives every row of a feed to bring, and the oldest transaction
// that was not over when it was read.
func read(ctx context.Context, conn *pgx.Conn, q query, bring func(engine.Change) error) (oldest uint64, err error) {
	rows, err := conn.Query(ctx, q.sql, q.args...)
	if err != nil {
		return 0, fmt.Errorf("reading changes: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		r := row{values: rows.RawValues()}
		if r.kind() == snapshotRow {
			oldest, err = xmin(r.values[colRights])
		} else {
			err = bring(r.change())
		}
		if err != nil {
			return 0, err
		}
	}
	if rows.Err() != nil {
		return 0, fmt.Errorf("reading changes: %w", rows.Err())
	}
	if oldest == 0 {
		return 0, errors.New("reading changes: no snapshot")
	}
	return oldest, nil
}

// xmin is the first part of a snapshot's text: every transaction below it is
// over, and seen.
func xmin(snapshot []byte) (uint64, error) {
	first, _, _ := strings.Cut(string(snapshot), ":")
	n, err := strconv.ParseUint(first, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("reading a snapshot %q: %w", snapshot, err)
	}
	return n, nil
}

// row is one row of the feed as it came over the wire, in the binary format;
// it lives until the next.
type row struct{ values [][]byte }

// The columns of the feed.
const (
	colOver = iota + 1
	colID
	colAccount
	colSubject
	colPartner
	colOther
	colFrom
	colUntil
	colRights
	colWord
)

func (r row) kind() kind { return kind(binary.BigEndian.Uint32(r.values[0])) }
func (r row) over() bool { return r.values[colOver][0] != 0 }

func (r row) id(i int) (out engine.ID) {
	copy(out[:], r.values[i])
	return out
}

// epoch is 2000-01-01, from which the database counts, in microseconds.
const epoch = 946_684_800_000_000

// micros reads a time; absent when it is NULL.
func (r row) micros(i int, absent int64) int64 {
	if r.values[i] == nil {
		return absent
	}
	at := int64(binary.BigEndian.Uint64(r.values[i]))
	if at == math.MinInt64 || at == math.MaxInt64 {
		return at
	}
	return at + epoch
}

// change reads the row; of what it gives, Rights live as long as the row.
func (r row) change() engine.Change {
	switch r.kind() {
	case entryRow:
		return r.entry()
	case sessionRow:
		return r.session()
	case organizationRow:
		return engine.Account{ID: r.id(colID), Suspended: r.over()}
	case featureRow:
		return r.feature()
	default:
		return engine.Preset{Role: string(r.values[colWord]), Rights: r.values[colRights]}
	}
}

func (r row) entry() engine.Entry {
	e := engine.Entry{
		ID: r.id(colID), Account: r.id(colAccount), Subject: r.id(colSubject), Over: r.over(),
		Rights: r.values[colRights], From: r.micros(colFrom, math.MinInt64), Until: r.micros(colUntil, engine.Forever),
	}
	if r.values[colPartner] != nil {
		e.Grant = &engine.Grant{Partner: r.id(colPartner), Consent: r.id(colOther), Role: string(r.values[colWord])}
	}
	return e
}

func (r row) session() engine.Session {
	return engine.Session{
		ID: r.id(colID), Account: r.id(colAccount), Subject: r.id(colSubject), Grant: r.id(colOther),
		Until: r.micros(colUntil, engine.Forever), Over: r.over(),
	}
}

func (r row) feature() engine.Feature {
	marks := string(r.values[colRights])
	return engine.Feature{
		Path: string(r.values[colWord]), Retired: r.over(),
		Sensitive: strings.Contains(marks, "S"), Excluded: strings.Contains(marks, "X"),
	}
}
