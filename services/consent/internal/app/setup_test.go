package app_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/metric/noop"
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

const week = 7 * 24 * time.Hour

// bundle is consent on a database of its own, with siblings that nobody
// answers for: what needs them shows what happens when they are down.
type bundle struct {
	app.Deps
	clock *clock.Manual
	asked domain.Record
	by    app.Parties
}

func setup(t *testing.T) *bundle {
	t.Helper()
	db := pgtest.DB(t, "consent", postgres.Migrations, jobs.Migrate)
	log := slog.New(slog.DiscardHandler)
	queue, err := jobs.New(jobs.Options{DB: db, Log: log})
	require.NoError(t, err)
	nobody, err := grpc.NewClient("127.0.0.1:1", grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, nobody.Close()) })
	now := clock.NewManual(time.Date(2026, time.November, 21, 9, 0, 0, 0, time.UTC))
	b := &bundle{
		clock: now,
		Deps: app.Deps{
			DB: db, Clock: now, Unreachable: noop.Int64Counter{}, Jobs: queue, Log: log, Siblings: sibling.New(nobody, nobody),
			Terms: app.Terms{Request: 2 * week, CoolDown: week, CodesPerNetwork: 20, Policy: domain.Policy{InactivityDays: 190}},
		},
	}
	worker.Handle(queue, b.Deps)
	b.asked = request(id.New(), id.New())
	b.by = app.Parties{
		By:  domain.Respondent{UserID: id.New(), Name: "Anne Petit", Folded: "anne@client.example", Approver: true, Administrator: true},
		For: domain.Asker{UserID: b.asked.UserID, Folded: "karim@partner.example"},
	}
	return b
}

func request(client, partner id.ID) domain.Record {
	return domain.Record{
		ClientID: client, PartnerID: partner, AssignmentID: id.New(), UserID: id.New(), RequesterID: id.New(),
		ClientName: "Boulangerie Durand", ClientLocale: "fr", ProductName: "Compta+",
		Partner:   domain.Identification{LegalName: "Cabinet Martin", RegistrationNumber: "552 100 554"},
		GivenName: "Karim", FamilyName: "Haddad", Role: domain.TechnicalSupport, Proposed: week,
		Lines: domain.LinesOf(domain.TechnicalSupport, []domain.Feature{
			{Path: "management", LabelFR: "Gestion générale"}, {Path: "accounting", LabelFR: "Comptabilité"},
			{Path: "accounting/bank", LabelFR: "Coordonnées bancaires", Sensitive: true},
		}),
	}
}

func (b *bundle) ask(t *testing.T) id.ID {
	t.Helper()
	consent, err := app.RequestConsent{Deps: b.Deps}.Record(t.Context(), b.asked)
	require.NoError(t, err)
	return consent
}

// yes is an answer with everything right.
func (b *bundle) yes(t *testing.T, consent id.ID) app.Answer {
	t.Helper()
	return app.Answer{
		Respond: app.Respond{
			ClientID: b.asked.ClientID, ConsentID: consent, UserID: b.by.By.UserID, Via: domain.EmailLink,
			Network: "192.0.2.0/24", Agent: "Mozilla/5.0",
		},
		Duration: domain.Duration{Choice: domain.OneWeek}, TextHash: wording.Canonical(b.asked, "fr").Hash(), TextLocale: "fr",
	}
}

func (b *bundle) give(t *testing.T) app.Decided {
	t.Helper()
	decided, err := app.Approve{Deps: b.Deps}.Decide(t.Context(), b.yes(t, b.ask(t)), b.by)
	require.NoError(t, err)
	return decided
}

func (b *bundle) withdrawal(consent id.ID) app.Withdrawal {
	return app.Withdrawal{
		ClientID: b.asked.ClientID, ConsentID: consent,
		Actor: domain.Actor{Party: domain.ByClient, ID: b.by.By.UserID, Name: b.by.By.Name},
	}
}

func (b *bundle) stored(t *testing.T, consent id.ID) domain.Record {
	t.Helper()
	var r domain.Record
	require.NoError(t, b.DB.InTenant(t.Context(), b.asked.ClientID, func(ctx context.Context, tx pg.Tx) (err error) {
		r, err = postgres.Consents{}.ByID(ctx, tx, b.asked.ClientID, consent)
		return err
	}))
	return r
}

// count runs a counting statement over all tenants.
func (b *bundle) count(t *testing.T, statement string) int {
	t.Helper()
	var n int
	require.NoError(t, b.DB.InSystem(t.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
		return tx.QueryRow(ctx, statement).Scan(&n)
	}))
	return n
}

// events lists the subjects published so far, in order.
func (b *bundle) events(t *testing.T) []string {
	t.Helper()
	var out []string
	require.NoError(t, b.DB.InSystem(t.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
		return tx.QueryRow(ctx, `
SELECT coalesce(array_agg(replace(subject, 'aval.consent.v1.consent.', '') ORDER BY position), '{}')
FROM outbox`).Scan(&out)
	}))
	return out
}
