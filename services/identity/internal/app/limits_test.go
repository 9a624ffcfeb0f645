package app_test

import (
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/app"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/testsize"
)

const wrong = "une autre phrase bien longue"

func requireWait(t *testing.T, err error) time.Duration {
	t.Helper()
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_TOO_MANY_ATTEMPTS), "%v", err)
	details, _ := fault.Details(err)
	return details.RetryAfter()
}

func (b *bundle) tries(t *testing.T, in app.Credentials, n int) {
	t.Helper()
	for range n {
		_, err := b.signIn.Do(t.Context(), in)
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_CREDENTIALS_REFUSED), "%v", err)
	}
}

// T-22: tries are bounded, and whether the address is anybody's changes nothing.
func TestSignInTries(t *testing.T) {
	t.Parallel()

	t.Run("after five the next one waits, and each wait is twice as long", func(t *testing.T) {
		t.Parallel()
		for _, who := range []string{address, "inconnu@cabinet.fr"} {
			b := setup(t)
			b.registered(t, address)
			b.tries(t, typed(who, wrong), 5)
			for _, wait := range []time.Duration{2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900} {
				_, err := b.signIn.Do(t.Context(), typed(who, password))
				require.Equal(t, wait*time.Second, requireWait(t, err), "the right password is not even compared")
				b.clock.Advance(wait * time.Second)
				b.tries(t, typed(who, wrong), 1)
			}
		}
	})
	t.Run("the right password begins anew", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.registered(t, address)
		for range 3 {
			b.tries(t, typed(address, wrong), 4)
			b.signedIn(t, address)
		}
	})
	t.Run("an hour without a try begins anew", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.tries(t, typed(address, wrong), 5)
		b.clock.Advance(time.Hour + time.Second)
		b.tries(t, typed(address, wrong), 5)
	})
	t.Run("other spellings of the address are the same account", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.tries(t, typed(address, wrong), 3)
		b.tries(t, typed(" CAMILLE.martin@CABINET.fr", wrong), 2)
		_, err := b.signIn.Do(t.Context(), typed(address, wrong))
		requireWait(t, err)
	})
}

// T-22: of many guesses at once no more are compared than one after the other.
func TestGuessesAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.registered(t, address)
	for race := range testsize.Of(t, 1, 1000) {
		who := address
		if race > 0 {
			who = strconv.Itoa(race) + address
		}
		require.Equal(t, map[reasonv1.Reason]int{
			reasonv1.Reason_REASON_CREDENTIALS_REFUSED: 5,
			reasonv1.Reason_REASON_TOO_MANY_ATTEMPTS:   59,
		}, b.guesses(t, who, 64))
	}
}

// guesses tries wrong passwords all at once, and counts what was answered.
func (b *bundle) guesses(t *testing.T, who string, tries int) map[reasonv1.Reason]int {
	t.Helper()
	var mu sync.Mutex
	outcomes := map[reasonv1.Reason]int{}
	var all sync.WaitGroup
	for n := range tries {
		all.Go(func() {
			_, err := b.signIn.Do(t.Context(), typed(who, wrong+strconv.Itoa(n)))
			mu.Lock()
			defer mu.Unlock()
			outcomes[fault.ReasonOf(err)]++
		})
	}
	all.Wait()
	return outcomes
}

// T-22: an attacker who uses up the tries does not keep the owner out, who comes
// with a browser that signed in before.
func TestOwnerIsNotLockedOut(t *testing.T) {
	t.Parallel()
	b := setup(t)
	known := b.registered(t, address).DeviceToken
	stranger := b.registered(t, "autre@cabinet.fr").DeviceToken
	b.tries(t, typed(address, wrong), 5)

	owner := typed(address, password)
	owner.Origin.DeviceToken = known
	opened, err := b.signIn.Do(t.Context(), owner)
	require.NoError(t, err)
	require.NotEmpty(t, opened.DeviceToken)

	t.Run("the stranger still waits", func(t *testing.T) {
		for _, token := range []string{"", "x", stranger} {
			in := typed(address, password)
			in.Origin.DeviceToken = token
			_, err := b.signIn.Do(t.Context(), in)
			requireWait(t, err)
		}
	})
	t.Run("a known browser has its own bound", func(t *testing.T) {
		in := typed(address, wrong)
		in.Origin.DeviceToken = opened.DeviceToken
		b.tries(t, in, 5)
		_, err := b.signIn.Do(t.Context(), in)
		requireWait(t, err)
	})
	t.Run("and is forgotten after 180 days", func(t *testing.T) {
		b.clock.Advance(180 * 24 * time.Hour)
		b.tries(t, typed(address, wrong), 5)
		_, err := b.signIn.Do(t.Context(), owner)
		requireWait(t, err)
	})
}

// T-22: one network tries a hundred accounts in ten minutes, no more; those who
// sign in do not count.
func TestSignInsPerNetwork(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ten := limits()
	ten.SignInsPerNetwork = 10
	b.signIn.Check = checker(t, b, ten)
	b.registered(t, address)
	from := func(source, who, password string) app.Credentials {
		return app.Credentials{Address: who, Password: password, Origin: domain.Origin{Source: source}}
	}
	for n := range 10 {
		_, err := b.signIn.Do(t.Context(), from("192.0.2.1/32", address, password))
		require.NoError(t, err)
		b.tries(t, from("192.0.2.1/32", strconv.Itoa(n)+"@cabinet.fr", wrong), 1)
	}
	_, err := b.signIn.Do(t.Context(), from("192.0.2.1/32", "x@cabinet.fr", wrong))
	require.Equal(t, time.Minute, requireWait(t, err))
	b.tries(t, from("192.0.2.2/32", "x@cabinet.fr", wrong), 1)
	b.clock.Advance(time.Minute)
	b.tries(t, from("192.0.2.1/32", "y@cabinet.fr", wrong), 1)
}
