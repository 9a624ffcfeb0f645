package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// CreditList says which credits to list, by client name.
type CreditList struct {
	Partner id.ID
	Month   domain.Month
	After   *DossiersAfter // nil: the first page
	Limit   int
}

func (l CreditList) args() pgx.NamedArgs {
	args := pgx.NamedArgs{
		"partner": l.Partner, "month": l.Month.Begin(), "begin": l.Month.Begin(), "end": l.Month.End(),
		"name": "", "id": "00000000-0000-0000-0000-000000000000", "limit": l.Limit, // before every row
	}
	if l.After != nil {
		args["name"], args["id"] = l.After.SortName, l.After.ID
	}
	return args
}

// computed are the credits of a partner's month out of who acted: the tag that
// somebody had when a visit began, and whether another partner had listed the
// same person for the client before, then. It reads the rows of all partners.
const computed = `
SELECT d.id AS dossier_id, d.client_id, d.client_name, d.sort_name,
  count(*)::integer AS visits, count(DISTINCT v.collaborator_id)::integer AS collaborators,
  bool_or(v.untagged) AS untagged, bool_or(v.conflicting) AS conflicting,
  coalesce(max(r.amount_minor), 0) AS amount_minor, coalesce(max(r.currency), '') AS currency
FROM (
  SELECT s.partner_id, s.dossier_id, s.collaborator_id,
    NOT EXISTS (
      SELECT
      FROM collaborator_tag t
      WHERE t.partner_id = s.partner_id
        AND t.collaborator_id = s.collaborator_id
        AND t.since_time <= s.start_time
        AND (t.until_time IS NULL OR t.until_time > s.start_time)
    ) AS untagged,
    EXISTS (
      SELECT
      FROM collaborator oc
      JOIN assignment o ON o.partner_id = oc.partner_id
        AND o.collaborator_id = oc.id
        AND o.since_time < a.since_time
        AND (o.end_time IS NULL OR o.end_time > s.start_time)
      JOIN dossier od ON od.partner_id = o.partner_id
        AND od.id = o.dossier_id
        AND od.client_id = s.client_id
      WHERE oc.partner_id <> s.partner_id
        AND (oc.user_id = c.user_id OR (c.canonical_key <> '' AND oc.canonical_key = c.canonical_key AND oc.email_key = c.email_key))
    ) AS conflicting
  FROM support_session s
  JOIN assignment a ON a.partner_id = s.partner_id AND a.id = s.assignment_id
  JOIN collaborator c ON c.partner_id = s.partner_id AND c.id = s.collaborator_id
  WHERE s.partner_id = @partner
    AND s.start_time >= @begin
    AND s.start_time < @end
) v
JOIN dossier d ON d.partner_id = v.partner_id AND d.id = v.dossier_id
LEFT JOIN revenue r ON r.partner_id = d.partner_id AND r.month = @month::date AND r.client_id = d.client_id
WHERE (d.sort_name, d.id) > (@name::text, @id::uuid)
GROUP BY d.partner_id, d.id
ORDER BY d.sort_name, d.id
LIMIT @limit`

// ComputedCredits computes them. The transaction must see all partners.
func ComputedCredits(ctx context.Context, tx pg.Tx, l CreditList) ([]domain.Credit, error) {
	return collect[domain.Credit](ctx, tx, pg.Statement{Doing: "computing credits", SQL: computed, Args: l.args()})
}

// FrozenCredits lists them as they were when the month was frozen.
func FrozenCredits(ctx context.Context, tx pg.Tx, l CreditList) ([]domain.Credit, error) {
	return collect[domain.Credit](ctx, tx, pg.Statement{Doing: "listing frozen credits", SQL: `
SELECT f.dossier_id, f.client_id, f.client_name, f.sort_name, f.visits, f.collaborators,
  f.untagged, f.conflicting, f.amount_minor, f.currency
FROM frozen_credit f
WHERE f.partner_id = @partner
  AND f.month = @month::date
  AND (f.sort_name, f.dossier_id) > (@name::text, @id::uuid)
ORDER BY f.sort_name, f.dossier_id
LIMIT @limit`, Args: l.args()})
}

