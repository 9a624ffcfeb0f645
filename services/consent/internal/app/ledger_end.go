package app

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/ledger"
)

// announceEnds lets a leaf say which records ended: one that is gone without
// such a leaf was deleted by somebody.
func (d Deps) announceEnds(ctx context.Context, tx pg.Tx) error {
	places, err := d.ledger.TakeEnded(ctx, tx, SealBatch)
	if err != nil || len(places) == 0 {
		return err
	}
	record, now := id.New(), d.Clock.Now()
	sealed, err := ledger.Seal(&consentv1.LedgerRecord{
		Id: record.Text("act"), Action: ledger.RecordsErased, Time: timestamppb.New(now), Outcome: consentv1.Outcome_OUTCOME_DONE,
	})
	if err != nil {
		return err
	}
	return d.record(ctx, tx, postgres.LedgerRecord{
		ID: record, Time: now, Type: ledger.RecordsErased, Erased: places,
		Content: sealed.Content, Key: sealed.Key, Commitment: sealed.Commitment,
	})
}
