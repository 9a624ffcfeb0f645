package app_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/email"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/token"
)

// issued is a request whose client is on the phone.
type issued struct {
	*bundle
	consent id.ID
	number  domain.Number
}

func issue(t *testing.T) issued {
	t.Helper()
	out := issued{bundle: setup(t)}
	out.consent = out.ask(t)
	out.number = out.issue(t)
	return out
}

func (i issued) issue(t *testing.T) domain.Number {
	t.Helper()
	number, err := app.Numbers{Deps: i.Deps}.Issue(t.Context(), i.asked.PartnerID, i.consent)
	require.NoError(t, err)
	return number
}

// dial types a number and an address on a device of its own.
func (i issued) dial(t *testing.T, number, address, source string) (token.Token, domain.Call, error) {
	t.Helper()
	parsed, err := email.Parse(address)
	require.NoError(t, err)
	device := token.New(token.Device)
	call, err := app.CallByNumber{Deps: i.Deps}.Do(t.Context(), app.Dialled{Number: number, Address: parsed, Source: source, Device: device})
	return device, call, err
}

func requireNotFound(t *testing.T, err error) {
	t.Helper()
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_NOT_FOUND), "%v", err)
}

// A number lives 15 minutes, and the same one is said however often the
// collaborator looks.
func TestANumberLivesFifteenMinutes(t *testing.T) {
	t.Parallel()
	i := issue(t)
	require.Regexp(t, "^[0-9]{8}$", i.number.Number)
	require.Equal(t, i.clock.Now().Add(15*time.Minute), i.number.ExpireTime)
	i.clock.Advance(15*time.Minute - time.Second)
	require.Equal(t, i.number.Number, i.issue(t).Number)
	i.clock.Advance(time.Second)
	followed, err := app.Numbers{Deps: i.Deps}.Follow(t.Context(), i.asked.PartnerID, i.consent)
	require.NoError(t, err)
	require.Empty(t, followed.Number.Number, "looking makes none")
	require.NotEqual(t, i.number.Number, i.issue(t).Number)
	_, err = app.Numbers{Deps: i.Deps}.Open(t.Context(), i.asked.ClientID, i.number.Number)
	requireNotFound(t, err)
}

// The other side's screen follows: what was answered has no number any more.
func TestANumberEndsWithItsRequest(t *testing.T) {
	t.Parallel()
	i := issue(t)
	_, err := app.Approve{Deps: i.Deps}.Decide(t.Context(), i.yes(t, i.consent), i.by)
	require.NoError(t, err)
	_, err = app.Numbers{Deps: i.Deps}.Issue(t.Context(), i.asked.PartnerID, i.consent)
	require.ErrorIs(t, err, domain.NotPending)
	followed, err := app.Numbers{Deps: i.Deps}.Follow(t.Context(), i.asked.PartnerID, i.consent)
	require.NoError(t, err)
	require.Equal(t, app.Numbered{State: domain.Given}, followed)
	before := i.events(t)
	_, _, err = i.dial(t, i.number.Number, "anne@client.example", "192.0.2.1")
	require.NoError(t, err)
	require.Equal(t, before, i.events(t), "nobody is mailed a code")
}

// B1: a number leads nobody but its own client anywhere, and no other partner
// has it.
func TestANumberIsOfOneClientAndOnePartner(t *testing.T) {
	t.Parallel()
	i := issue(t)
	numbers := app.Numbers{Deps: i.Deps}
	found, err := numbers.Open(t.Context(), i.asked.ClientID, i.number.Number)
	require.NoError(t, err)
	require.Equal(t, i.consent, found)
	for _, other := range []id.ID{id.New(), i.asked.PartnerID} {
		_, err = numbers.Open(t.Context(), other, i.number.Number)
		requireNotFound(t, err)
	}
	_, err = numbers.Issue(t.Context(), id.New(), i.consent)
	requireNotFound(t, err)
	_, err = numbers.Follow(t.Context(), id.New(), i.consent)
	requireNotFound(t, err)
}

// The partner knows the number, and learns from no answer whose address may
// answer: every address is answered alike, and the digits are looked at by
// whoever prepares the mail.
func TestEveryAddressIsAnsweredAlike(t *testing.T) {
	t.Parallel()
	i := issue(t)
	before := len(i.events(t))
	for _, address := range []string{"anne@client.example", "nobody@elsewhere.example"} {
		_, call, err := i.dial(t, i.number.Number, address, "192.0.2.1")
		require.NoError(t, err)
		require.Equal(t, i.clock.Now().Add(10*time.Minute), call.ExpireTime)
	}
	require.Len(t, i.events(t), before+2)
	_, _, err := i.dial(t, "00000000", "anne@client.example", "192.0.2.1")
	require.NoError(t, err, "so is a number that leads nowhere")
	require.Len(t, i.events(t), before+2)
	require.Zero(t, i.count(t, `SELECT count(*) FROM consent_call WHERE position(convert_to('anne', 'UTF8') IN address) > 0`))
}

