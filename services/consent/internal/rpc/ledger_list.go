package rpc

import (
	"context"
	"fmt"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/page"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/ledger"
)

// ListLedgerEntries lists what the ledger holds about the caller's
// organisation, with proofs. All pages lead to one checkpoint.
func (s *LedgerServer) ListLedgerEntries(ctx context.Context, req *consentv1.ListLedgerEntriesRequest) (*consentv1.ListLedgerEntriesResponse, error) {
	asked, err := s.pages.List(ctx, req)
	if err != nil {
		return nil, err
	}
	var read fields.Reader
	span := postgres.LedgerRange{
		ConsentID: read.Optional("cns", "consent_id", req.GetConsentId()), Limit: asked.Limit(),
		Start: fields.TimeOf(req.GetStartTime()), End: fields.TimeOf(req.GetEndTime()),
	}
	if read.Err() != nil {
		return nil, read.Err()
	}
	if span.Size, span.After, err = resume(asked, req.GetTreeSize()); err != nil {
		return nil, err
	}
	found, err := s.prove(ctx, span)
	if err != nil {
		return nil, err
	}
	rows, next, err := page.Cut(asked, found.rows, keyWithin(found.signed.Size))
	if err != nil {
		return nil, err
	}
	found.rows = rows
	out := &consentv1.ListLedgerEntriesResponse{
		Checkpoint: checkpointToProto(found.signed), VerifierKeys: s.keys, NextPageToken: next,
	}
	out.Entries, err = s.entries(ctx, found)
	return out, err
}

// ListLeaves lists all leaves, with what was signed over them.
func (s *LedgerServer) ListLeaves(ctx context.Context, req *consentv1.ListLeavesRequest) (*consentv1.ListLeavesResponse, error) {
	asked, err := s.pages.List(ctx, req)
	if err != nil {
		return nil, err
	}
	span := postgres.LedgerRange{Limit: asked.Limit()}
	if span.Size, span.After, err = resume(asked, req.GetTreeSize()); err != nil {
		return nil, err
	}
	out := &consentv1.ListLeavesResponse{VerifierKeys: s.keys}
	return out, s.deps.DB.InApp(ctx, func(ctx context.Context, tx pg.Tx) error {
		signed, err := s.signed(ctx, tx, span.Size)
		if err != nil {
			return err
		}
		span.Size = signed.Size
		rows, err := s.reads.Leaves(ctx, tx, span)
		if err != nil {
			return err
		}
		if rows, out.NextPageToken, err = page.Cut(asked, rows, keyWithin(span.Size)); err != nil || len(rows) == 0 {
			return err
		}
		return s.leaves(ctx, tx, out, rows)
	})
}

func (s *LedgerServer) leaves(ctx context.Context, tx pg.Tx, out *consentv1.ListLeavesResponse, rows []postgres.LedgerRow) error {
	hashes, err := s.reads.LeafHashes(ctx, tx, rows)
	if err != nil {
		return err
	}
	for i, row := range rows {
		out.Entries = append(out.Entries, &consentv1.LedgerEntry{Sequence: row.Sequence, Leaf: row.Data, LeafHash: hashes[i]})
	}
	signed, err := s.reads.CheckpointsWithin(ctx, tx, rows[0].Sequence, rows[len(rows)-1].Sequence+1)
	out.Checkpoints = fields.Each(signed, checkpointToProto)
	return err
}

// resume reads where a page begins: the size of the tree that the first page
// settled on, and the place before.
func resume(asked page.List, size int64) (treeSize, after int64, err error) {
	key, err := asked.AfterText()
	if err != nil || key == "" {
		return size, -1, err
	}
	if _, err := fmt.Sscanf(key, "%d/%d", &treeSize, &after); err != nil {
		return 0, 0, fault.With(fault.Invalid("page_token", "token"), fault.Cause(err))
	}
	return treeSize, after, nil
}

func keyWithin(size int64) func(postgres.LedgerRow) []string {
	return func(r postgres.LedgerRow) []string { return []string{fmt.Sprintf("%d/%d", size, r.Sequence)} }
}

// entries opens rows as far as the caller's organisation may know.
func (s *LedgerServer) entries(ctx context.Context, found proven) ([]*consentv1.LedgerEntry, error) {
	own := authn.FromContext(ctx).Person.OrganizationID
	shown, err := s.shown(ctx, own, found.rows)
	if err != nil {
		return nil, err
	}
	out := make([]*consentv1.LedgerEntry, len(found.rows))
	for i, row := range found.rows {
		out[i] = &consentv1.LedgerEntry{
			Sequence: row.Sequence, Leaf: row.Data, Proof: hashesToProto(found.proofs[i]),
			Record: row.Content, RecordKey: row.Key, Entry: shown[row.RecordID],
		}
		if tellsActor(row, own) {
			out[i].Actor, out[i].ActorKey = row.Actor, row.ActorKey
		}
	}
	return out, nil
}

// shown are the entries of the account's own history behind rows.
func (s *LedgerServer) shown(ctx context.Context, account id.ID, rows []postgres.LedgerRow) (map[id.ID]*consentv1.HistoryEntry, error) {
	ids := []id.ID{}
	for _, row := range rows {
		if row.AccountID == account {
			ids = append(ids, row.RecordID)
		}
	}
	list, err := pg.InTenant(ctx, s.deps.DB, account, func(ctx context.Context, tx pg.Tx) ([]postgres.NamedEntry, error) {
		return s.history.reads.List(ctx, tx, postgres.Range{AccountID: account, IDs: ids, Limit: len(ids)})
	})
	if err != nil {
		return nil, err
	}
	s.history.name(ctx, account, list)
	out := map[id.ID]*consentv1.HistoryEntry{}
	for _, e := range list {
		out[e.ID] = entryToProto(e, authn.FromContext(ctx).Locale)
	}
	return out, nil
}

// tellsActor: each side learns who acted for itself, and the client whom it let
// in. Of what was altered nobody is told; whoever verifies sees that.
func tellsActor(row postgres.LedgerRow, own id.ID) bool {
	record, actor, err := ledger.Read(row.Content, row.Actor)
	switch {
	case err != nil || len(row.Actor) == 0:
		return false
	case record.GetActingForId() == "":
		return row.AccountID == own
	default:
		return record.GetActingForId() == own.Text("org") || actor.GetActorId() == record.GetSubjectId()
	}
}
