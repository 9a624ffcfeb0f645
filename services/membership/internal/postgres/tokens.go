package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/token"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// Link is what a stored token leads to.
type Link struct {
	OrganizationID id.ID
	InvitationID   id.ID
}

// InsertToken stores the hash of a freshly minted link.
func InsertToken(ctx context.Context, tx pg.Tx, t token.Token, i domain.Invitation) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "storing token", SQL: `
INSERT INTO one_time_token (hash, kind, tenant_id, subject_id, generation)
VALUES (@hash, @kind, @tenant, @subject, @generation)`, Args: pgx.NamedArgs{
		"hash": t.Hash(), "kind": string(t.Kind()), "tenant": i.OrganizationID,
		"subject": i.ID, "generation": i.Generation,
	}})
	return err
}

// FindLink reads what a token leads to, used or not; pg.ErrNoRows when it is
// unknown.
func FindLink(ctx context.Context, tx pg.Tx, t token.Token) (Link, error) {
	var l Link
	err := tx.QueryRow(ctx, `
SELECT tenant_id, subject_id
FROM one_time_token
WHERE hash = @hash
  AND kind = @kind`, pgx.NamedArgs{"hash": t.Hash(), "kind": string(t.Kind())}).Scan(&l.OrganizationID, &l.InvitationID)
	if err != nil {
		return l, fmt.Errorf("reading token: %w", err)
	}
	return l, nil
}

// ErrTokenUsed says that a token served before.
var ErrTokenUsed = errors.New("the token is used")

// ConsumeToken uses a token up, in the transaction of its effect.
func ConsumeToken(ctx context.Context, tx pg.Tx, t token.Token, user id.ID) error {
	tag, err := tx.Exec(ctx, `
UPDATE one_time_token
SET used_time = now(),
    used_by = @user
WHERE hash = @hash
  AND kind = @kind
  AND used_time IS NULL`, pgx.NamedArgs{"hash": t.Hash(), "kind": string(t.Kind()), "user": user})
	if err != nil {
		return fmt.Errorf("consuming token: %w", err)
	}
	if tag.RowsAffected() != 1 {
		return ErrTokenUsed
	}
	return nil
}
