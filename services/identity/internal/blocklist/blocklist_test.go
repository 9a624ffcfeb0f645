package blocklist_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/identity/internal/blocklist"
)

func TestList(t *testing.T) {
	t.Parallel()
	list := blocklist.New()
	require.GreaterOrEqual(t, list.Len(), 10_000)
	require.True(t, list.Has("password"))
	require.True(t, list.Has("films+pic+galeries"), "the long ones count most")
	require.False(t, list.Has("quatre chevaux verts dansent"))
	require.False(t, list.Has(""))
}
