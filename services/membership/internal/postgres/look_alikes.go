package postgres

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// maxLookAlikes are enough to warn.
const maxLookAlikes = 5

// FindLookAlikes lists the addresses, of members and of who is invited now,
// that look like the one with this key, itself left out (R102, R103). folded is
// the key without its +tag.
func FindLookAlikes(ctx context.Context, tx pg.Tx, organization id.ID, key, folded string) ([]string, error) {
	local, at, _ := strings.Cut(folded, "@")
	return pg.Many(ctx, tx, pg.Statement{Doing: "looking for like addresses", SQL: `
WITH near AS (
  SELECT unnest(@near::text[]) COLLATE "C" AS email_key
), here AS (
  SELECT m.email, m.email_key
  FROM member m
  WHERE m.organization_id = @organization
    AND m.end_time IS NULL
    AND m.email_key >= @from
    AND m.email_key < @to
  UNION
  SELECT i.email, i.email_key
  FROM invitation i
  WHERE i.organization_id = @organization
    AND i.state = 'PENDING'
    AND i.expire_time > now()
    AND i.email_key >= @from
    AND i.email_key < @to
  UNION
  SELECT found.email, found.email_key
  FROM near n
  CROSS JOIN LATERAL (
    (SELECT m.email, m.email_key
    FROM member m
    WHERE m.organization_id = @organization
      AND m.email_key = n.email_key
      AND m.end_time IS NULL
    ORDER BY m.id
    LIMIT 1)
    UNION ALL
    (SELECT i.email, i.email_key
    FROM invitation i
    WHERE i.organization_id = @organization
      AND i.email_key = n.email_key
      AND i.state = 'PENDING'
      AND i.expire_time > now()
    ORDER BY i.id
    LIMIT 1)
  ) AS found
)
SELECT email
FROM here
WHERE email_key <> @key
  AND right(email_key, length(@domain)) = @domain
ORDER BY email_key, email
LIMIT @limit`, Args: pgx.NamedArgs{
		"organization": organization, "key": key, "near": append(domain.LookAlikes(key), folded),
		// Every +tag of the same mailbox lies between these two.
		"from": local + "+", "to": local + ",", "domain": "@" + at, "limit": maxLookAlikes,
	}}, pgx.RowTo[string])
}
