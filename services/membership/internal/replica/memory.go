package replica

import (
	"context"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/accessclient/engine"
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
// that renewed the lease last; told hears of every change.
func (m *memory) follow(ctx context.Context, conn *pgx.Conn, lease uint64, told func(engine.Change)) error {
	b := engine.Batch{View: m.view}
	sql, args := changes(), []any{strconv.FormatUint(m.bound, 10)}
	if m.bound == 0 {
		b = engine.Batch{View: engine.NewView(m.seed), Whole: true}
		sql, args = everything(), nil
	}
	xmin, err := read(ctx, conn, query{sql, args}, func(c engine.Change) error {
		told(c)
		return b.Bring(c)
	})
	if err != nil {
		return err
	}
	if err := b.Finish(); err != nil {
		return err
	}
	// A crashed server gives the numbers of lost transactions again: none
	// below the lease's, which is durable (9).
	m.view, m.bound = b.View, min(xmin, lease+1)
	return nil
}

func toNobody(engine.Change) {}
