package app_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/app"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/token"
)

func requireOver(t *testing.T, err error) {
	t.Helper()
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_SESSION_EXPIRED), "%v", err)
}

// R95, R97: the person chooses where they act, and switches without a password.
func TestSelectContext(t *testing.T) {
	t.Parallel()

	t.Run("the old session ends as the new one begins", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		first := b.registered(t, address)
		organization := id.New()
		second := b.chosen(t, first, organization)
		requireOver(t, b.resolves(t, first))
		require.NoError(t, b.resolves(t, second))
		require.Equal(t, organization, second.Session.OrganizationID)
		require.NotEqual(t, first.Token.String(), second.Token.String())
		third := b.chosen(t, second, id.New())
		requireOver(t, b.resolves(t, second))
		require.NoError(t, b.resolves(t, third))
	})
	t.Run("of two choices at once one counts", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		s := b.registered(t, address).Session
		results := make([]error, 2)
		var all sync.WaitGroup
		for n := range results {
			all.Go(func() {
				_, results[n] = b.rotate.Do(t.Context(), app.Selection{SessionID: s.ID, UserID: s.UserID, OrganizationID: id.New()})
			})
		}
		all.Wait()
		if results[0] != nil {
			results[0], results[1] = results[1], results[0]
		}
		require.NoError(t, results[0])
		requireOver(t, results[1])
	})
	t.Run("a session that is over, unknown or somebody else's gives none", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		s := b.registered(t, address).Session
		for _, in := range []app.Selection{
			{SessionID: id.New(), UserID: s.UserID, OrganizationID: id.New()},
			{SessionID: s.ID, UserID: id.New(), OrganizationID: id.New()},
		} {
			_, err := b.rotate.Do(t.Context(), in)
			requireOver(t, err)
		}
		b.clock.Advance(domain.IntermediateLife)
		_, err := b.rotate.Do(t.Context(), app.Selection{SessionID: s.ID, UserID: s.UserID, OrganizationID: id.New()})
		requireOver(t, err)
	})
}

func TestSessionEnds(t *testing.T) {
	t.Parallel()

	t.Run("10 minutes after sign-in where nothing was chosen", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		opened := b.registered(t, address)
		b.clock.Advance(domain.IntermediateLife - time.Second)
		require.NoError(t, b.resolves(t, opened))
		b.clock.Advance(time.Second)
		requireOver(t, b.resolves(t, opened))
	})
	t.Run("after 30 minutes without use", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		opened := b.chosen(t, b.registered(t, address), id.New())
		for range 3 {
			b.clock.Advance(domain.IdleLimit - time.Second)
			require.NoError(t, b.resolves(t, opened), "each use counts anew")
		}
		b.clock.Advance(domain.IdleLimit)
		requireOver(t, b.resolves(t, opened))
	})
	t.Run("12 hours after the password, however much it is used", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		opened := b.chosen(t, b.registered(t, address), id.New())
		end := b.clock.Now().Add(domain.AbsoluteLimit)
		for step := 20 * time.Minute; b.clock.Now().Add(step).Before(end); {
			b.clock.Advance(step)
			require.NoError(t, b.resolves(t, opened))
		}
		b.clock.Set(end)
		requireOver(t, b.resolves(t, opened))
	})
	t.Run("at sign-out, and stays so", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		opened := b.registered(t, address)
		require.NoError(t, b.signOut.Do(t.Context(), opened.Session.ID))
		requireOver(t, b.resolves(t, opened))
		require.NoError(t, b.signOut.Do(t.Context(), opened.Session.ID))
	})
	t.Run("a token that is none is no different", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		for _, text := range []string{"", "x", token.New(token.Session).String(), token.New(token.Support).String()} {
			_, err := b.resolve.Do(t.Context(), text, domain.Origin{})
			requireOver(t, err)
		}
	})
}

