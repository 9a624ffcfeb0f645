package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/deploy/journey"
	"github.com/aval-access/aval/deploy/stack"
)

const (
	listWarmUp = 50
	listCalls  = 1000
)

// listing is a list whose page is measured at two sizes.
type listing struct {
	// name begins the figures' names.
	name      string
	few, many int
	// fill founds an organisation and brings its list to a size by rows: nobody
	// waits for 100,000 invitations.
	fill func(ctx context.Context, w journey.World, size int) (journey.Organization, error)
	// keepHouse does what the database's own vacuum does within minutes of such a
	// load, and would else do during the measurement; the tables' owner alone may
	// ask for it.
	keepHouse func(ctx context.Context) error
	// page answers a page and gives the token of the next one.
	page func(ctx context.Context, of journey.Organization, token string) (string, error)
}

// measure asks for pages of both by turns, by the owner over gRPC, going through
// the lists.
func (l listing) measure(ctx context.Context, out io.Writer, s *stack.Stack) error {
	return play(s, overGRPC, func(w journey.World) error {
		few, many := reader{listing: l}, reader{listing: l}
		var err error
		if few.of, err = l.fill(ctx, w, l.few); err != nil {
			return err
		}
		if many.of, err = l.fill(ctx, w, l.many); err != nil {
			return err
		}
		if err := l.keepHouse(ctx); err != nil {
			return err
		}
		for call := range listWarmUp + listCalls {
			for _, r := range []*reader{&few, &many} {
				if err := r.next(ctx, call >= listWarmUp); err != nil {
					return err
				}
			}
		}
		atFew, atMany := p99(few.took), p99(many.took)
		figure(out, fmt.Sprintf("%s_p99_ms_at_%d", l.name, l.few), atFew, "ms")
		figure(out, fmt.Sprintf("%s_p99_ms_at_%d", l.name, l.many), atMany, "ms")
		figure(out, l.name+"_many_vs_few", atMany/atFew, "ratio")
		return nil
	})
}

// reader goes through one list page by page.
type reader struct {
	listing
	of    journey.Organization
	token string
	took  []time.Duration
}

// next asks for the next page; past the last one it is the first again.
func (r *reader) next(ctx context.Context, counts bool) (err error) {
	began := time.Now()
	if r.token, err = r.page(ctx, r.of, r.token); err != nil {
		return fmt.Errorf("%s: %w", r.name, err)
	}
	if counts {
		r.took = append(r.took, time.Since(began))
	}
	return nil
}

func execute(ctx context.Context, url, sql string, args ...any) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("connecting: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, sql, args...); err != nil {
		return fmt.Errorf("preparing rows: %w", err)
	}
	return nil
}
