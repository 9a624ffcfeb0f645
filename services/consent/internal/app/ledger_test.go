package app_test

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/consent/internal/witness"
	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/config"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/jobs"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgtest"
	"github.com/aval-access/aval/services/ledger"
)

// books are the ledger on a database of its own, and its owner at the database.
type books struct {
	app.AdvanceLedger
	clock *clock.Manual
	owner *pg.DB
	// account has a history.
	account id.ID
}

func openBooks(t *testing.T) *books {
	t.Helper()
	urls := pgtest.URLs(t, "consent", postgres.Migrations, jobs.Migrate)
	open := func(app, system string) *pg.DB {
		db, err := pg.Open(t.Context(), pg.Config{AppURL: config.NewSecret(app), SystemURL: config.NewSecret(system), MaxConns: 4})
		require.NoError(t, err)
		t.Cleanup(db.Close)
		return db
	}
	_, key, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	signer, err := ledger.NewSigner("aval.example/ledger", []ed25519.PrivateKey{key})
	require.NoError(t, err)
	now := clock.NewManual(time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC))
	return &books{
		AdvanceLedger: app.AdvanceLedger{
			Deps:   app.Deps{DB: open(urls.App, urls.System), Clock: now, Log: slog.New(slog.DiscardHandler)},
			Signer: signer, Witness: witness.Folder(t.TempDir()),
		},
		clock: now, owner: open(urls.Migrate, urls.System), account: id.New(),
	}
}

// visits records n acts in the account.
func (b *books) visits(t *testing.T, n int) {
	t.Helper()
	entries := make([]postgres.Entry, n)
	for i := range entries {
		entries[i] = postgres.Entry{
			AccountID: b.account, ID: id.New(), ActorID: id.New(), Action: "invoice.opened", Object: fmt.Sprint("F-", i),
			Outcome: postgres.Done, Source: "spiffe://aval.local/ns/products/sa/demo-product",
		}
	}
	recorded, err := app.RecordActivity{Deps: b.Deps}.Do(t.Context(), idempotency.Key{}, entries)
	require.NoError(t, err)
	require.Equal(t, n, recorded)
}

// hear applies an event of any context.
func (b *books) hear(t *testing.T, message proto.Message) {
	t.Helper()
	subject, err := bus.SubjectOf(message)
	require.NoError(t, err)
	require.NoError(t, app.RecordFact{Deps: b.Deps}.Do(t.Context(), bus.Event{
		ID: id.New(), Subject: subject, Time: b.clock.Now(), Message: message,
	}))
}

// advance lets the sequencer go on for a minute.
func (b *books) advance(t *testing.T) int {
	t.Helper()
	b.clock.Advance(time.Minute)
	added, err := b.Do(t.Context())
	require.NoError(t, err)
	return added
}

func (b *books) audit(t *testing.T) *ledger.Report {
	t.Helper()
	report, err := app.AuditLedger{Deps: b.Deps, Keys: b.Signer.VerifierKeys(), Witness: b.Witness}.Do(t.Context())
	require.NoError(t, err)
	require.NotNil(t, report)
	return report
}

// asOwner runs statements as whoever owns the tables could, past every guard.
func (b *books) asOwner(t *testing.T, statements ...string) {
	t.Helper()
	require.NoError(t, b.owner.InApp(t.Context(), func(ctx context.Context, tx pg.Tx) error {
		all := []string{"SET LOCAL ROLE consent_owner"}
		for _, table := range []string{"history", "ledger_record", "ledger_leaf", "ledger_hash", "ledger_checkpoint"} {
			all = append(all, "ALTER TABLE "+table+" DISABLE TRIGGER USER")
		}
		for _, one := range append(all, statements...) {
			if _, err := tx.Exec(ctx, one); err != nil {
				return fmt.Errorf("%s: %w", one, err)
			}
		}
		return nil
	}))
}

// ask reads one number as the system.
func (b *books) ask(t *testing.T, statement string) int {
	t.Helper()
	var n int
	require.NoError(t, b.DB.InSystem(t.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
		return tx.QueryRow(ctx, statement).Scan(&n)
	}))
	return n
}

// try runs a statement as the system.
func (b *books) try(t *testing.T, statement string) error {
	t.Helper()
	return b.DB.InSystem(t.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
		_, err := tx.Exec(ctx, statement)
		return err
	})
}

