package postgres

import (
	"maps"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
)

// After is the last row of the page before; the zero After begins the list.
type After struct {
	Time time.Time
	ID   id.ID
}

// Slice is the part of a list that is asked for. Ask for one row more than a
// page to learn whether there is another.
type Slice struct {
	After After
	Limit int
}

// args adds the slice to a statement's arguments.
func (s Slice) args(others pgx.NamedArgs) pgx.NamedArgs {
	args := pgx.NamedArgs{
		"first": s.After.ID.IsZero(), "after_time": s.After.Time, "after_id": s.After.ID, "limit": s.Limit,
	}
	maps.Copy(args, others)
	return args
}
