package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/tlog"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/aval-access/aval/deploy/journey"
	"github.com/aval-access/aval/deploy/stack"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/ledger"
)

const (
	sealedARound = 10_000
	manyLeaves   = 1_000_000
	ownLeaves    = 10_000 // of them, of the account that asks for proofs
	loadedAtOnce = 50_000
	proofCalls   = 1000
	// sequencerLock keeps the sequencer away while leaves are loaded.
	sequencerLock = 0x6c6564676572
)

// ledgers measures how fast facts get their places in the tree, beside plain
// inserts of as many rows of the same size, and how long a proof takes at a
// million leaves, beside a call that reads one row.
func ledgers(ctx context.Context, out io.Writer, s *stack.Stack) error {
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

func (b ledgerBench) proofs(ctx context.Context, out io.Writer) error {
	_, edge, err := journey.Transports(b.stack)
	if err != nil {
		return err
	}
	defer edge.Close()
	w, err := journey.NewWorld(b.stack, edge)
	if err != nil {
		return err
	}
	defer w.Close()
	o, err := w.FoundOrganization(ctx, &membershipv1.CreateOrganizationRequest{
		Kind:           membershipv1.OrganizationKind_ORGANIZATION_KIND_CLIENT,
		Identification: &membershipv1.Identification{LegalName: "Ledger"}, OwnerEmail: "owner@ledger.example",
	})
	if err != nil {
		return err
	}
	own, err := b.load(ctx, o.ID)
	if err != nil {
		return err
	}
	client := consentv1.NewLedgerServiceClient(o.Owner)
	if err := b.signed(ctx, client); err != nil {
		return err
	}
	var proven, read []time.Duration
	for range proofCalls {
		began := time.Now()
		entry := own[rand.N(len(own))].Text("act")
		if _, err := client.GetInclusionProof(ctx, &consentv1.GetInclusionProofRequest{EntryId: entry}); err != nil {
			return fmt.Errorf("asking for a proof: %w", err)
		}
		proven = append(proven, time.Since(began))
		began = time.Now()
		if _, err := client.GetCheckpoint(ctx, &consentv1.GetCheckpointRequest{}); err != nil {
			return fmt.Errorf("asking for a checkpoint: %w", err)
		}
		read = append(read, time.Since(began))
	}
	figure(out, "ledger_proof_p99_ms", p99(proven), "ms")
	figure(out, "ledger_checkpoint_p99_ms", p99(read), "ms")
	return nil
}

// signed waits for a checkpoint over all that was loaded.
func (b ledgerBench) signed(ctx context.Context, client consentv1.LedgerServiceClient) error {
	for {
		answer, err := client.GetCheckpoint(ctx, &consentv1.GetCheckpointRequest{})
		if err != nil {
			return fmt.Errorf("asking for a checkpoint: %w", err)
		}
		if answer.GetCheckpoint().GetTreeSize() >= manyLeaves {
			return nil
		}
		if err := pause(ctx); err != nil {
			return err
		}
	}
}

func p99(took []time.Duration) float64 {
	slices.Sort(took)
	return float64(took[len(took)*99/100].Microseconds()) / 1000
}

// load brings the tree to a million leaves by rows, the last of them the
// account's own, and gives their ids.
func (b ledgerBench) load(ctx context.Context, account string) ([]id.ID, error) {
	org, err := id.Parse("org", account)
	if err != nil {
		return nil, err
	}
	if _, err := b.system.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(sequencerLock)); err != nil {
		return nil, fmt.Errorf("holding the sequencer: %w", err)
	}
	tree, err := b.tree(ctx)
	if err != nil {
		return nil, err
	}
	for tree.Size() < manyLeaves-ownLeaves {
		if tree, err = b.append(ctx, tree, min(loadedAtOnce, manyLeaves-ownLeaves-tree.Size())); err != nil {
			return nil, err
		}
	}
	own := make([]id.ID, ownLeaves)
	for i := range own {
		own[i] = id.New()
	}
	_, err = b.system.Exec(ctx, `
INSERT INTO ledger_record (id, account_id, people, time, type, content, key, commitment, erased, sequence)
SELECT o.id, $1, '{}', now(), 'aval.consent.v1.activity.recorded', decode(repeat('ab', 250), 'hex'),
  sha256('key'), sha256('commitment'), '{}', $3 + o.ordinal - 1
FROM unnest($2::uuid[]) WITH ORDINALITY AS o (id, ordinal)`, org, own, tree.Size())
	if err != nil {
		return nil, fmt.Errorf("loading records: %w", err)
	}
	if _, err = b.append(ctx, tree, ownLeaves); err != nil {
		return nil, err
	}
	if _, err := b.owner.Exec(ctx, "VACUUM (ANALYZE) ledger_record, ledger_leaf, ledger_hash"); err != nil {
		return nil, fmt.Errorf("keeping house: %w", err)
	}
	if _, err := b.system.Exec(ctx, "SELECT pg_advisory_unlock($1)", int64(sequencerLock)); err != nil {
		return nil, fmt.Errorf("letting the sequencer go: %w", err)
	}
	return own, nil
}

// tree takes up the ledger as it is.
func (b ledgerBench) tree(ctx context.Context) (*ledger.Tree, error) {
	var size int64
	if err := b.system.QueryRow(ctx, "SELECT coalesce(max(sequence) + 1, 0) FROM ledger_leaf").Scan(&size); err != nil {
		return nil, fmt.Errorf("reading the ledger: %w", err)
	}
	return ledger.Grow(size, tlog.HashReaderFunc(func(places []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(places))
		for i, place := range places {
			var hash []byte
			if err := b.system.QueryRow(ctx, "SELECT hash FROM ledger_hash WHERE position = $1", place).Scan(&hash); err != nil {
				return nil, fmt.Errorf("reading the ledger: %w", err)
			}
			out[i] = tlog.Hash(hash)
		}
		return out, nil
	})), nil
}

// append adds leaves, and gives the tree as it then is.
func (b ledgerBench) append(ctx context.Context, tree *ledger.Tree, n int64) (*ledger.Tree, error) {
	var leaves, hashes [][]any
	now := time.Now()
	for range n {
		data, err := ledger.EncodeLeaf(&consentv1.LedgerLeaf{
			Sequence: tree.Size(), Time: timestamppb.New(now), Type: ledger.ActivityRecorded, Commitment: make([]byte, 32),
		})
		if err != nil {
			return nil, err
		}
		leaves = append(leaves, []any{tree.Size(), data, now})
		if err := tree.Append(tlog.RecordHash(data)); err != nil {
			return nil, err
		}
	}
	for i, hash := range tree.Added() {
		hashes = append(hashes, []any{tree.First() + int64(i), hash[:]})
	}
	_, err := b.system.CopyFrom(ctx, pgx.Identifier{"ledger_leaf"}, []string{"sequence", "data", "seal_time"}, pgx.CopyFromRows(leaves))
	if err == nil {
		_, err = b.system.CopyFrom(ctx, pgx.Identifier{"ledger_hash"}, []string{"position", "hash"}, pgx.CopyFromRows(hashes))
	}
	if err != nil {
		return nil, fmt.Errorf("loading leaves: %w", err)
	}
	return b.tree(ctx)
}
