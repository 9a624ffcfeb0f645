package app_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/token"
)

// pressed is a request whose recipient pressed on a device.
type pressed struct {
	*bundle
	link   postgres.Link
	device token.Token
}

func press(t *testing.T) pressed {
	t.Helper()
	b := setup(t)
	b.Terms.Device = 180 * 24 * time.Hour
	return pressed{bundle: b, device: token.New(token.Device), link: postgres.Link{
		ClientID: b.asked.ClientID, ConsentID: b.ask(t), RecipientID: b.by.By.UserID,
	}}
}

func (p pressed) send(t *testing.T) domain.Code {
	t.Helper()
	code, err := app.SendCode{Deps: p.Deps}.Do(t.Context(), p.link, p.device)
	require.NoError(t, err)
	return code
}

func (p pressed) typed(t *testing.T, device token.Token, digits string) error {
	_, err := app.ConfirmCode{Deps: p.Deps}.Do(t.Context(), app.Typed{Link: p.link, Device: device, Digits: digits})
	return err
}

// known asks as an answer does.
func (p pressed) known(t *testing.T, link postgres.Link, device token.Token) bool {
	t.Helper()
	known, err := pg.InApp(t.Context(), p.DB, func(ctx context.Context, tx pg.Tx) (bool, error) {
		return postgres.Codes{}.Known(ctx, tx, domain.Code{
			ConsentID: link.ConsentID, RecipientID: link.RecipientID, Device: device.Hash(),
		}, p.clock.Now())
	})
	require.NoError(t, err)
	return known
}

// wrong are six digits that are not the code's.
func (p pressed) wrong(code domain.Code) string {
	if p.Digits.Right(code.ID, "000000") {
		return "000001"
	}
	return "000000"
}

// T-10: a forwarded link gives nothing away: it is the device that is known,
// to its own recipient, and for as long as it is remembered.
func TestACodeMakesItsDeviceKnownToItsRecipient(t *testing.T) {
	t.Parallel()
	p := press(t)
	require.False(t, p.known(t, p.link, p.device))
	code := p.send(t)
	require.False(t, p.known(t, p.link, p.device), "a code that is sent proves nothing")
	require.NoError(t, p.typed(t, p.device, p.Digits.Digits(code.ID)))
	require.True(t, p.known(t, p.link, p.device))
	require.False(t, p.known(t, p.link, token.New(token.Device)), "another device")
	other := p.link
	other.RecipientID = id.New()
	require.False(t, p.known(t, other, p.device), "another recipient")
	p.clock.Advance(180*24*time.Hour - time.Second)
	require.True(t, p.known(t, p.link, p.device))
	p.clock.Advance(time.Second)
	require.False(t, p.known(t, p.link, p.device))
}

func TestACodeIsTypedOnTheDeviceThatAskedForIt(t *testing.T) {
	t.Parallel()
	p := press(t)
	digits := p.Digits.Digits(p.send(t).ID)
	elsewhere := token.New(token.Device)
	require.ErrorIs(t, p.typed(t, elsewhere, digits), domain.CodeRefused)
	require.False(t, p.known(t, p.link, elsewhere))
}

// C1: wrong tries count although they are refused; after five even the right
// digits are.
func TestWrongTriesCount(t *testing.T) {
	t.Parallel()
	p := press(t)
	code := p.send(t)
	for range 5 {
		require.ErrorIs(t, p.typed(t, p.device, p.wrong(code)), domain.CodeRefused)
	}
	require.ErrorIs(t, p.typed(t, p.device, p.Digits.Digits(code.ID)), domain.CodeRefused)
	require.NoError(t, p.typed(t, p.device, p.Digits.Digits(p.send(t).ID)), "a new code")
}

// A double click, or a press whose answer was lost, sends one mail.
func TestPressingTwiceSendsOneCode(t *testing.T) {
	t.Parallel()
	p := press(t)
	first := p.send(t)
	require.Equal(t, first.ID, p.send(t).ID)
	p.clock.Advance(30 * time.Second)
	require.NotEqual(t, first.ID, p.send(t).ID)
}

func TestTenCodesADayAreSentForARequest(t *testing.T) {
	t.Parallel()
	p := press(t)
	for range 10 {
		p.device = token.New(token.Device)
		p.send(t)
	}
	_, err := app.SendCode{Deps: p.Deps}.Do(t.Context(), p.link, token.New(token.Device))
	require.ErrorIs(t, err, domain.TooManyCodes)
	p.clock.Advance(24 * time.Hour)
	p.send(t)
}

// A deployment that remembers no device asks for a code at each request.
func TestWithoutATermTheCodeServesItsRequestAlone(t *testing.T) {
	t.Parallel()
	p := press(t)
	p.Terms.Device = 0
	require.NoError(t, p.typed(t, p.device, p.Digits.Digits(p.send(t).ID)))
	require.True(t, p.known(t, p.link, p.device))
	other := p.link
	other.ConsentID = id.New()
	require.False(t, p.known(t, other, p.device), "another request")
	p.clock.Advance(domain.CodeTerm)
	require.False(t, p.known(t, p.link, p.device), "ten minutes later")
}

func TestWhatIsAnsweredNeedsNoCode(t *testing.T) {
	t.Parallel()
	p := press(t)
	_, err := app.Approve{Deps: p.Deps}.Decide(t.Context(), p.yes(t, p.link.ConsentID), p.by)
	require.NoError(t, err)
	_, err = app.SendCode{Deps: p.Deps}.Do(t.Context(), p.link, p.device)
	require.ErrorIs(t, err, domain.NotPending)
}

// R128: a no that becomes a yes is proven like any yes.
func TestANoThatCanBecomeAYesIsProvenToo(t *testing.T) {
	t.Parallel()
	p := press(t)
	p.no(t, p.link.ConsentID)
	answer := p.yes(t, p.link.ConsentID)
	answer.Overturn = true
	answer.UserID = p.link.RecipientID
	_, err := app.Approve{Deps: p.Deps}.Prove(t.Context(), answer)
	require.ErrorIs(t, err, domain.CodeRequired)
	require.NoError(t, p.typed(t, p.device, p.Digits.Digits(p.send(t).ID)))
	answer.Device = p.device.Hash()
	proven, err := app.Approve{Deps: p.Deps}.Prove(t.Context(), answer)
	require.NoError(t, err)
	require.Equal(t, domain.EmailLinkCode, proven.Via)
}
