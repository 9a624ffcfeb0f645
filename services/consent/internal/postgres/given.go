package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// Given is what an account last gave to a person.
type Given struct {
	ConsentID, GrantID, PartnerID id.ID
	Name                          string
	// Lines are what was asked for, word by word.
	Lines []domain.Line
}

// Visit is somebody on a visit in an account.
type Visit struct{ ClientID, UserID, SessionID id.ID }

// GivenFor finds under which yes a person acts on a visit: the one that the
// visit began under, or the account's last to that person as long as nothing is
// known of its beginning; the zero Given when there is none.
func (Consents) GivenFor(ctx context.Context, tx pg.Tx, v Visit) (Given, error) {
	var g Given
	var given, family string
	err := tx.QueryRow(ctx, `
SELECT c.id, g.id, c.partner_id, c.given_name, c.family_name, c.lines
FROM consent c
JOIN access_grant g ON g.client_id = c.client_id AND g.consent_id = c.id
WHERE c.client_id = @client
  AND c.user_id = @user
ORDER BY c.id IN (
    SELECT h.consent_id
    FROM history h
    WHERE h.account_id = @client
      AND h.support_session_id = @session
      AND h.source = 'event'
      AND h.action = 'aval.partnersupport.v1.support_session.started'
      AND h.consent_id IS NOT NULL
  ) DESC, c.give_time DESC, c.id DESC
LIMIT 1`, pgx.NamedArgs{"client": v.ClientID, "user": v.UserID, "session": v.SessionID}).Scan(&g.ConsentID, &g.GrantID, &g.PartnerID, &given, &family, &g.Lines)
	if errors.Is(err, pg.ErrNoRows) {
		return Given{}, nil
	}
	if err != nil {
		return Given{}, fmt.Errorf("reading who was let in: %w", err)
	}
	g.Name = domain.FullName(given, family)
	return g, nil
}
