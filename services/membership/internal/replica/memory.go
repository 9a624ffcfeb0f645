package replica

import (
	"context"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/membership/internal/engine"
)

// memory is the view and how far it reaches. One goroutine writes it.
type memory struct {
	seed   uint64
	server string // and its timeline: whose word this is
	view   *engine.View
	// bound: whatever transactions below it wrote is in view; 0: nothing is.
	bound uint64
}

// follow reads what changed, or everything into a view of its own that replaces
// the old at once: a living view is never emptied (10). lease is the transaction
// that renewed the lease last.
func (m *memory) follow(ctx context.Context, conn *pgx.Conn, lease uint64) error {
	b := batch{view: m.view}
	sql, args := changes(), []any{strconv.FormatUint(m.bound, 10)}
	if m.bound == 0 {
		b = batch{view: engine.NewView(m.seed), whole: true}
		sql, args = everything(), nil
	}
	xmin, err := read(ctx, conn, query{sql, args}, b.add)
	if err != nil {
		return err
	}
	if err := b.finish(); err != nil {
		return err
	}
	// A crashed server gives the numbers of lost transactions again: none
	// below the lease's, which is durable (9).
	m.view, m.bound = b.view, min(xmin, lease+1)
	return nil
}

// batch gives a view the rows of one reading.
type batch struct {
	view *engine.View
	// whole: the reading has everything, and nothing that is over.
	whole    bool
	features []engine.Feature
	given    []engine.Entry
}

func (b *batch) add(r row) error {
	switch r.kind() {
	case entryRow:
		return b.entry(r.entry())
	case sessionRow:
		b.view.SetSession(r.session())
	case organizationRow:
		b.view.SetAccount(r.id(colID), r.over())
	case featureRow:
		b.features = append(b.features, r.feature())
	case presetRow:
		return b.view.SetPreset(string(r.values[colWord]), r.values[colRights])
	case snapshotRow: // read has it
	}
	return nil
}

// entry keeps what gives for later: what takes away goes first.
func (b *batch) entry(e engine.Entry) error {
	if b.whole || e.Over {
		return b.view.SetEntry(e)
	}
	e.Rights = slices.Clone(e.Rights)
	b.given = append(b.given, e)
	return nil
}

func (b *batch) finish() error {
	if len(b.features) > 0 {
		b.view.SetFeatures(b.features)
	}
	for _, e := range b.given {
		if err := b.view.SetEntry(e); err != nil {
			return err
		}
	}
	return nil
}
