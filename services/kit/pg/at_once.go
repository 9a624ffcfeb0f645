package pg

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
)

// Answered is a statement of AtOnce and what reads its rows to their end; nil
// where it gives none.
type Answered struct {
	Statement
	Scan func(pgx.Rows) error
}

// AtOnce runs statements over all tenants as one transaction in one round trip,
// its begin and its commit among them, where InSystem takes one for each and two
// more. It is for what somebody waits for while others would act; nothing may
// stand on what one of the statements answers. What was scanned counts once
// AtOnce has returned nil.
func (d *DB) AtOnce(ctx context.Context, reason string, all ...Answered) error {
	if d.system == nil {
		return errors.New("running statements as system: no system url configured")
	}
	if reason == "" {
		return errors.New("running statements as system: no reason given")
	}
	batch := &pgx.Batch{}
	batch.Queue("SELECT set_config('app.tenant', '', true), set_config('app.user', '', true), set_config('app.reason', $1, true)", reason)
	for _, s := range all {
		batch.Queue(s.SQL, s.Args)
	}
	results := d.system.SendBatch(ctx, batch)
	if _, err := results.Exec(); err != nil {
		_ = results.Close()
		return unavailable("opening transaction", passing(ctx, err))
	}
	for _, s := range all {
		if err := s.read(results); err != nil {
			_ = results.Close()
			return unavailable(s.Doing, passing(ctx, err))
		}
	}
	if err := results.Close(); err != nil {
		return commitError(err)
	}
	return nil
}

func (s Answered) read(results pgx.BatchResults) error {
	if s.Scan == nil {
		_, err := results.Exec()
		return err
	}
	rows, err := results.Query()
	if err != nil {
		return err
	}
	err = s.Scan(rows)
	rows.Close()
	return errors.Join(rows.Err(), err)
}
