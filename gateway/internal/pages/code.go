package pages

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/token"
)

// deviceCookie holds the secret by which consent knows the device of an
// approver. It is of no use without a link, and tells nothing by itself.
const deviceCookie = "__Host-aval_device"

// codePage asks for the code, and keeps the answer that waits for it.
type codePage struct{ Kept []kept }

// kept is one field of the answer.
type kept struct{ Name, Value string }

func (c *call) device() string {
	held, err := c.r.Cookie(deviceCookie)
	if err != nil {
		return ""
	}
	return held.Value
}

func (c *call) keepDevice(value string, age time.Duration) {
	http.SetCookie(c.w, cookieFor(deviceCookie, value, int(age.Seconds())))
}

// sendCode has six digits sent to the recipient's own mailbox, and asks for
// them.
func (c *call) sendCode(a asked, f form) error {
	device := c.device()
	if _, err := token.Parse(token.Device, device); err != nil {
		// Whoever presses twice on one page does so on one device.
		device = token.Of(token.Device, f.Value("nonce")).String()
	}
	sent, err := c.Clients.Consents.SendConsentCode(c.linkCtx(), &consentv1.SendConsentCodeRequest{Token: a.token, Device: device})
	if err != nil {
		return c.askAgain(a, f, fmt.Errorf("sending a code: %w", err))
	}
	if sent.GetDevice() != c.device() {
		c.keepDevice(sent.GetDevice(), sent.GetExpireTime().AsTime().Sub(c.Clock.Now()))
	}
	return c.showCode(f)
}

// confirmCode takes the digits that were typed, however they were spaced.
func (c *call) confirmCode(a asked, f form) error {
	if f.Value("again") != "" {
		return fault.New(reasonv1.Reason_REASON_CONSENT_CODE_REQUIRED)
	}
	answer, err := c.Clients.Consents.ConfirmConsentCode(c.linkCtx(), &consentv1.ConfirmConsentCodeRequest{
		Token: a.token, Device: c.device(), Code: strings.Join(strings.Fields(f.Value("code")), ""),
	})
	if err != nil {
		return fmt.Errorf("confirming a code: %w", err)
	}
	if until := answer.GetRememberUntil(); until != nil {
		c.keepDevice(c.device(), until.AsTime().Sub(c.Clock.Now()))
	}
	return nil
}

// askCode says what is wrong with the code, or sends another one.
func (c *call) askCode(a asked, f form, refusal error) error {
	switch {
	case fault.Is(refusal, reasonv1.Reason_REASON_CONSENT_CODE_REQUIRED):
		return c.sendCode(a, f)
	case fault.Is(refusal, reasonv1.Reason_REASON_CONSENT_CODE_REFUSED), fault.Is(refusal, reasonv1.Reason_REASON_INVALID_ARGUMENT):
		f.add("code", fault.Text(reasonv1.Reason_REASON_CONSENT_CODE_REFUSED, c.lang))
		return c.showCode(f)
	default:
		return c.askAgain(a, f, refusal)
	}
}

func (c *call) showCode(f form) error {
	var data codePage
	for name, values := range f.values {
		if slices.Contains([]string{"nonce", "code", "again"}, name) {
			continue
		}
		for _, value := range values {
			data.Kept = append(data.Kept, kept{name, value})
		}
	}
	slices.SortStableFunc(data.Kept, func(a, b kept) int { return strings.Compare(a.Name, b.Name) })
	return c.show(page{name: "code", title: "code.title", form: f, bare: true, data: data})
}
