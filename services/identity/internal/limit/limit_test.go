package limit_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/limit"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// I1: tries are the account's, not the process's.
func TestARestartForgetsNoTry(t *testing.T) {
	t.Parallel()
	db := pgtest.DB(t, "identity", postgres.Migrations)
	now := clock.NewManual(time.Date(2026, time.November, 21, 9, 0, 0, 0, time.UTC))
	started := func() limit.Limits {
		l, err := limit.New(db, now, make([]byte, 32), limit.Rules{SignInTries: 3, SignInsPerNetwork: 100})
		require.NoError(t, err)
		return l
	}
	who := limit.Who{Account: "ada@example.com", Source: "192.0.2.1/32"}
	for range 3 {
		require.NoError(t, started().Reserve(t.Context(), limit.SignIn, who))
	}
	err := started().Reserve(t.Context(), limit.SignIn, who)
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_TOO_MANY_ATTEMPTS), "%v", err)
	require.NoError(t, started().Reserve(t.Context(), limit.SignIn, limit.Who{Account: "bob@example.com", Source: who.Source}))
}