func TestEveryFactGetsItsPlace(t *testing.T) { // L1
	t.Parallel()
	b := openBooks(t)
	b.visits(t, 3)
	b.hear(t, &identityv1.UserRegistered{UserId: id.New().Text("usr")}) // touches no account
	b.hear(t, &consentv1.ErasureCompleted{UserId: id.New().Text("usr")})
	require.Equal(t, 5, b.advance(t))
	require.Zero(t, b.advance(t), "each has one place")
	report := b.audit(t)
	require.Empty(t, report.Findings)
	require.Equal(t, 5, report.Leaves)
	require.Equal(t, 5, report.Opened)
	require.EqualValues(t, 5, report.Checkpoint.Size)
}

func TestPlacesHaveNoGapsHoweverManySeal(t *testing.T) { // L1
	t.Parallel()
	b := openBooks(t)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 10 {
				b.visits(t, 3)
				_, err := b.Do(t.Context())
				require.NoError(t, err)
			}
		})
	}
	all.Wait()
	b.advance(t)
	report := b.audit(t)
	require.Empty(t, report.Findings)
	require.Equal(t, 120, report.Leaves)
}

func TestABatchIsWholeOrNot(t *testing.T) { // a crash in between
	t.Parallel()
	b := openBooks(t)
	b.visits(t, 2)
	b.advance(t)
	b.visits(t, 3)
	b.asOwner(t, `ALTER TABLE ledger_hash ADD CONSTRAINT broken CHECK (position < 4)`)
	_, err := b.Do(t.Context())
	require.Error(t, err)
	require.Equal(t, 2, b.ask(t, "SELECT count(*) FROM ledger_leaf"))
	require.Equal(t, 3, b.ask(t, "SELECT count(*) FROM ledger_record WHERE sequence IS NULL"))
	b.asOwner(t, `ALTER TABLE ledger_hash DROP CONSTRAINT broken`)
	require.Equal(t, 3, b.advance(t))
	require.Empty(t, b.audit(t).Findings)
}

func TestCheckpointsAreSignedEachMinuteOrThousandLeaves(t *testing.T) { // L1
	t.Parallel()
	b := openBooks(t)
	sizes := func() int { return b.ask(t, "SELECT coalesce(max(size), 0) FROM ledger_checkpoint") }
	b.visits(t, 1)
	b.advance(t)
	require.Equal(t, 1, sizes())
	b.visits(t, 1)
	b.clock.Advance(59 * time.Second)
	_, err := b.Do(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, sizes(), "not yet a minute")
	for range 2 {
		b.visits(t, 500)
	}
	_, err = b.Do(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1002, sizes(), "a thousand do not wait")
	b.advance(t)
	b.advance(t)
	require.Equal(t, 2, b.ask(t, "SELECT count(*) FROM ledger_checkpoint"), "nothing new, nothing signed")
}

func TestTheLedgerOfAYesHoldsItsEvidence(t *testing.T) { // C7
	t.Parallel()
	b := setup(t)
	given := b.give(t)
	b.hear(t, id.New(), &consentv1.ConsentGiven{Consent: b.ref(given.Record.ID), ActorId: b.by.By.UserID.Text("usr")})
	var content, actor []byte
	require.NoError(t, b.DB.InSystem(t.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
		return tx.QueryRow(ctx, "SELECT content, actor FROM ledger_record WHERE consent_id = $1", given.Record.ID).Scan(&content, &actor)
	}))
	record, who, err := ledger.Read(content, actor)
	require.NoError(t, err)
	require.Equal(t, "Anne Petit", who.GetActorName())
	evidence := record.GetEvidence()
	require.Equal(t, given.Record.Evidence.TextHash, evidence.GetTextHash())
	require.Equal(t, given.Record.Evidence.TextVersion, evidence.GetTextVersion())
	require.Equal(t, "fr", evidence.GetTextLocale())
	require.Equal(t, "EMAIL_LINK", evidence.GetAssurance())
	require.Equal(t, "1_WEEK", evidence.GetDuration())
	require.True(t, evidence.GetExpireTime().AsTime().Equal(given.Record.ExpireTime))
	require.NotEmpty(t, evidence.GetRights())
}
