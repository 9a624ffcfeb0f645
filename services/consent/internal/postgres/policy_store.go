package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// Policies keeps what clients decided beforehand.
type Policies struct{}

// Of reads a client's policy; false when it decided nothing.
func (Policies) Of(ctx context.Context, tx pg.Tx, client id.ID) (domain.Policy, bool, error) {
	found, err := pg.Many(ctx, tx, pg.Statement{Doing: "reading policy", SQL: `
SELECT client_id, inactivity_days, reconfirm_days, second_factor, no_visit_mails, no_daily_digest, no_ledger_mails, version
FROM consent_policy
WHERE client_id = @client
LIMIT 1`, Args: pgx.NamedArgs{"client": client}}, func(row pgx.CollectableRow) (p domain.Policy, err error) {
		err = row.Scan(&p.ClientID, &p.InactivityDays, &p.ReconfirmDays, &p.SecondFactor, &p.NoVisitMails, &p.NoDailyDigest, &p.NoLedgerMails, &p.Version)
		return p, err
	})
	if err != nil || len(found) == 0 {
		return domain.Policy{}, false, err
	}
	return found[0], true, nil
}

// Save writes a client's policy and gives it back with its version.
func (Policies) Save(ctx context.Context, tx pg.Tx, p domain.Policy) (domain.Policy, error) {
	version, err := pg.One(ctx, tx, pg.Statement{Doing: "saving policy", SQL: `
INSERT INTO consent_policy (client_id, inactivity_days, reconfirm_days, second_factor, no_visit_mails, no_daily_digest, no_ledger_mails, version)
VALUES (@client, @inactivity, @reconfirm, @factor, @no_visit, @no_digest, @no_ledger, 1)
ON CONFLICT (client_id) DO UPDATE
SET inactivity_days = excluded.inactivity_days, reconfirm_days = excluded.reconfirm_days,
    second_factor = excluded.second_factor, no_visit_mails = excluded.no_visit_mails,
    no_daily_digest = excluded.no_daily_digest, no_ledger_mails = excluded.no_ledger_mails, version = consent_policy.version + 1
RETURNING version`, Args: pgx.NamedArgs{
		"client": p.ClientID, "inactivity": p.InactivityDays, "reconfirm": p.ReconfirmDays, "factor": p.SecondFactor,
		"no_visit": p.NoVisitMails, "no_digest": p.NoDailyDigest, "no_ledger": p.NoLedgerMails,
	}}, pgx.RowTo[int64])
	p.Version = version
	return p, err
}
