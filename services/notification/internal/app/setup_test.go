package app_test

import (
	"context"
	"log/slog"
	"net/mail"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/metric/noop"

	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/jobs"
	"github.com/aval-access/aval/services/kit/mailbox"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgtest"
	"github.com/aval-access/aval/services/notification/internal/app"
	"github.com/aval-access/aval/services/notification/internal/domain"
	"github.com/aval-access/aval/services/notification/internal/letter"
	"github.com/aval-access/aval/services/notification/internal/postgres"
	"github.com/aval-access/aval/services/notification/internal/submission"
	"github.com/aval-access/aval/services/notification/internal/worker"
)

// owner stands where another context is: it answers what it is told to.
type owner struct {
	mu    sync.Mutex
	mails []app.Prepared
	asked int
}

func (o *owner) PrepareMail(context.Context, domain.Fact) ([]app.Prepared, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.asked++
	return o.mails, nil
}

func (o *owner) says(mails ...app.Prepared) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.mails = mails
}

// bundle is one notification without its queue running: tests do each step.
type bundle struct {
	db      *pg.DB
	box     *mailbox.Mailbox
	clock   *clock.Manual
	owner   *owner
	queue   *jobs.Queue
	receive app.Receive
	compose app.Compose
	send    app.Send
	purge   app.Purge
}

func setup(t *testing.T) *bundle {
	t.Helper()
	return setupOn(t, pgtest.DB(t, "notification", postgres.Migrations, jobs.Migrate))
}

func setupOn(t *testing.T, db *pg.DB) *bundle {
	t.Helper()
	b := &bundle{
		db: db, owner: &owner{},
		clock: clock.NewManual(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)),
	}
	var err error
	b.box, err = mailbox.Start(mailbox.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.box.Close()) })
	log := slog.New(slog.DiscardHandler)
	b.queue, err = jobs.New(jobs.Options{DB: b.db, Log: log})
	require.NoError(t, err)
	letters, err := letter.New("https://aval.example")
	require.NoError(t, err)
	server, err := submission.Parse(b.box.URL())
	require.NoError(t, err)
	b.receive = app.Receive{DB: b.db, Queue: b.queue}
	b.compose = app.Compose{DB: b.db, Queue: b.queue, Source: b.owner, Letters: letters, Clock: b.clock, Log: log}
	b.send = app.Send{DB: b.db, Server: server, Compose: b.compose, From: mail.Address{Name: "Aval", Address: "aval@example.test"},
		Clock: b.clock, Log: log, Count: noop.Int64Counter{}}
	b.purge = app.Purge{DB: b.db, Clock: b.clock}
	worker.Jobs{Compose: b.compose, Send: b.send, Purge: b.purge, Clock: b.clock}.Register(b.queue)
	return b
}

func prepared(ref, address string) app.Prepared {
	return app.Prepared{
		Tenant: id.New(), RecipientRef: ref, Address: address,
		Letter: letter.Letter{Template: "invitation", Locale: "fr", ActionPath: "/i/avl_inv1_x",
			Variables: map[string]string{"organization_name": "Boulangerie Durand"}},
	}
}

func fact() domain.Fact {
	return domain.Fact{EventID: id.New(), Subject: "aval.membership.v1.invitation.created", Payload: []byte{1}}
}

func job(f domain.Fact) app.ComposeJob {
	return app.ComposeJob{EventID: f.EventID, Subject: f.Subject, Payload: f.Payload}
}

// composed makes the one delivery of a fact with one recipient.
func (b *bundle) composed(t *testing.T) id.ID {
	t.Helper()
	b.owner.says(prepared("usr_1", "ana@client.test"))
	require.NoError(t, b.compose.Do(t.Context(), job(fact())))
	ids := b.deliveries(t)
	require.Len(t, ids, 1)
	return ids[0]
}

func (b *bundle) deliveries(t *testing.T) (out []id.ID) {
	t.Helper()
	b.query(t, func(ctx context.Context, tx pg.Tx) error {
		rows, err := tx.Query(ctx, "SELECT id FROM delivery ORDER BY id LIMIT 100")
		require.NoError(t, err)
		out, err = pgx.CollectRows(rows, pgx.RowTo[id.ID])
		return err
	})
	return out
}

func (b *bundle) delivery(t *testing.T, delivery id.ID) (d domain.Delivery) {
	t.Helper()
	b.query(t, func(ctx context.Context, tx pg.Tx) (err error) {
		d, err = postgres.Deliveries{}.Lock(ctx, tx, delivery)
		return err
	})
	return d
}

// jobs counts what waits in the queue.
func (b *bundle) jobs(t *testing.T, kind string) (n int) {
	t.Helper()
	b.query(t, func(ctx context.Context, tx pg.Tx) error {
		return tx.QueryRow(ctx, "SELECT count(*) FROM river.river_job WHERE kind = @kind", pgx.NamedArgs{"kind": kind}).Scan(&n)
	})
	return n
}

// facts lists what was published.
func (b *bundle) facts(t *testing.T) (out []string) {
	t.Helper()
	b.query(t, func(ctx context.Context, tx pg.Tx) error {
		rows, err := tx.Query(ctx, "SELECT subject FROM outbox ORDER BY position LIMIT 100")
		require.NoError(t, err)
		out, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	return out
}

func (b *bundle) query(t *testing.T, fn pg.Func) {
	t.Helper()
	require.NoError(t, b.db.InSystem(t.Context(), "test", fn))
}

// try makes one try, and moves the clock to the next.
func (b *bundle) try(t *testing.T, delivery id.ID) domain.Delivery {
	t.Helper()
	next, err := b.send.Do(t.Context(), delivery)
	require.NoError(t, err)
	if !next.IsZero() {
		b.clock.Set(next)
	}
	return b.delivery(t, delivery)
}

func anyMail(mailbox.Message) bool { return true }
