package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// sequencerLock is the advisory lock of who gives leaves their places.
const sequencerLock = 0x6c6564676572 // "ledger"

// LedgerRecord is a fact as the ledger commits to it.
type LedgerRecord struct {
	ID                              id.ID
	AccountID, PartnerID, ConsentID id.ID // zero where it has none
	EventID                         id.ID // zero for what a product recorded
	People                          []id.ID
	Time                            time.Time
	Type                            string
	// Content and Key, and what tells who acted, are empty once it ended.
	Content, Key, Actor, ActorKey []byte
	Commitment                    []byte
	// Erased are the places whose records end with this fact.
	Erased []int64
}

// Waiting is a record that has no place yet.
type Waiting struct {
	ID         id.ID
	Time       time.Time
	Type       string
	Commitment []byte
	Erased     []int64
}

// SealedLeaf is a leaf at its place.
type SealedLeaf struct {
	Sequence int64
	Data     []byte
}

// SignedTree is a checkpoint as it is kept.
type SignedTree struct {
	Size     int64
	Root     tlog.Hash
	Note     string
	SignTime time.Time
}

// Ledger keeps records, leaves, hashes and checkpoints.
type Ledger struct{}

// Append writes a record, which waits for its place.
func (Ledger) Append(ctx context.Context, tx pg.Tx, r LedgerRecord) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "appending to the ledger", SQL: `
INSERT INTO ledger_record (id, account_id, partner_id, consent_id, event_id, people, time, type,
  content, key, actor, actor_key, commitment, erased, announce)
VALUES (@id, @account, @partner, @consent, @event, @people, @time, @type,
  @content, @key, @actor, @actor_key, @commitment, @erased, @key::bytea IS NULL)`, Args: pgx.NamedArgs{
		"id": r.ID, "account": r.AccountID, "partner": r.PartnerID, "consent": r.ConsentID, "event": r.EventID,
		"people": present(r.People), "time": r.Time, "type": r.Type, "content": r.Content, "key": r.Key,
		"actor": r.Actor, "actor_key": r.ActorKey, "commitment": r.Commitment, "erased": present(r.Erased),
	}})
	return err
}

// Lead takes the sequencer's lock for the transaction; false when another has it.
func (Ledger) Lead(ctx context.Context, tx pg.Tx) (bool, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "asking for the sequencer's lock", SQL: `
SELECT pg_try_advisory_xact_lock(@lock)`, Args: pgx.NamedArgs{"lock": int64(sequencerLock)}}, pgx.RowTo[bool])
}

// Size is how many leaves there are.
func (Ledger) Size(ctx context.Context, tx pg.Tx) (int64, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "reading the size of the ledger", SQL: `
SELECT coalesce(max(sequence) + 1, 0)
FROM ledger_leaf`}, pgx.RowTo[int64])
}

// Waiting lists the oldest records without a place.
func (Ledger) Waiting(ctx context.Context, tx pg.Tx, limit int) ([]Waiting, error) {
	return pg.Many(ctx, tx, pg.Statement{Doing: "reading what waits for the ledger", SQL: `
SELECT id, time, type, commitment, erased
FROM ledger_record
WHERE sequence IS NULL
ORDER BY position
LIMIT @limit`, Args: pgx.NamedArgs{"limit": limit}}, pgx.RowToStructByPos[Waiting])
}

// Seal writes leaves that follow those there are, and gives their records
// their places, in the same order.
func (Ledger) Seal(ctx context.Context, tx pg.Tx, leaves []SealedLeaf, records []id.ID) error {
	places, data := make([]int64, len(leaves)), make([][]byte, len(leaves))
	for i, leaf := range leaves {
		places[i], data[i] = leaf.Sequence, leaf.Data
	}
	args := pgx.NamedArgs{"places": places, "data": data, "records": records}
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "writing leaves", SQL: `
INSERT INTO ledger_leaf (sequence, data, seal_time)
SELECT l.place, l.data, now()
FROM unnest(@places::bigint[], @data::bytea[]) AS l (place, data)`, Args: args})
	if err != nil {
		return err
	}
	_, err = pg.Exec(ctx, tx, pg.Statement{Doing: "giving records their places", SQL: `
UPDATE ledger_record r
SET sequence = l.place
FROM unnest(@places::bigint[], @records::uuid[]) AS l (place, record)
WHERE r.id = l.record`, Args: args})
	return err
}

