package postgres_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgtest"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// BenchmarkDecide is one decision on one connection, without gRPC.
func BenchmarkDecide(b *testing.B) {
	db := pgtest.DB(b, "membership", postgres.Migrations)
	decisions := postgres.NewDecisions(db)
	account, user := id.New(), id.New()
	now := clock.System{}.Now()
	require.NoError(b, db.InTenant(b.Context(), account, func(ctx context.Context, tx pg.Tx) error {
		err := postgres.InsertOrganization(ctx, tx, domain.Organization{
			ID: account, Kind: domain.Client, Locale: "fr", State: domain.Active, CreateTime: now,
		})
		if err != nil {
			return err
		}
		return postgres.InsertMember(ctx, tx, domain.Membership{
			ID: id.New(), OrganizationID: account, CreateTime: now, Version: 1,
			Person: domain.Person{UserID: user, Email: "a@example.com", EmailKey: "a@example.com", Locale: "fr"},
			Offer:  domain.Offer{Role: domain.Member, Rights: domain.Rights{"management": domain.LevelEditor}},
		})
	}))
	q := domain.Question{SubjectID: user, AccountID: account, Feature: "management/invoices", Level: domain.LevelGuest}
	b.ReportAllocs()
	for b.Loop() {
		answer, err := decisions.Decide(b.Context(), q)
		if err != nil || !answer.Allowed() {
			b.Fatal(answer, err)
		}
	}
}
