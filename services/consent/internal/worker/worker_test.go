package worker_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/consent/internal/sibling"
	"github.com/aval-access/aval/services/consent/internal/wording"
	"github.com/aval-access/aval/services/consent/internal/worker"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/jobs"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const patience = 20 * time.Second

// While the decision cannot be reached, the job waits and is never given up;
// and what time has ended is recorded without anybody asking.
func TestJobsGoOnWhileTheDecisionIsDown(t *testing.T) { // R40, R41
	t.Parallel()
	db := pgtest.DB(t, "consent", postgres.Migrations, jobs.Migrate)
	log := slog.New(slog.DiscardHandler)
	queue, err := jobs.New(jobs.Options{DB: db, Log: log, Periodic: worker.Periodic()})
	require.NoError(t, err)
	nobody, err := grpc.NewClient("127.0.0.1:1", grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, nobody.Close()) })
	deps := app.Deps{
		DB: db, Jobs: queue, Log: log, Siblings: sibling.New(nobody, nobody), Terms: app.Terms{Request: time.Hour},
		Clock: clock.Fixed(time.Now().Add(-2 * time.Hour).Truncate(time.Microsecond)), // the jobs are due at once
	}
	later := deps
	later.Clock = clock.System{}
	worker.Handle(queue, later)
	give(t, deps)
	waiting := request()
	_, err = app.RequestConsent{Deps: deps}.Record(t.Context(), waiting)
	require.NoError(t, err)

	run(t, queue)
	require.Eventually(t, func() bool {
		return count(t, db, "SELECT count(*) FROM river.river_job WHERE kind = 'settle_grant' AND (metadata ->> 'snoozes')::int > 0 AND state NOT IN ('completed', 'discarded', 'cancelled')") == 1 &&
			count(t, db, "SELECT count(*) FROM consent WHERE state = 'EXPIRED_UNANSWERED'") == 1
	}, patience, 50*time.Millisecond)
	require.Equal(t, 1, count(t, db, "SELECT count(*) FROM consent WHERE state = 'GIVEN'"))
}

func request() domain.Record {
	return domain.Record{
		ClientID: id.New(), PartnerID: id.New(), AssignmentID: id.New(), UserID: id.New(), RequesterID: id.New(),
		ClientLocale: "fr", Role: domain.TechnicalSupport, Proposed: time.Hour,
	}
}

func give(t *testing.T, deps app.Deps) {
	t.Helper()
	asked := request()
	consent, err := app.RequestConsent{Deps: deps}.Record(t.Context(), asked)
	require.NoError(t, err)
	_, err = app.Approve{Deps: deps}.Decide(t.Context(), app.Answer{
		Respond:  app.Respond{ClientID: asked.ClientID, ConsentID: consent, Via: domain.EmailLink},
		Duration: domain.Duration{Choice: domain.UntilStopped}, TextLocale: "fr", TextHash: wording.Canonical(asked, "fr").Hash(),
	}, app.Parties{By: domain.Respondent{UserID: id.New(), Approver: true, Administrator: true}})
	require.NoError(t, err)
}

func run(t *testing.T, queue *jobs.Queue) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended, ready := make(chan error, 1), make(chan struct{})
	go func() { ended <- queue.Component().Run(ctx, func() { close(ready) }) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-ended)
	})
	<-ready
}

func count(t *testing.T, db *pg.DB, statement string) int {
	t.Helper()
	var n int
	require.NoError(t, db.InSystem(t.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
		return tx.QueryRow(ctx, statement).Scan(&n)
	}))
	return n
}
