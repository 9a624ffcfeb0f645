package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// MyInvitation is an invitation as the invited person sees it.
type MyInvitation struct {
	Invitation       domain.Invitation
	OrganizationName string
}

// UseAddress lets the rest of the transaction see the invitations to the
// signed-in person's address. The key must come from identity.
func UseAddress(ctx context.Context, tx pg.Tx, emailKey string) error {
	if _, err := tx.Exec(ctx, "SELECT set_config('app.email_key', @key, true)", pgx.NamedArgs{"key": emailKey}); err != nil {
		return fmt.Errorf("setting the address: %w", err)
	}
	return nil
}

// ListMine lists what is pending for the transaction's address now, newest
// first.
func ListMine(ctx context.Context, tx pg.Tx, s Slice) ([]MyInvitation, error) {
	return pg.Many(ctx, tx, pg.Statement{Doing: "listing a person's invitations", SQL: "SELECT " + invitationColumns + `, o.legal_name
FROM invitation i
JOIN organization o ON o.id = i.organization_id
WHERE i.email_key = ctx_email_key()
  AND i.state = 'PENDING'
  AND i.expire_time > now()
  AND o.state = 'ACTIVE'
  AND (@first OR (i.create_time, i.id) < (@after_time, @after_id::uuid))
ORDER BY i.create_time DESC, i.id DESC
LIMIT @limit`, Args: s.args(pgx.NamedArgs{})}, func(row pgx.CollectableRow) (m MyInvitation, err error) {
		return m, row.Scan(append(invitationFields(&m.Invitation), &m.OrganizationName)...)
	})
}
