package lifecycle_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/lifecycle"
)

func TestClosingGoesBackwardsPastFailures(t *testing.T) {
	t.Parallel()
	var d diary
	var closing lifecycle.Closing
	boom := errors.New("boom")
	closing.Add(func(context.Context) error { d.note("a"); return nil })
	closing.Add(func(context.Context) error { d.note("b"); return boom })
	closing.Add(func(context.Context) error { d.note("c"); return nil })
	require.ErrorIs(t, closing.Close(time.Minute), boom)
	require.Equal(t, []string{"c", "b", "a"}, d.lines)
	require.NoError(t, closing.Close(time.Minute), "once is enough")
}
