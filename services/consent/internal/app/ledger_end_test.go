package app_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/pg"
)

// mentions counts the rows of the ledger that hold the text anywhere.
func (b *books) mentions(t *testing.T, text string) int {
	t.Helper()
	return b.ask(t, fmt.Sprintf(`
SELECT (SELECT count(*) FROM ledger_record r WHERE strpos(r::text, encode('%[1]s', 'hex')) > 0 OR strpos(r::text, '%[1]s') > 0)
  + (SELECT count(*) FROM ledger_leaf l WHERE strpos(l::text, encode('%[1]s', 'hex')) > 0)`, text))
}

func (b *books) forget(t *testing.T, user id.ID) {
	t.Helper()
	require.NoError(t, b.DB.InSystem(t.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
		return app.People{Deps: b.Deps}.Forget(ctx, tx, user)
	}))
}

func TestWhoIsForgottenLeavesTheTreeWhole(t *testing.T) { // T-17, L3
	t.Parallel()
	b := openBooks(t)
	var people []id.ID
	for range 20 { // 1,000 at long size
		user := id.New()
		people = append(people, user)
		b.hear(t, &identityv1.UserRegistered{UserId: user.Text("usr")})
		b.hear(t, &identityv1.UserPasswordChanged{UserId: user.Text("usr")})
	}
	stays := id.New()
	b.hear(t, &identityv1.UserRegistered{UserId: stays.Text("usr")})
	b.advance(t)
	for _, user := range people {
		require.Equal(t, 2, b.mentions(t, user.Text("usr")))
		b.forget(t, user)
	}
	require.Equal(t, 1, b.advance(t), "a leaf says which records ended")
	for _, user := range people {
		require.Zero(t, b.mentions(t, user.Text("usr")))
		require.Zero(t, b.mentions(t, user.String()))
	}
	require.Equal(t, 1, b.mentions(t, stays.Text("usr")))
	report := b.audit(t)
	require.Empty(t, report.Findings)
	require.Equal(t, 42, report.Leaves)
	require.Equal(t, 2, report.Opened)

	b.asOwner(t, "UPDATE ledger_record SET content = NULL, key = NULL WHERE sequence = 40")
	require.Equal(t, []string{"RECORD_MISSING@40"}, b.findings(t), "nothing says that this one ended")
}

func TestAFactThatComesAfterSomebodyWasForgottenKeepsNothing(t *testing.T) { // T-17, L3
	t.Parallel()
	b := openBooks(t)
	user := id.New()
	b.forget(t, user)
	b.hear(t, &identityv1.UserErased{UserId: user.Text("usr")})
	b.advance(t)
	b.advance(t)
	require.Zero(t, b.mentions(t, user.Text("usr")))
	require.Empty(t, b.audit(t).Findings)
}

func TestANameThatLeavesTheHistoryLeavesTheLedger(t *testing.T) { // T-17, L3
	t.Parallel()
	b := openBooks(t)
	entry := postgres.Entry{
		AccountID: b.account, ID: id.New(), ActorID: id.New(), ActorName: "Camille Canari", Action: "invoice.opened",
		Outcome: postgres.Done, Source: "spiffe://aval.local/x",
	}
	_, err := app.RecordActivity{Deps: b.Deps}.Do(t.Context(), idempotency.Key{}, []postgres.Entry{entry})
	require.NoError(t, err)
	b.visits(t, 1)
	b.advance(t)
	require.Equal(t, 1, b.mentions(t, "Camille Canari"))
	later := b.clock.Now().Add(time.Hour)
	require.NoError(t, b.DB.InSystem(t.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
		_, err := tx.Exec(ctx, "SELECT forget_names($1, $1, $1, 100)", later)
		return err
	}))
	b.advance(t)
	require.Zero(t, b.mentions(t, "Camille Canari"))
	report := b.audit(t)
	require.Empty(t, report.Findings)
	require.Equal(t, 3, report.Opened, "the fact stays")
}