// Frozen tells whether a partner's month was.
func Frozen(ctx context.Context, tx pg.Tx, partner id.ID, m domain.Month) (bool, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "looking for frozen credits", SQL: `
SELECT EXISTS (
  SELECT
  FROM frozen_credit f
  WHERE f.partner_id = @partner
    AND f.month = @month::date
)`, Args: pgx.NamedArgs{"partner": partner, "month": m.Begin()}}, pgx.RowTo[bool])
}

// FreezeCredits writes the credits of a partner's month down, once. The
// transaction must see all partners.
func FreezeCredits(ctx context.Context, tx pg.Tx, l CreditList, now time.Time) error {
	args := l.args()
	args["now"] = now
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "freezing credits", SQL: `
INSERT INTO frozen_credit (partner_id, month, dossier_id, client_id, client_name, sort_name, visits, collaborators,
  untagged, conflicting, amount_minor, currency, freeze_time)
SELECT @partner, @month::date, v.dossier_id, v.client_id, v.client_name, v.sort_name, v.visits, v.collaborators,
  v.untagged, v.conflicting, v.amount_minor, v.currency, @now
FROM (` + computed + `) v
ON CONFLICT (partner_id, month, dossier_id) DO NOTHING`, Args: args})
	return err
}

// Unfrozen gives the partners that acted in a month whose credits nobody froze.
func Unfrozen(ctx context.Context, tx pg.Tx, m domain.Month, limit int) ([]id.ID, error) {
	return ids(ctx, tx, pg.Statement{Doing: "looking for months to freeze", SQL: `
SELECT DISTINCT s.partner_id
FROM support_session s
WHERE s.start_time >= @begin
  AND s.start_time < @end
  AND NOT EXISTS (
    SELECT
    FROM frozen_credit f
    WHERE f.partner_id = s.partner_id
      AND f.month = @begin::date
  )
ORDER BY s.partner_id
LIMIT @limit`, Args: pgx.NamedArgs{"begin": m.Begin(), "end": m.End(), "limit": limit}})
}

// SaveRevenue stores what a client pays; false when the partner has no link with
// it.
func SaveRevenue(ctx context.Context, tx pg.Tx, r domain.Revenue) (bool, error) {
	changed, err := pg.Exec(ctx, tx, pg.Statement{Doing: "storing revenue", SQL: `
INSERT INTO revenue (partner_id, client_id, month, amount_minor, currency, update_time)
SELECT @partner, @client, @month::date, @amount, @currency, @time
WHERE EXISTS (
  SELECT
  FROM dossier d
  WHERE d.partner_id = @partner
    AND d.client_id = @client
)
ON CONFLICT (partner_id, month, client_id) DO UPDATE
SET amount_minor = excluded.amount_minor,
    currency = excluded.currency,
    update_time = excluded.update_time`, Args: pgx.NamedArgs{
		"partner": r.PartnerID, "client": r.ClientID, "month": r.Month.Begin(), "amount": r.AmountMinor,
		"currency": r.Currency, "time": r.Time,
	}})
	return changed == 1, err
}

// EnteredUntagged tells whether a collaborator entered a dossier without a tag
// before, in the month of a visit.
func EnteredUntagged(ctx context.Context, tx pg.Tx, s domain.SupportSession) (bool, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "looking for untagged visits", SQL: `
SELECT EXISTS (
  SELECT
  FROM support_session s
  WHERE s.partner_id = @partner
    AND s.dossier_id = @dossier
    AND s.collaborator_id = @collaborator
    AND s.start_time >= @begin
    AND s.id <> @id
    AND NOT EXISTS (
      SELECT
      FROM collaborator_tag t
      WHERE t.partner_id = s.partner_id
        AND t.collaborator_id = s.collaborator_id
        AND t.since_time <= s.start_time
        AND (t.until_time IS NULL OR t.until_time > s.start_time)
    )
)`, Args: pgx.NamedArgs{
		"partner": s.PartnerID, "dossier": s.DossierID, "collaborator": s.CollaboratorID,
		"begin": domain.MonthOf(s.StartTime).Begin(), "id": s.ID,
	}}, pgx.RowTo[bool])
}
