package fence

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"

	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/lifecycle"
)

// Component hears the replicas' answers. Without it a fence still waits, as
// long as leases last.
func (f *Fence) Component() lifecycle.Component {
	return lifecycle.Component{Name: "fence", Run: func(ctx context.Context, ready func()) error {
		defer f.leading.Wait()
		for ctx.Err() == nil {
			if err := f.hear(ctx, ready); ctx.Err() == nil {
				f.Telemetry.Log.WarnContext(ctx, "fence cannot hear the replicas", slog.Any("error", err))
				clock.Wait(ctx, retryPause)
			}
		}
		return nil
	}}
}

func (f *Fence) hear(ctx context.Context, ready func()) error {
	conn, err := f.DB.Dedicated(ctx)
	if err != nil {
		return err
	}
	defer func() {
		stopping, cancel := lifecycle.Stopping(ctx)
		defer cancel()
		_ = conn.Close(stopping)
	}()
	if _, err := conn.Exec(ctx, "LISTEN "+f.channel); err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	ready()
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return fmt.Errorf("waiting for answers: %w", err)
		}
		f.answered(n.Payload)
	}
}

// answered takes "<round> <lease>".
func (f *Fence) answered(payload string) {
	number, from, _ := strings.Cut(payload, " ")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return
	}
	f.mu.Lock()
	r := f.waiting[n]
	f.mu.Unlock()
	if r == nil {
		return
	}
	select {
	case r.heard <- from:
	default: // more answers than anybody waits for
	}
}
