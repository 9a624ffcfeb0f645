package worker

import (
	"context"
	"log/slog"
	"time"

	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/kit/lifecycle"
)

const (
	// sequencerPoll is how long a record waits at most for a process that was
	// not there when it was written.
	sequencerPoll = time.Second
	// sequencerPause is how long the sequencer rests after an error.
	sequencerPause = 10 * time.Second
)

// Sequencer is the component that seals the ledger: woken by what this process
// writes, and each second for what others wrote. Facts that wait for it are
// kept; nobody else waits.
func Sequencer(advance app.AdvanceLedger) lifecycle.Component {
	return lifecycle.Component{Name: "ledger", Run: func(ctx context.Context, ready func()) error {
		woken := advance.DB.Signal(app.LedgerTopic)
		ready()
		for ctx.Err() == nil {
			added, err := advance.Do(ctx)
			switch {
			case ctx.Err() != nil:
			case err != nil:
				advance.Log.ErrorContext(ctx, "ledger_not_advanced", slog.Any("error", err))
				pause(ctx, nil, sequencerPause)
			case added < app.SealBatch:
				pause(ctx, woken, sequencerPoll)
			}
		}
		return nil
	}}
}

func pause(ctx context.Context, woken <-chan struct{}, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-woken:
	case <-timer.C:
	}
}

// auditEvery is how often each process reads the whole ledger.
const auditEvery = 24 * time.Hour

// Auditor is the component that reads the whole ledger and the histories
// beside it, and raises an alarm for each thing that somebody changed.
func Auditor(audit app.AuditLedger) lifecycle.Component {
	return lifecycle.Every("ledger audit", auditEvery, func(ctx context.Context) {
		report, err := audit.Do(ctx)
		if err != nil {
			audit.Log.ErrorContext(ctx, "ledger_not_audited", slog.Any("error", err))
			return
		}
		for _, f := range report.Findings {
			audit.Log.ErrorContext(ctx, "ledger_changed", slog.String("fault", string(f.Fault)), slog.Int64("sequence", f.Sequence))
		}
	})
}
