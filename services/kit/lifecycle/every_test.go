package lifecycle_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/lifecycle"
)

func TestEveryGoesOnUntilItsContextEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	calls := 0
	c := lifecycle.Every("beat", time.Millisecond, func(context.Context) {
		if calls++; calls == 3 {
			cancel()
		}
	})
	require.Equal(t, "beat", c.Name)
	require.NoError(t, lifecycle.Run(ctx, time.Second, c))
	require.GreaterOrEqual(t, calls, 3)
}
