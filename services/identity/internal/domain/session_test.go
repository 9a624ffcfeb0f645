package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
)

func start() time.Time { return time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC) }

func signedIn() domain.Session {
	return domain.OpenSession(domain.SignedIn{SessionID: id.New(), UserID: id.New(), Now: start()})
}

func chosen(at time.Time) domain.Session {
	return signedIn().Rotate(domain.Choice{
		SessionID: id.New(), OrganizationID: id.New(), Name: "Camille Martin", Now: at,
	})
}

func TestIntermediateSession(t *testing.T) {
	t.Parallel()
	s := signedIn()
	require.True(t, s.OrganizationID.IsZero())
	require.True(t, s.Live(start().Add(domain.IntermediateLife-time.Second)))
	require.False(t, s.Live(start().Add(domain.IntermediateLife)), "the last moment is excluded")
}

// R95: the session of a chosen organisation.
func TestChosenSession(t *testing.T) {
	t.Parallel()

	t.Run("ends when idle for 30 minutes", func(t *testing.T) {
		t.Parallel()
		s := chosen(start())
		require.True(t, s.Live(start().Add(domain.IdleLimit-time.Second)))
		require.False(t, s.Live(start().Add(domain.IdleLimit)))
	})
	t.Run("ends 12 hours after the password, however much it is used", func(t *testing.T) {
		t.Parallel()
		s := chosen(start().Add(5 * time.Minute))
		s.UseTime = start().Add(domain.AbsoluteLimit - time.Minute)
		require.True(t, s.Live(start().Add(domain.AbsoluteLimit-time.Second)))
		require.False(t, s.Live(start().Add(domain.AbsoluteLimit)))
	})
	t.Run("changing organisation does not lengthen it", func(t *testing.T) {
		t.Parallel()
		first := chosen(start())
		second := first.Rotate(domain.Choice{SessionID: id.New(), OrganizationID: id.New(), Now: start().Add(11 * time.Hour)})
		require.Equal(t, first.ExpireTime, second.ExpireTime)
		require.Equal(t, first.AuthTime, second.AuthTime)
		require.Equal(t, first.UserID, second.UserID)
		require.NotEqual(t, first.ID, second.ID)
	})
	t.Run("ended is over at once", func(t *testing.T) {
		t.Parallel()
		s := chosen(start())
		s.EndTime = start()
		require.False(t, s.Live(start()))
	})
	t.Run("its use is written once a minute", func(t *testing.T) {
		t.Parallel()
		s := chosen(start())
		require.False(t, s.NeedsTouch(start().Add(59*time.Second)))
		require.True(t, s.NeedsTouch(start().Add(time.Minute)))
	})
}

func TestLocale(t *testing.T) {
	t.Parallel()
	require.Equal(t, "en", domain.Locale("en", "fr"))
	require.Equal(t, "en", domain.Locale("", "de", "en"))
	require.Equal(t, "fr", domain.Locale("", ""), "French first")
}

func TestFamily(t *testing.T) {
	t.Parallel()
	for agent, family := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0":   "Edge",
		"Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/9.0 Safari/537.36":   "Chrome",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 CriOS/141.0 Safari/604": "Chrome",
		"Go-http-client/1.1":   "Go-http-client",
		"Custom Agent of mine": "Custom",
		"":                     "",
	} {
		require.Equal(t, family, domain.Family(agent), agent)
	}
}
