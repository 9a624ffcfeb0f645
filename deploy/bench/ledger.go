package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/deploy/demodata"
	"github.com/aval-access/aval/deploy/stack"
)

const sealedARound = 10_000

// ledgers measures how fast facts get their places in the tree, beside plain
// inserts of as many rows of the same size, and how long a proof takes at a
// million leaves, beside a call that reads one row.
func ledgers(ctx context.Context, out io.Writer, s *stack.Stack, _ *demodata.Data) error {
	b := ledgerBench{stack: s}
	var err error
	if b.system, err = pgx.Connect(ctx, s.Database("consent").System); err != nil {
		return fmt.Errorf("connecting: %w", err)
	}
	defer func() { _ = b.system.Close(context.WithoutCancel(ctx)) }()
	if b.owner, err = pgx.Connect(ctx, s.Database("consent").Migrate); err != nil {
		return fmt.Errorf("connecting: %w", err)
	}
	defer func() { _ = b.owner.Close(context.WithoutCancel(ctx)) }()
	if err := b.rates(ctx, out); err != nil {
		return err
	}
	return b.proofs(ctx, out)
}

type ledgerBench struct {
	stack         *stack.Stack
	system, owner *pgx.Conn
}

func (b ledgerBench) rates(ctx context.Context, out io.Writer) error {
	_, err := b.owner.Exec(ctx, `
SET ROLE consent_owner;
CREATE TABLE plain_leaf (sequence bigint PRIMARY KEY, data bytea NOT NULL, seal_time timestamptz NOT NULL);
CREATE TABLE plain_hash (position bigint PRIMARY KEY, hash bytea NOT NULL)`)
	if err != nil {
		return fmt.Errorf("making plain tables: %w", err)
	}
	var sealed, plain []float64
	for round := range rounds {
		rate, err := b.seal(ctx)
		if err != nil {
			return err
		}
		sealed = append(sealed, rate)
		if rate, err = b.insert(ctx, round); err != nil {
			return err
		}
		plain = append(plain, rate)
	}
	figure(out, "ledger_leaves_per_s", median(sealed), "leaves/s")
	figure(out, "ledger_plain_inserts_per_s", median(plain), "leaves/s")
	figure(out, "ledger_vs_plain_inserts", median(sealed)/median(plain), "ratio")
	return nil
}

// seal lets records wait and gives the rate at which the sequencer took them,
// from its first batch on.
func (b ledgerBench) seal(ctx context.Context) (rate float64, err error) {
	var size int64
	if err := b.system.QueryRow(ctx, "SELECT coalesce(max(sequence) + 1, 0) FROM ledger_leaf").Scan(&size); err != nil {
		return 0, fmt.Errorf("reading the ledger: %w", err)
	}
	_, err = b.system.Exec(ctx, `
INSERT INTO ledger_record (id, people, time, type, content, key, commitment, erased)
SELECT gen_random_uuid(), '{}', now(), 'aval.consent.v1.activity.recorded', decode(repeat('ab', 250), 'hex'),
  sha256(n::text::bytea), sha256(n::text::bytea), '{}'
FROM generate_series(1, $1) AS n`, sealedARound)
	if err != nil {
		return 0, fmt.Errorf("letting records wait: %w", err)
	}
	for done := int64(0); done < sealedARound; {
		if err := pause(ctx); err != nil {
			return 0, err
		}
		err := b.system.QueryRow(ctx, `
SELECT count(*), coalesce((count(*) FILTER (WHERE seal_time > first)) / nullif(extract(epoch FROM max(seal_time) - min(first)), 0), 0)
FROM (
  SELECT seal_time, min(seal_time) OVER () AS first
  FROM ledger_leaf
  WHERE sequence >= $1
) l`, size).Scan(&done, &rate)
		if err != nil {
			return 0, fmt.Errorf("reading the ledger: %w", err)
		}
	}
	return rate, nil
}

func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(100 * time.Millisecond):
		return nil
	}
}

// insert writes as many leaves and hashes to tables of the same shape, in
// transactions of the same size, and nothing else.
func (b ledgerBench) insert(ctx context.Context, round int) (float64, error) {
	const batch = 1000
	began := time.Now()
	for at := round * sealedARound; at < (round+1)*sealedARound; at += batch {
		err := pgx.BeginFunc(ctx, b.owner, func(tx pgx.Tx) error {
			_, err := tx.Exec(ctx, `
INSERT INTO plain_leaf (sequence, data, seal_time)
SELECT n, decode(repeat('ab', 90), 'hex'), now()
FROM generate_series($1::bigint, $1 + 999) AS n`, at)
			if err != nil {
				return err
			}
			_, err = tx.Exec(ctx, `
INSERT INTO plain_hash (position, hash)
SELECT n, sha256(n::text::bytea)
FROM generate_series(2 * $1::bigint, 2 * $1 + 1999) AS n`, at)
			return err
		})
		if err != nil {
			return 0, fmt.Errorf("inserting plainly: %w", err)
		}
	}
	return sealedARound / time.Since(began).Seconds(), nil
}
