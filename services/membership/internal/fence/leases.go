package fence

import (
	"context"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/pg"
)

// lease is a row that may be answered from.
type lease struct {
	renewal int64
	bound   uint64
}

// nudge tells the replicas, and lists the leases in a statement that begins
// after the commit of whoever waits (1). xact is younger than that commit. Its own
// commit need not last, and waits for no disk: commits that notify follow each
// other, in the whole cluster.
func (f *Fence) nudge(ctx context.Context, number int64) (leases map[string]lease, xact uint64, err error) {
	query := pg.Query{SQL: `
SELECT pg_current_xact_id()::text, ARRAY(
  SELECT l.id || ' ' || l.renewal || ' ' || l.bound
  FROM decision_lease l
)
FROM pg_notify($1, $2), set_config('synchronous_commit', 'off', true)`, Args: []any{Channel, f.channel + " " + strconv.FormatInt(number, 10)}}
	err = f.DB.ReadSystem(ctx, "fence", query, func(rows pgx.Rows) error {
		var listed []string
		var number string
		_, err := pgx.ForEachRow(rows, []any{&number, &listed}, func() error {
			leases, err = parse(listed)
			return err
		})
		if err != nil {
			return err
		}
		xact, err = strconv.ParseUint(number, 10, 64)
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("telling the replicas: %w", err)
	}
	return leases, xact, nil
}

func (f *Fence) leases(ctx context.Context) (out map[string]lease, err error) {
	query := pg.Query{SQL: `
SELECT l.id || ' ' || l.renewal || ' ' || l.bound
FROM decision_lease l
ORDER BY l.id
LIMIT 10000`}
	err = f.DB.ReadSystem(ctx, "fence", query, func(rows pgx.Rows) error {
		listed, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		out, err = parse(listed)
		return err
	})
	return out, err
}

// parse reads "<id> <renewal> <bound>".
func parse(listed []string) (map[string]lease, error) {
	out := make(map[string]lease, len(listed))
	for _, one := range listed {
		var name string
		var l lease
		if _, err := fmt.Sscan(one, &name, &l.renewal, &l.bound); err != nil {
			return nil, fmt.Errorf("reading a lease: %w", err)
		}
		out[name] = l
	}
	return out, nil
}

// remove deletes leases that were waited for and not renewed since: nobody
// answers from them any more, and nobody needs to wait for them again (4).
func (f *Fence) remove(ctx context.Context, left map[string]lease) error {
	ids, renewals := make([]string, 0, len(left)), make([]int64, 0, len(left))
	for one, l := range left {
		ids, renewals = append(ids, one), append(renewals, l.renewal)
	}
	return f.DB.InSystem(ctx, "fence", func(ctx context.Context, tx pg.Tx) error {
		_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "removing leases that ran out", SQL: `
DELETE FROM decision_lease l
USING unnest(@ids::uuid[], @renewals::bigint[]) AS old (id, renewal)
WHERE l.id = old.id
  AND l.renewal = old.renewal`, Args: pgx.NamedArgs{"ids": ids, "renewals": renewals}})
		return err
	})
}
