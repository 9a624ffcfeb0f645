package pages

import (
	"fmt"
	"strings"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/token"
)

// numberPath is the short address that is said on the phone.
const numberPath = "/n"

// dialling is the page on which a client types a number.
type dialling struct {
	// Known: the session tells who answers, and no address is asked for.
	Known bool
}

// numberPage asks for the number. It looks nothing up.
func numberPage(c *call) error { return c.showNumber(form{}) }

func (c *call) showNumber(f form) error {
	return c.show(page{name: "number", title: "number.title", form: f, bare: true, data: dialling{Known: c.represents()}})
}

// represents tells whether the browser is signed in at an organisation.
func (c *call) represents() bool {
	return c.signedIn && !c.session.Intermediate && len(c.session.FactorsDue) == 0
}

// dial leads who is signed in to the request, and has a code sent to the mailbox
// of anybody else.
func dial(c *call) error {
	f := c.typed()
	if _, err := c.requestID("number"); err != nil {
		return c.dialAgain(f, err)
	}
	number := digitsOf(f.Value("number"))
	f.need(c, "number")
	if !c.represents() {
		f.need(c, "email")
	}
	if len(f.Problems) > 0 {
		return c.showNumber(f)
	}
	if c.represents() {
		return c.openNumber(f, number)
	}
	return c.callByNumber(f, number)
}

func (c *call) openNumber(f form, number string) error {
	found, err := c.Clients.Numbers.OpenNumber(c.ctx(), &consentv1.OpenNumberRequest{Number: number})
	if err != nil {
		return c.dialAgain(f, err)
	}
	return c.redirect("/assistance/" + found.GetConsentId())
}

func (c *call) callByNumber(f form, number string) error {
	device := c.device()
	if _, err := token.Parse(token.Device, device); err != nil {
		device = ""
	}
	sent, err := c.Clients.Numbers.SendNumberCode(c.linkCtx(), &consentv1.SendNumberCodeRequest{
		Number: number, Email: strings.TrimSpace(f.Value("email")), Device: device,
	})
	if err != nil {
		return c.dialAgain(f, err)
	}
	if sent.GetDevice() != device {
		c.keepDevice(sent.GetDevice(), sent.GetExpireTime().AsTime().Sub(c.Clock.Now()))
	}
	return c.redirect(numberPath + "/code?number=" + number)
}

// dialAgain says what is wrong with what was typed.
func (c *call) dialAgain(f form, refusal error) error {
	switch {
	case fault.Is(refusal, reasonv1.Reason_REASON_NOT_FOUND):
		f.add("number", c.text("number.unknown"))
		return c.showNumber(f)
	case fault.Is(refusal, reasonv1.Reason_REASON_CONSENT_SIGN_IN_REQUIRED):
		c.say(notice{Text: c.text("consent.sign_in"), Warn: true})
		return c.redirect("/sign-in" + nextQuery(numberPath))
	}
	f, err := c.refused(f, refusal)
	if err != nil {
		return err
	}
	return c.showNumber(f)
}

// numberCodePage asks for the digits that were mailed, if they were.
func numberCodePage(c *call) error { return c.showNumberCode(form{}) }

func (c *call) showNumberCode(f form) error {
	number := digitsOf(c.r.FormValue("number"))
	return c.show(page{name: "number_code", title: "code.title", form: f, bare: true, data: number})
}

// confirmNumber leads on to the request, as a mailed link would.
func confirmNumber(c *call) error {
	f := c.typed()
	_, err := c.requestID("number-code")
	if err == nil {
		err = c.confirmNumberCode(f)
	}
	switch {
	case err == nil:
		return nil
	case fault.Is(err, reasonv1.Reason_REASON_CONSENT_CODE_REFUSED), fault.Is(err, reasonv1.Reason_REASON_INVALID_ARGUMENT):
		f.add("code", fault.Text(reasonv1.Reason_REASON_CONSENT_CODE_REFUSED, c.lang))
	default:
		if f, err = c.refused(f, err); err != nil {
			return err
		}
	}
	return c.showNumberCode(f)
}

func (c *call) confirmNumberCode(f form) error {
	answer, err := c.Clients.Numbers.ConfirmNumberCode(c.linkCtx(), &consentv1.ConfirmNumberCodeRequest{
		Number: digitsOf(f.Value("number")), Device: c.device(), Code: digitsOf(f.Value("code")),
	})
	if err != nil {
		return fmt.Errorf("confirming a code: %w", err)
	}
	if until := answer.GetRememberUntil(); until != nil {
		c.keepDevice(c.device(), until.AsTime().Sub(c.Clock.Now()))
	}
	return c.redirect("/c/" + answer.GetToken())
}

// digitsOf takes digits however they were spaced.
func digitsOf(typed string) string { return strings.Join(strings.Fields(typed), "") }