// T-22: codes are counted before anything is looked up: by number, by address
// and by network, and those at once too.
func TestCallsAreCountedBeforeAnythingIsLookedUp(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		free int
		dial func(i issued, n int) (number, address, source string)
	}{
		"one number": {10, func(i issued, n int) (string, string, string) {
			return i.number.Number, fmt.Sprintf("a%d@client.example", n), fmt.Sprintf("192.0.2.%d", n)
		}},
		"one address": {10, func(_ issued, n int) (string, string, string) {
			return fmt.Sprintf("%08d", n), "anne@client.example", fmt.Sprintf("192.0.2.%d", n)
		}},
		"one network": {20, func(_ issued, n int) (string, string, string) {
			return fmt.Sprintf("%08d", n), fmt.Sprintf("a%d@client.example", n), "192.0.2.1"
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := issue(t)
			for n := range c.free {
				number, address, source := c.dial(i, n)
				_, _, err := i.dial(t, number, address, source)
				require.NoError(t, err, n)
			}
			number, address, source := c.dial(i, c.free)
			_, _, err := i.dial(t, number, address, source)
			require.ErrorIs(t, err, domain.TooManyCodes)
			i.clock.Advance(24 * time.Hour)
			_, _, err = i.dial(t, number, address, source)
			require.NoError(t, err)
		})
	}
}

func TestOfCallsAtOnceNoneIsOverlooked(t *testing.T) {
	t.Parallel()
	i := issue(t)
	var passed atomic.Int32
	var all sync.WaitGroup
	for n := range 30 {
		all.Go(func() {
			if _, _, err := i.dial(t, i.number.Number, fmt.Sprintf("a%d@client.example", n), "192.0.2.1"); err == nil {
				passed.Add(1)
			}
		})
	}
	all.Wait()
	require.LessOrEqual(t, passed.Load(), int32(10))
}

// C1: digits are typed five times at most, on the device that asked for them; a
// number that leads nowhere has none that are right.
func TestDigitsOfACallAreTypedFiveTimes(t *testing.T) {
	t.Parallel()
	i := issue(t)
	typed := func(device token.Token, number, digits string) error {
		_, err := app.AnswerCall{Deps: i.Deps}.Do(t.Context(), app.Keyed{Number: number, Digits: digits, Device: device})
		return err
	}
	device, call, err := i.dial(t, i.number.Number, "anne@client.example", "192.0.2.1")
	require.NoError(t, err)
	right := i.Digits.Digits(call.ID)
	require.ErrorIs(t, typed(token.New(token.Device), i.number.Number, right), domain.CodeRefused, "another device")
	require.NotErrorIs(t, typed(device, i.number.Number, right), domain.CodeRefused, "these are right: membership is asked next")
	for range 4 {
		require.ErrorIs(t, typed(device, i.number.Number, pressed{bundle: i.bundle}.wrong(call.Code)), domain.CodeRefused)
	}
	require.ErrorIs(t, typed(device, i.number.Number, right), domain.CodeRefused)

	device, call, err = i.dial(t, "00000000", "anne@client.example", "192.0.2.1")
	require.NoError(t, err)
	require.ErrorIs(t, typed(device, "00000000", i.Digits.Digits(call.ID)), domain.CodeRefused)
}

// A deployment that takes no answer without a session takes none by number.
func TestANumberIsNoWayAroundTheSignIn(t *testing.T) {
	t.Parallel()
	i := issue(t)
	i.Terms.Proof = domain.BySession
	_, _, err := i.dial(t, i.number.Number, "anne@client.example", "192.0.2.1")
	require.ErrorIs(t, err, domain.SignInRequired)
	require.Zero(t, i.count(t, `SELECT count(*) FROM consent_call`))
}

func TestNumbersAndCallsGo(t *testing.T) {
	t.Parallel()
	i := issue(t)
	_, _, err := i.dial(t, i.number.Number, "anne@client.example", "192.0.2.1")
	require.NoError(t, err)
	i.clock.Advance(47 * time.Hour)
	require.NoError(t, app.Purge{Deps: i.Deps}.Do(t.Context()))
	require.Equal(t, 2, i.count(t, `SELECT (SELECT count(*) FROM consent_number) + (SELECT count(*) FROM consent_call)`))
	i.clock.Advance(2 * time.Hour)
	require.NoError(t, app.Purge{Deps: i.Deps}.Do(t.Context()))
	require.Zero(t, i.count(t, `SELECT (SELECT count(*) FROM consent_number) + (SELECT count(*) FROM consent_call)`))
}