// AppendHashes writes hashes of the tree from a place on.
func (Ledger) AppendHashes(ctx context.Context, tx pg.Tx, first int64, hashes []tlog.Hash) error {
	data := make([][]byte, len(hashes))
	for i := range hashes {
		data[i] = hashes[i][:]
	}
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "writing hashes of the ledger", SQL: `
INSERT INTO ledger_hash (position, hash)
SELECT @first + h.ordinal - 1, h.hash
FROM unnest(@hashes::bytea[]) WITH ORDINALITY AS h (hash, ordinal)`, Args: pgx.NamedArgs{"first": first, "hashes": data}})
	return err
}

// Hashes reads the tree within a transaction.
func (Ledger) Hashes(ctx context.Context, tx pg.Tx) tlog.HashReader {
	return tlog.HashReaderFunc(func(places []int64) ([]tlog.Hash, error) {
		type stored struct {
			Position int64
			Hash     []byte
		}
		rows, err := pg.Many(ctx, tx, pg.Statement{Doing: "reading hashes of the ledger", SQL: `
SELECT position, hash
FROM ledger_hash
WHERE position = ANY(@places)
ORDER BY position
LIMIT @limit`, Args: pgx.NamedArgs{"places": places, "limit": len(places)}}, pgx.RowToStructByPos[stored])
		if err != nil {
			return nil, err
		}
		found := map[int64]tlog.Hash{}
		for _, row := range rows {
			found[row.Position] = tlog.Hash(row.Hash)
		}
		out := make([]tlog.Hash, len(places))
		for i, place := range places {
			hash, ok := found[place]
			if !ok {
				return nil, fmt.Errorf("reading hash %d of the ledger: it is missing", place)
			}
			out[i] = hash
		}
		return out, nil
	})
}

// AppendCheckpoint keeps what was signed.
func (Ledger) AppendCheckpoint(ctx context.Context, tx pg.Tx, s SignedTree) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "keeping a checkpoint", SQL: `
INSERT INTO ledger_checkpoint (size, root, note, sign_time)
VALUES (@size, @root, @note, @time)`, Args: pgx.NamedArgs{
		"size": s.Size, "root": s.Root[:], "note": s.Note, "time": s.SignTime,
	}})
	return err
}

// Checkpoint reads the largest up to a size, 0 meaning any; false when there is
// none.
func (Ledger) Checkpoint(ctx context.Context, tx pg.Tx, size int64) (SignedTree, bool, error) {
	list, err := pg.Many(ctx, tx, pg.Statement{Doing: "reading a checkpoint", SQL: `
SELECT size, root, note, sign_time
FROM ledger_checkpoint
WHERE size <= @size OR @size = 0
ORDER BY size DESC
LIMIT 1`, Args: pgx.NamedArgs{"size": size}}, signedFromRow)
	if err != nil || len(list) == 0 {
		return SignedTree{}, false, err
	}
	return list[0], true, nil
}

// CheckpointsWithin lists those over a part of the tree, the smallest first.
func (Ledger) CheckpointsWithin(ctx context.Context, tx pg.Tx, above, upTo int64) ([]SignedTree, error) {
	return pg.Many(ctx, tx, pg.Statement{Doing: "listing checkpoints", SQL: `
SELECT size, root, note, sign_time
FROM ledger_checkpoint
WHERE size > @above
  AND size <= @up_to
ORDER BY size
LIMIT 1000`, Args: pgx.NamedArgs{"above": above, "up_to": upTo}}, signedFromRow)
}

func signedFromRow(row pgx.CollectableRow) (SignedTree, error) {
	var s SignedTree
	var root []byte
	err := row.Scan(&s.Size, &root, &s.Note, &s.SignTime)
	s.SignTime = s.SignTime.UTC()
	copy(s.Root[:], root)
	return s, err
}
