package app

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/consent/internal/witness"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/ledger"
)

// auditBatch is how many leaves are read at once.
const auditBatch = 1000

// AuditLedger reads the whole ledger as a stranger would, and the histories
// beside it: what somebody changed in the database is named.
type AuditLedger struct {
	Deps
	Keys    []string
	Witness witness.Folder
}

// Do gives the verdict; an empty one before anything was signed.
func (u AuditLedger) Do(ctx context.Context) (*ledger.Report, error) {
	audit, size, err := u.begin(ctx)
	if err != nil || audit == nil {
		return &ledger.Report{}, err
	}
	for after := int64(-1); ; {
		var rows []postgres.LedgerRow
		err := u.DB.InSystem(ctx, "auditing the ledger", func(ctx context.Context, tx pg.Tx) (err error) {
			rows, err = u.ledger.Leaves(ctx, tx, postgres.LedgerRange{After: after, Size: size, Limit: auditBatch})
			if err != nil {
				return err
			}
			return u.batch(ctx, tx, audit, rows)
		})
		if err != nil {
			return nil, err
		}
		if len(rows) < auditBatch {
			return audit.Report(), nil
		}
		after = rows[len(rows)-1].Sequence
	}
}

// begin takes the newest checkpoint here and the one outside the database.
func (u AuditLedger) begin(ctx context.Context) (*ledger.Audit, int64, error) {
	var signed postgres.SignedTree
	var found bool
	err := u.DB.InSystem(ctx, "auditing the ledger", func(ctx context.Context, tx pg.Tx) (err error) {
		signed, found, err = u.ledger.Checkpoint(ctx, tx, 0)
		return err
	})
	if err != nil || !found {
		return nil, 0, err
	}
	trust := ledger.Trust{Keys: u.Keys, Records: true}
	kept, err := u.Witness.Last()
	if err != nil {
		return nil, 0, err
	}
	if kept != "" {
		trust.Seen = []string{kept}
	}
	audit, err := ledger.NewAudit([]*consentv1.LedgerCheckpoint{{TreeSize: signed.Size, Note: signed.Note}}, trust)
	return audit, signed.Size, err
}

// batch adds rows and holds the histories to them.
func (u AuditLedger) batch(ctx context.Context, tx pg.Tx, audit *ledger.Audit, rows []postgres.LedgerRow) error {
	hashes, err := u.ledger.LeafHashes(ctx, tx, rows)
	if err != nil {
		return err
	}
	var accounts, ids []id.ID
	for i, row := range rows {
		audit.Add(&consentv1.LedgerEntry{
			Sequence: row.Sequence, Leaf: row.Data, LeafHash: hashes[i], Record: row.Content, RecordKey: row.Key,
			Actor: row.Actor, ActorKey: row.ActorKey,
		})
		if !row.AccountID.IsZero() {
			accounts, ids = append(accounts, row.AccountID), append(ids, row.RecordID)
		}
	}
	entries, err := u.history.Stored(ctx, tx, accounts, ids)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if !row.AccountID.IsZero() && len(row.Content) > 0 {
			u.hold(audit, row, entries)
		}
	}
	return nil
}

// hold compares an entry of a history with its record.
func (u AuditLedger) hold(audit *ledger.Audit, row postgres.LedgerRow, entries map[id.ID]postgres.Entry) {
	entry, ok := entries[row.RecordID]
	if !ok {
		audit.Find(ledger.Finding{Fault: ledger.EntryMissing, Sequence: row.Sequence, Detail: "the history has lost it"})
		return
	}
	record, actor, err := ledger.Read(row.Content, row.Actor)
	if err != nil {
		return // said by the leaf's commitment
	}
	shown := contentOf(entry)
	shown.Evidence, shown.ActorCommitment = record.GetEvidence(), record.GetActorCommitment()
	if !proto.Equal(shown, record) || len(row.Actor) > 0 && !proto.Equal(whoActed(entry), actor) {
		audit.Find(ledger.Finding{
			Fault: ledger.EntryAltered, Sequence: row.Sequence, Detail: fmt.Sprintf("%s is not what was recorded", record.GetId()),
		})
	}
}
