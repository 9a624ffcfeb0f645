package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

const codeColumns = `k.client_id, k.code, k.actor_id, k.create_time`

// SaveClientCode stores a client's code in place of the one it had.
func SaveClientCode(ctx context.Context, tx pg.Tx, k domain.ClientCode) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "storing client code", SQL: `
INSERT INTO client_code (client_id, code, actor_id, create_time)
VALUES (@client, @code, @actor, @time)
ON CONFLICT (client_id) DO UPDATE
SET code = excluded.code,
    actor_id = excluded.actor_id,
    create_time = excluded.create_time`, Args: pgx.NamedArgs{
		"client": k.ClientID, "code": k.Code, "actor": k.ActorID, "time": k.CreateTime,
	}})
	return err
}

// ClientCode finds a client's code.
func ClientCode(ctx context.Context, tx pg.Tx, client id.ID) (domain.ClientCode, error) {
	return one[domain.ClientCode](ctx, tx, pg.Statement{Doing: "reading client code", SQL: `
SELECT ` + codeColumns + `
FROM client_code k
WHERE k.client_id = @client`, Args: pgx.NamedArgs{"client": client}})
}

// ClientOfCode finds whose a code is.
func ClientOfCode(ctx context.Context, tx pg.Tx, code string) (domain.ClientCode, error) {
	return one[domain.ClientCode](ctx, tx, pg.Statement{Doing: "finding a client by its code", SQL: `
SELECT ` + codeColumns + `
FROM client_code k
WHERE k.code = @code`, Args: pgx.NamedArgs{"code": code}})
}