// R113: whoever leaves is out at once, there and only there.
func TestEndSessions(t *testing.T) {
	t.Parallel()
	b := setup(t)
	here, there := id.New(), id.New()
	inHere := b.chosen(t, b.registered(t, address), here)
	inThere := b.chosen(t, b.signedIn(t, address), there)
	undecided := b.signedIn(t, address)
	user := undecided.Session.UserID

	ended, err := b.end.Do(t.Context(), user, []id.ID{here, id.New()})
	require.NoError(t, err)
	require.EqualValues(t, 1, ended)
	requireOver(t, b.resolves(t, inHere))
	require.NoError(t, b.resolves(t, inThere))

	ended, err = b.end.Do(t.Context(), user, []id.ID{here})
	require.NoError(t, err)
	require.Zero(t, ended, "doing it again ends nothing more")

	ended, err = b.end.Do(t.Context(), user, nil)
	require.NoError(t, err)
	require.EqualValues(t, 2, ended)
	requireOver(t, b.resolves(t, inThere))
	requireOver(t, b.resolves(t, undecided))

	ended, err = b.end.Do(t.Context(), id.New(), nil)
	require.NoError(t, err)
	require.Zero(t, ended, "nobody has no sessions")
	require.Equal(t, []string{
		"aval.identity.v1.user.registered",
		"aval.identity.v1.user.sessions_ended",
		"aval.identity.v1.user.sessions_ended",
	}, b.subjects(t), "one event for each call that ended something")
}

func TestResolvedToken(t *testing.T) {
	t.Parallel()
	b := setup(t)
	organization := id.New()
	opened := b.chosen(t, b.registered(t, address), organization)
	out, err := b.resolve.Do(t.Context(), opened.Token.String(), domain.Origin{})
	require.NoError(t, err)

	t.Run("says who, where and how", func(t *testing.T) {
		person, err := b.verifier.Verify(t.Context(), out.Token.Text)
		require.NoError(t, err)
		require.Equal(t, authn.Person{
			UserID: opened.Session.UserID, OrganizationID: organization, SessionID: opened.Session.ID,
			Name: "Camille Martin", Locale: "fr", AMR: []string{"pwd"},
			AuthTime: opened.Session.AuthTime, Token: out.Token.Text,
		}, person)
	})
	t.Run("lives 5 minutes, and less at the end of its session", func(t *testing.T) {
		require.Equal(t, b.clock.Now().Add(authn.TokenLifetime), out.Token.ExpireTime)
		undecided := b.signedIn(t, address)
		b.clock.Advance(domain.IntermediateLife - time.Minute)
		late, err := b.resolve.Do(t.Context(), undecided.Token.String(), domain.Origin{})
		require.NoError(t, err)
		require.Equal(t, undecided.Session.ExpireTime, late.Token.ExpireTime)
	})
}

// F3: a session belongs to the family of browsers that signed in. Browsers
// renew themselves; a token that another one shows was copied, and ends.
func TestASessionBelongsToOneBrowser(t *testing.T) {
	t.Parallel()
	const windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:%s.0) Gecko/20100101 Firefox/%[1]s.0"
	b := setup(t)
	b.registered(t, address)
	in := typed(address, password)
	in.Origin.Agent = fmt.Sprintf(windows, "140")
	opened, err := b.signIn.Do(t.Context(), in)
	require.NoError(t, err)
	chosen := b.chosen(t, opened, id.New())
	by := func(agent string) error {
		_, err := b.resolve.Do(t.Context(), chosen.Token.String(), domain.Origin{Agent: agent})
		return err
	}
	require.NoError(t, by(in.Origin.Agent))
	require.NoError(t, by(fmt.Sprintf(windows, "141")), "a new version is the same browser")
	require.NoError(t, by("Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0"), "so is the desktop's page on a telephone")
	requireOver(t, by("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36"))
	requireOver(t, by(in.Origin.Agent))

	chosen = b.registered(t, "autre@cabinet.fr")
	require.NoError(t, by("curl/8.5.0"), "who said nothing when signing in is held to nothing")
}
