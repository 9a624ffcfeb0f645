package replica_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/accessclient/engine"
	"github.com/aval-access/aval/services/kit/lifecycle"
	"github.com/aval-access/aval/services/kit/lifecycle/lifecycletest"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgtest"
	"github.com/aval-access/aval/services/kit/telemetry"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/fence"
	"github.com/aval-access/aval/services/membership/internal/postgres"
	"github.com/aval-access/aval/services/membership/internal/replica"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// bundle is a database of the decision, and who follows it.
type bundle struct {
	*testing.T
	db     *pg.DB
	tables postgres.Decisions
	fence  *fence.Fence
}

func setup(t *testing.T) *bundle {
	t.Helper()
	b := &bundle{T: t, db: pgtest.DB(t, "membership", postgres.Migrations)}
	b.tables = postgres.NewDecisions(b.db)
	var err error
	b.fence, err = fence.New(fence.Options{DB: b.db, Lease: engine.Lease + engine.Margin, Telemetry: telemetry.Discard()})
	require.NoError(t, err)
	b.start(b.fence.Component())
	return b
}

// start runs a component until the test ends, or it is stopped.
func (b *bundle) start(c lifecycle.Component) (stop func()) {
	b.Helper()
	return lifecycletest.Run(b, c)
}

// noTables has no answer: what a test gets, memory gave.
type noTables struct{ postgres.Decisions }

func (noTables) Decide(context.Context, domain.Question) (domain.Answer, error) {
	return domain.Answer{}, errNoMemory
}

func (noTables) DecideAll(context.Context, []domain.Question) ([]domain.Answer, error) {
	return nil, errNoMemory
}

// memory is a replica that never asks the tables; now may be nil.
func (b *bundle) memory(now func() time.Time) *replica.Replica {
	b.Helper()
	if now == nil {
		now = time.Now
	}
	r, err := replica.New(replica.Options{DB: b.db, Tables: noTables{}, Telemetry: telemetry.Discard(), Now: now})
	require.NoError(b, err)
	return r
}

func (b *bundle) exec(sql string, args ...any) {
	b.Helper()
	require.NoError(b, b.db.InSystem(b.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
		_, err := tx.Exec(ctx, sql, args...)
		return err
	}))
}
