package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aval-access/aval/deploy/house"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/mailbox"
)

// books are what is compared in the end.
type books struct{ house.Books }

// await waits until nothing is on its way any more.
func (b books) await(ctx context.Context, r *report) error {
	deadline := time.Now().Add(convergesWithin)
	for {
		missing, doubled, err := b.Balance(ctx)
		switch {
		case err != nil:
			return err
		case len(doubled) > 0:
			r.violation("applied more than once: %s", strings.Join(doubled, ", "))
			return nil
		case len(missing) == 0:
			return nil
		case time.Now().After(deadline):
			r.violation("still on their way: %s", strings.Join(missing, ", "))
			return nil
		}
		clock.Wait(ctx, time.Second)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// mails compares what was sent with what came: every mail once, but for those
// whose answer was lost, which are marked.
func (b books) mails(ctx context.Context, came []mailbox.Message, r *report) error {
	times := map[string]int{}
	for _, m := range came {
		name, _, _ := strings.Cut(m.MessageID, "@")
		times[name]++
		r.count("mails")
	}
	rows, err := b.Books["notification"].Query(ctx, "SELECT id, state, repeated FROM delivery")
	if err != nil {
		return fmt.Errorf("reading deliveries: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var delivery id.ID
		var state string
		var repeated bool
		if err := rows.Scan(&delivery, &state, &repeated); err != nil {
			return fmt.Errorf("reading deliveries: %w", err)
		}
		n := times[delivery.Text("dlv")]
		switch {
		case repeated && n >= 1 && n <= 2:
			r.count("mails_marked_as_repeated")
		case n != 1:
			r.violation("delivery %s (%s, repeated %t) came %d times", delivery.Text("dlv"), state, repeated, n)
		}
	}
	return rows.Err()
}
