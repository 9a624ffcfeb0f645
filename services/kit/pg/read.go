package pg

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
)

// ReadSystem runs one SELECT over all tenants without opening a transaction:
// one round trip where InSystem takes three. It is for the decision alone; the
// statement is prepared once per connection. scan reads the rows to their end.
// The reason is shown in the server's activity and must be a constant: it is
// part of the statement's text.
func (d *DB) ReadSystem(ctx context.Context, reason string, q Query, scan func(pgx.Rows) error) error {
	if d.system == nil {
		return errors.New("reading as system: no system url configured")
	}
	if reason == "" {
		return errors.New("reading as system: no reason given")
	}
	rows, err := d.system.Query(ctx, "/* "+reason+" */ "+q.SQL, q.Args...)
	if err != nil {
		return unavailable("reading as system", err)
	}
	err = scan(rows)
	rows.Close()
	if broken := rows.Err(); broken != nil {
		return unavailable("reading as system", broken)
	}
	return err
}

// Query is a statement with its arguments.
type Query struct {
	SQL  string
	Args []any
}
