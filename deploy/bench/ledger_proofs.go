package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/tlog"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/aval-access/aval/deploy/journey"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/ledger"
)

const (
	manyLeaves   = 1_000_000
	ownLeaves    = 10_000 // of them, of the account that asks for proofs
	loadedAtOnce = 50_000
	proofCalls   = 1000
	// sequencerLock keeps the sequencer away while leaves are loaded.
	sequencerLock = 0x6c6564676572
)

func (b ledgerBench) proofs(ctx context.Context, out io.Writer) error {
	return play(b.stack, overGRPC, func(w journey.World) error {
		client, own, err := b.provable(ctx, w)
		if err != nil {
			return err
		}
		return askForProofs(ctx, out, client, own)
	})
}

// provable is an account with entries of its own at the end of a million leaves.
func (b ledgerBench) provable(ctx context.Context, w journey.World) (consentv1.LedgerServiceClient, []id.ID, error) {
	o, err := w.FoundOrganization(ctx, &membershipv1.CreateOrganizationRequest{
		Kind:           membershipv1.OrganizationKind_ORGANIZATION_KIND_CLIENT,
		Identification: &membershipv1.Identification{LegalName: "Ledger"}, OwnerEmail: "owner@ledger.example",
	})
	if err != nil {
		return nil, nil, err
	}
	own, err := b.load(ctx, o.ID)
	if err != nil {
		return nil, nil, err
	}
	client := consentv1.NewLedgerServiceClient(o.Owner)
	return client, own, b.signed(ctx, client)
}

func askForProofs(ctx context.Context, out io.Writer, client consentv1.LedgerServiceClient, own []id.ID) error {
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
