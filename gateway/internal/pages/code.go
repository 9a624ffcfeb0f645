package pages

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
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

// answerCookie keeps the answer that waits for its code, for the one link that
// it answers.
const (
	answerCookie = "__Host-aval_answer"
	answerAge    = 10 * time.Minute
	maxAnswer    = 3000
)

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
	sent, err := c.Clients.Consents.SendConsentCode(c.linkCtx(), &consentv1.SendConsentCodeRequest{
		Token: a.token, ConsentId: a.consent.GetId(), Device: device,
	})
	if err != nil {
		return c.askAgain(a, f, fmt.Errorf("sending a code: %w", err))
	}
	if sent.GetDevice() != c.device() {
		c.keepDevice(sent.GetDevice(), sent.GetExpireTime().AsTime().Sub(c.Clock.Now()))
	}
	if c.keepAnswer(a, f) {
		return c.redirect(c.r.URL.Path + "?code=sent") // so that the way back leads to a page
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
	http.SetCookie(c.w, cookieFor(answerCookie, "", -1))
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

// keepAnswer tells whether the answer is small enough to be kept.
func (c *call) keepAnswer(a asked, f form) bool {
	value := linkMark(a.token) + "." + base64.RawURLEncoding.EncodeToString([]byte(f.waiting().Encode()))
	if len(value) > maxAnswer {
		return false
	}
	http.SetCookie(c.w, cookieFor(answerCookie, value, int(answerAge.Seconds())))
	return true
}

// keptAnswer is the answer that waits for a code on the page that asks for it.
func (c *call) keptAnswer(a asked) (form, bool) {
	held, err := c.r.Cookie(answerCookie)
	if err != nil || !c.r.URL.Query().Has("code") || !c.answerable(a) {
		return form{}, false
	}
	mark, text, _ := strings.Cut(held.Value, ".")
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || mark != linkMark(a.token) {
		return form{}, false
	}
	values, err := url.ParseQuery(string(raw))
	return form{values: values}, err == nil
}

// answerable tells whether an answer can still count.
func (c *call) answerable(a asked) bool {
	return a.consent.GetState() == consentv1.ConsentState_CONSENT_STATE_REQUESTED || a.mayOverturn
}

// linkMark tells links apart without giving one away.
func linkMark(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// waiting are the fields of the answer itself.
func (f form) waiting() url.Values {
	out := url.Values{}
	for name, values := range f.values {
		if !slices.Contains([]string{"nonce", "code", "again"}, name) {
			out[name] = values
		}
	}
	return out
}

func (c *call) showCode(f form) error {
	var data codePage
	for name, values := range f.waiting() {
		for _, value := range values {
			data.Kept = append(data.Kept, kept{name, value})
		}
	}
	slices.SortStableFunc(data.Kept, func(a, b kept) int { return strings.Compare(a.Name, b.Name) })
	return c.show(page{name: "code", title: "code.title", form: f, bare: true, data: data})
}
