package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// LatestTeam reads the newest yes of a client to the team that a request comes
// from, in the same role; false when there is none. Whether it stands is for the
// domain to say.
func (s Consents) LatestTeam(ctx context.Context, tx pg.Tx, asked domain.Record) (domain.Record, bool, error) {
	list, err := s.many(ctx, tx, `
WHERE client_id = @client
  AND partner_id = @partner
  AND partner_role = @role
  AND team
  AND team_end_time IS NULL
ORDER BY give_time DESC, id DESC
LIMIT 1`, pgx.NamedArgs{"client": asked.ClientID, "partner": asked.PartnerID, "role": string(asked.Role)})
	if err != nil || len(list) == 0 {
		return domain.Record{}, false, err
	}
	return list[0], true, nil
}

// TurnedAway tells whether the last answer about a person of a partner was a
// no, or was taken back: then no yes to their team lets them in.
func (Consents) TurnedAway(ctx context.Context, tx pg.Tx, asked domain.Record) (bool, error) {
	states, err := pg.Many(ctx, tx, pg.Statement{Doing: "reading the last answer", SQL: `
SELECT state
FROM consent
WHERE client_id = @client
  AND partner_id = @partner
  AND user_id = @user
  AND (give_time IS NOT NULL OR refuse_time IS NOT NULL)
ORDER BY create_time DESC, id DESC
LIMIT 1`, Args: pgx.NamedArgs{"client": asked.ClientID, "partner": asked.PartnerID, "user": asked.UserID}}, pgx.RowTo[domain.State])
	return len(states) > 0 && (states[0] == domain.Refused || states[0] == domain.Withdrawn), err
}

// LockUnderTeam holds a batch of the yeses in force that follow from one to the
// whole team, after a consent or, with a zero id, from the first.
func (s Consents) LockUnderTeam(ctx context.Context, tx pg.Tx, team domain.Record, after id.ID) ([]domain.Record, error) {
	return s.many(ctx, tx, `
WHERE client_id = @client
  AND team_consent_id = @team
  AND state = 'GIVEN'
  AND (@after::uuid IS NULL OR id > @after)
ORDER BY id
LIMIT @limit
FOR UPDATE`, pgx.NamedArgs{"client": team.ClientID, "team": team.ID, "after": after, "limit": maxAtOnce})
}

// Teams names yeses to whole teams: one, or with a zero consent all of a
// client's to one partner, or with a zero partner to all.
type Teams struct{ ClientID, PartnerID, ConsentID id.ID }

// EndTeams keeps yeses to whole teams from letting anybody else in. What they
// let in is for the caller to end.
func (Consents) EndTeams(ctx context.Context, tx pg.Tx, t Teams, now time.Time) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "ending what teams were given", SQL: `
UPDATE consent
SET team_end_time = @now
WHERE client_id = @client
  AND (@partner::uuid IS NULL OR partner_id = @partner)
  AND (@consent::uuid IS NULL OR id = @consent)
  AND team
  AND team_end_time IS NULL`, Args: pgx.NamedArgs{
		"client": t.ClientID, "partner": t.PartnerID, "consent": t.ConsentID, "now": now,
	}})
	return err
}
