package app

import (
	"context"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// Grants keeps what consent gave and took back. Its transactions are the
// system's: a batch goes over many accounts.
type Grants struct{}

// Apply stores grants and answers how many rows changed. The newest version of
// a grant counts, an ended one stays ended.
func (Grants) Apply(ctx context.Context, tx pg.Tx, grants []domain.Grant) (int, error) {
	return postgres.UpsertGrants(ctx, tx, newest(grants, func(g domain.Grant) (id.ID, int64) { return g.ID, g.Version }))
}

// GrantsEnd counts what a call ended.
type GrantsEnd struct{ Grants, Sessions int }

// End ends grants and the support sessions under them. An unknown grant leaves
// an ended row.
func (Grants) End(ctx context.Context, db *pg.DB, ends []domain.GrantEnd) (GrantsEnd, error) {
	grants, sessions, err := postgres.EndGrants(ctx, db, newest(ends, func(e domain.GrantEnd) (id.ID, int64) { return e.GrantID, e.Version }))
	return GrantsEnd{Grants: grants, Sessions: sessions}, err
}

// newest keeps one item per id, that of the highest version, in the order of
// first appearance.
func newest[T any](items []T, key func(T) (id.ID, int64)) []T {
	at := make(map[id.ID]int, len(items))
	out := make([]T, 0, len(items))
	for _, item := range items {
		which, version := key(item)
		i, seen := at[which]
		if !seen {
			at[which] = len(out)
			out = append(out, item)
			continue
		}
		if _, kept := key(out[i]); version > kept {
			out[i] = item
		}
	}
	return out
}
