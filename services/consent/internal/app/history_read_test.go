package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/id"
)

// A look of the platform is told to the account with its first page, and not
// again with each page that follows.
func TestALookOfThePlatformIsToldOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	look := app.ReadHistory{Deps: b.Deps}
	span := postgres.Range{AccountID: b.asked.ClientID, Limit: 10}
	_, err := look.Do(t.Context(), span, "The client asks who came.")
	require.NoError(t, err)
	require.Equal(t, []string{"aval.consent.v1.history.read"}, b.events(t))
	span.AfterTime, span.AfterID = b.clock.Now(), id.New()
	_, err = look.Do(t.Context(), span, "The client asks who came.")
	require.NoError(t, err)
	require.Len(t, b.events(t), 1)
}
