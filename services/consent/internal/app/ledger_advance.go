package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/consent/internal/witness"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/ledger"
)

const (
	// SealBatch is how many leaves one transaction adds at most.
	SealBatch = 1000
	// A checkpoint is signed over this many new leaves, or after this long.
	checkpointLeaves = 1000
	checkpointEvery  = time.Minute
)

// ErrLedgerChanged says that the tree does not go on from what was signed:
// somebody changed the database, or put an old one back. Nothing is sealed nor
// signed until somebody has looked.
var ErrLedgerChanged = errors.New("the ledger does not go on from its signed past")

// AdvanceLedger gives waiting records their places in the tree and signs it.
// However many processes run it, one at a time does.
type AdvanceLedger struct {
	Deps
	Signer  *ledger.Signer
	Witness witness.Folder
}

// Do seals one batch, in one transaction with the checkpoint that is due, and
// answers how many leaves it added. What the witness keeps is never ahead of
// the database.
func (u AdvanceLedger) Do(ctx context.Context) (int, error) {
	added, signed := 0, postgres.SignedTree{}
	err := u.DB.InSystem(ctx, "sealing the ledger", func(ctx context.Context, tx pg.Tx) error {
		leads, err := u.ledger.Lead(ctx, tx)
		if err != nil || !leads {
			return err
		}
		size, err := u.ledger.Size(ctx, tx)
		if err != nil {
			return err
		}
		if err := u.announceEnds(ctx, tx); err != nil {
			return err
		}
		tree := ledger.Grow(size, u.ledger.Hashes(ctx, tx))
		if added, err = u.seal(ctx, tx, tree); err != nil {
			return err
		}
		signed, err = u.sign(ctx, tx, tree)
		return err
	})
	if err != nil || signed.Note == "" {
		return added, err
	}
	return added, u.Witness.Keep(signed.Note)
}

// seal turns what waits into leaves.
func (u AdvanceLedger) seal(ctx context.Context, tx pg.Tx, tree *ledger.Tree) (int, error) {
	waiting, err := u.ledger.Waiting(ctx, tx, SealBatch)
	if err != nil || len(waiting) == 0 {
		return 0, err
	}
	leaves, records := make([]postgres.SealedLeaf, len(waiting)), make([]id.ID, len(waiting))
	for i, one := range waiting {
		leaf := postgres.SealedLeaf{Sequence: tree.Size()}
		leaf.Data, err = ledger.EncodeLeaf(&consentv1.LedgerLeaf{
			Sequence: leaf.Sequence, Time: timestamppb.New(one.Time), Type: one.Type,
			Commitment: one.Commitment, Erased: one.Erased,
		})
		if err != nil {
			return 0, err
		}
		if err := tree.Append(tlog.RecordHash(leaf.Data)); err != nil {
			return 0, err
		}
		leaves[i], records[i] = leaf, one.ID
	}
	if err := u.ledger.Seal(ctx, tx, leaves, records); err != nil {
		return 0, err
	}
	return len(leaves), u.ledger.AppendHashes(ctx, tx, tree.First(), tree.Added())
}

// sign signs the tree where that is due and the tree goes on from its past.
func (u AdvanceLedger) sign(ctx context.Context, tx pg.Tx, tree *ledger.Tree) (postgres.SignedTree, error) {
	var none postgres.SignedTree
	last, _, err := u.ledger.Checkpoint(ctx, tx, 0)
	if err != nil {
		return none, err
	}
	now := u.Clock.Now()
	fresh := tree.Size() - last.Size
	if fresh == 0 || fresh < checkpointLeaves && now.Sub(last.SignTime) < checkpointEvery {
		return none, nil
	}
	if err := u.goesOn(tree, last); err != nil {
		return none, err
	}
	next := postgres.SignedTree{Size: tree.Size(), SignTime: now}
	if next.Root, err = tree.Root(next.Size); err != nil {
		return none, err
	}
	if next.Note, err = u.Signer.Sign(next.Size, next.Root); err != nil {
		return none, err
	}
	return next, u.ledger.AppendCheckpoint(ctx, tx, next)
}

// goesOn holds the tree to the last checkpoint here, and to the one that lies
// outside the database.
func (u AdvanceLedger) goesOn(tree *ledger.Tree, last postgres.SignedTree) error {
	past := []ledger.Checkpoint{{Size: last.Size, Root: last.Root}}
	kept, err := u.Witness.Last()
	if err != nil {
		return err
	}
	if kept != "" {
		seen, err := ledger.OpenCheckpoint(kept, u.Signer.VerifierKeys())
		if err != nil {
			return err
		}
		past = append(past, seen)
	}
	for _, one := range past {
		if one.Size > tree.Size() {
			return fmt.Errorf("%w: it had %d leaves and has %d", ErrLedgerChanged, one.Size, tree.Size())
		}
		root, err := tree.Root(one.Size)
		if err != nil {
			return err
		}
		if one.Size > 0 && root != one.Root {
			return fmt.Errorf("%w: its first %d leaves are others", ErrLedgerChanged, one.Size)
		}
	}
	return nil
}
